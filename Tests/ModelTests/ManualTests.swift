import Foundation
import Model
import Testing

/// wanctl-records(5) names every key that is written, under its record.
@Suite struct ManualTests {
  static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../man/wanctl-records.5").standardized

  /// The words of each subsection by the first word of its title.
  static func sections() throws -> [String: Set<String>] {
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n.Ss ")
    return Dictionary(
      uniqueKeysWithValues: parts.dropFirst().map { part in
        let words = part.split { " \n,:();.".contains($0) }.map(String.init)
        return (words[0], Set(words))
      })
  }

  static func keys(of value: Any) -> Set<String> {
    guard let object = value as? [String: Any] else { return [] }
    return object.reduce(into: Set(object.keys)) { $0.formUnion(keys(of: $1.value)) }
  }

  @Test(arguments: SampleRecords.all)
  func everyKeyThatIsWrittenIsDocumented(record: Record) throws {
    let sections = try Self.sections()
    let value = try JSONSerialization.jsonObject(with: Data(record.line.utf8))
    let object = try #require(value as? [String: Any])
    let type = try #require(object["type"] as? String)
    let documented = try #require(sections[type]).union(try #require(sections["Common"]))
    #expect(Self.keys(of: object).subtracting(documented) == [])
  }

  @Test func everyNameOfAValueIsDocumented() throws {
    let sections = try Self.sections()
    let names =
      ProbeMethod.allCases.map(\.name) + TimestampSource.allCases.map(\.name)
      + ProbeLoss.allCases.map(\.name)
    #expect(Set(names).subtracting(try #require(sections["rtt"])) == [])
    let zones = Zone.allCases.map(\.name)
    #expect(Set(zones).subtracting(try #require(sections["decision"])) == [])
    let transports = Transport.allCases.map(\.rawValue)
    #expect(Set(transports).subtracting(try #require(sections["set"])) == [])
    let steering =
      SteeringAction.Kind.allCases.map(\.rawValue) + SteeringAction.Reason.allCases.map(\.rawValue)
      + SteeringVerdict.allCases.map(\.rawValue)
    #expect(Set(steering).subtracting(try #require(sections["steer"])) == [])
  }

  @Test func theLimitOfALineIsDocumented() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(text.contains("\(RecordReader.maximumLineBytes) bytes"))
  }
}
