import Foundation
import Testing

/// docs/router-contract.md says what the tests run on.
@Suite struct ContractPageTests {
  private let page: String

  init() throws {
    page = try String(contentsOf: ContractPage.file, encoding: .utf8)
  }

  /// `CONTRACT_PAGE=write swift test --filter ContractPageTests` writes the tables anew.
  @Test func thePageHasALineForEachCaseAndNoOther() throws {
    let renewed = ContractPage.renewed(page)
    if ProcessInfo.processInfo.environment["CONTRACT_PAGE"] == "write", renewed != page {
      try renewed.write(to: ContractPage.file, atomically: true, encoding: .utf8)
      return
    }
    let lines = page.split(separator: "\n").map(String.init)
    for line in renewed.split(separator: "\n").map(String.init) where !lines.contains(line) {
      Issue.record("not in the page: \(line)")
    }
    #expect(renewed == page, "CONTRACT_PAGE=write swift test --filter ContractPageTests mends it")
  }

  @Test func everyFaultOfTheSimulatorIsThere() throws {
    let manual = try String(
      contentsOf: ContractPage.file.deletingLastPathComponent().appending(path: "routersim.md"),
      encoding: .utf8)
    let faults = manual.matches(of: /(?m)^\| ([TLAEQVBSF][0-9]) \|/).map { String($0.output.1) }
    #expect(faults.count > 35)
    for fault in faults { #expect(page.contains("\n| \(fault) |"), "\(fault)") }
  }

  @Test func everyTestThatIsNamedExists() throws {
    let tests = ContractPage.file.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Tests")
    let names = try FileManager.default.subpathsOfDirectory(atPath: tests.path)
      .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Sim/") }
    let sources = try names.map {
      try String(contentsOf: tests.appending(path: $0), encoding: .utf8)
    }
    for promise in ContractPromise.all {
      for test in promise.tests {
        let parts = test.split(separator: ".")
        let isThere = sources.contains { source in
          source.contains("struct \(parts[0]) ") && source.contains("func \(parts[1])(")
        }
        #expect(isThere, "\(promise.id): \(test)")
      }
    }
  }
}
