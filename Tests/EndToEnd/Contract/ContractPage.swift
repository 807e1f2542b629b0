import Foundation
import Model

/// The tables of docs/router-contract.md, made of what the tests run on.
enum ContractPage {
  static let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/router-contract.md")

  static let faultHead = """
    | fault | over | injected | expected | observed |
    |---|---|---|---|---|
    """

  /// A line for each fault, in the order of docs/routersim.md.
  static var faults: [String] {
    let writes = WriteFaultTests.Group.allCases.flatMap(\.faults).map { fault in
      Row(
        id: fault.id, over: fault.way.name, injected: fault.injected,
        expected: fault.expected.sentence, observed: fault.expected.trace)
    }
    let states = StateFault.allCases.map { fault in
      Row(
        id: fault.id, over: fault.isOfRESTAlone ? "REST" : "both", injected: fault.injected,
        expected: fault.expected, observed: fault.observed)
    }
    let rows = (writes + states).enumerated().sorted {
      ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
    }
    return rows.map(\.element.line)
  }

  private struct Row {
    var id: String
    var over: String
    var injected: String
    var expected: String
    var observed: String

    /// `T1` before `T2`, and both before `L1`.
    var place: Int {
      let group = Array("TLAEQVBSF").firstIndex { id.first == $0 } ?? 99
      return group * 100 + (Int(id.dropFirst()) ?? 0)
    }

    var line: String { "| \(id) | \(over) | \(injected) | \(expected) | \(observed) |" }
  }

  static let promiseHead = """
    | | what holds | tests |
    |---|---|---|
    """

  /// A line for each promise.
  static var promises: [String] {
    ContractPromise.all.map { promise in
      let tests = promise.tests.map { "`\($0)`" }.joined(separator: ", ")
      return "| \(promise.id) | \(promise.claim) | \(tests) |"
    }
  }

  /// The page with its tables as they are to be.
  static func renewed(_ page: String) -> String {
    var lines: [Substring] = []
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("|") {
        if lines.last?.hasPrefix("|") != true { lines.append("|") }
      } else {
        lines.append(line)
      }
    }
    var tables = [[faultHead] + faults, [promiseHead] + promises].makeIterator()
    return lines.map { $0 == "|" ? (tables.next() ?? []).joined(separator: "\n") : String($0) }
      .joined(separator: "\n")
  }
}
