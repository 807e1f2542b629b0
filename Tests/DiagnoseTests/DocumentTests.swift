import Foundation
import Testing

@testable import Diagnose

@Suite struct DocumentTests {
  /// docs/doctor.md has a row for each finding, and none for what is no finding.
  @Test func everyFindingHasItsRow() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/doctor.md").standardizedFileURL
    let text = try String(contentsOf: file, encoding: .utf8)
    let rows = text.matches(of: /\n\| `([a-z-]+)` \|/).map { String($0.output.1) }
    #expect(Set(rows) == Set(FindingKind.allCases.map(\.rawValue)))
    #expect(rows.count == FindingKind.allCases.count)
  }
}
