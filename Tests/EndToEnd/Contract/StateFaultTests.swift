import Foundation
import Model
import Testing

@testable import Router

/// What is seen of a router that is not what it was, over REST and over SSH.
@Suite struct StateFaultTests {
  /// Looks over both ways, with a simulated router for each.
  private func expect(
    _ fault: StateFault, _ look: @escaping @Sendable (ContractBench, Transport) throws -> String
  ) async throws {
    for way in Transport.allCases {
      let seen = try await aside { try look(ContractBench(), way) }
      #expect(seen == fault.observed, "\(fault) \(way)")
    }
  }

  // MARK: Queues

  private static func reader(_ bench: ContractBench, _ port: any RouterPort) -> QueueReader {
    QueueReader(
      port: port, queues: [QueueReader.Queue(name: bench.download, wan: nil)], clock: bench.clock)
  }

  @Test func countersThatFall() async throws {
    try await expect(.countersFall) { bench, way in
      let reader = Self.reader(bench, bench.port(over: way))
      var changes: [Int64?] = []
      for fault in [nil, nil, #"{"fault":"V1","args":{"by":1000}}"#, nil] {
        if let fault { try bench.router.fault(fault) }
        changes.append(try reader.read().records[0].change?.bytes)
      }
      let texts = changes.map { $0.map { "\($0)" } ?? "unknown" }
      return "changes of four readings: \(texts.joined(separator: ", ")) bytes"
    }
  }

  @Test func fieldsThatAreOdd() async throws {
    try await expect(.oddField) { bench, way in
      let port = bench.port(over: way)
      let rates = try ["missing", "empty", "suffix"].map { kind in
        try bench.router.fault(#"{"fault":"V2","count":0,"args":{"kind":"\#(kind)"}}"#)
        return try port.readQueues([bench.download])[0]?.rate
      }
      return rates.map { $0.map { "\(fixed($0.megabits, digits: 1))M" } ?? "unknown" }
        .joined(separator: ", ")
    }
  }

  @Test func dropsThatStandStill() async throws {
    try await expect(.frozenDrops) { bench, way in
      try bench.router.fault(#"{"fault":"V3"}"#)
      let record = try Self.reader(bench, bench.port(over: way)).read().records[0]
      return record.row.dropped.map { "\($0)" } ?? "unknown, not 0"
    }
  }

  @Test(arguments: [
    (StateFault.queueDisabled, "disabled"), (.queueInvalid, "invalid"), (.queueDeleted, "deleted"),
    (.otherLeaf, "leaf"),
  ])
  func queuesThatAreOtherwise(fault: StateFault, kind: String) async throws {
    try await expect(fault) { bench, way in
      let port = bench.port(over: way)
      let reader = Self.reader(bench, port)
      guard try reader.read().records[0].row.leaf == "cake" else { return "no CAKE before" }
      try bench.router.fault(
        #"{"fault":"V4","args":{"queue":"WAN-Download-1","kind":"\#(kind)"}}"#)
      let reading = try reader.read()
      var words: String
      if let row = reading.records.first?.row {
        words = row.isDisabled ? "disabled" : row.isInvalid ? "invalid" : row.leaf ?? "no leaf"
        if let dropped = row.dropped { words += ", dropped \(dropped)" }
      } else {
        words = reading.missing == [bench.download] ? "missing" : "nothing"
      }
      do throws(RouterFailure) {
        try port.setLimit(BitsPerSecond(5_000_000), of: bench.download)
        return words + "; limit confirmed"
      } catch { return words + "; `\(error.failureClass.rawValue)`" }
    }
  }

  // MARK: Rules

  private static let comment = "ADAPTIVE: Steer latency-sensitive to WAN2"

  /// How the rule stands, and how when it was switched.
  private static func switched(_ bench: ContractBench, _ way: Transport) throws -> String {
    let comment = try RuleComment(Self.comment)
    let port = bench.port(over: way)
    let before = try port.ruleStatus(comment)
    do throws(RouterFailure) {
      try port.setRule(comment, enabled: before != .enabled)
      return "\(before), then \(try port.ruleStatus(comment))"
    } catch {
      guard case .ambiguous(let count) = before else { return "\(before), then \(error)" }
      let writes = (try? bench.requests())?.filter {
        $0.method == "PATCH" || $0.body.contains("mangle enable")
      }
      return "\(count) rules; `\(error.failureClass.rawValue)`; "
        + (writes?.isEmpty == true ? "no write" : "written to")
    }
  }

  @Test(arguments: [
    (StateFault.twin, "duplicate"), (.dynamicTwin, "dynamic"), (.substringTwin, "substring"),
  ])
  func twinsOfTheRule(fault: StateFault, kind: String) async throws {
    try await expect(fault) { bench, way in
      try bench.router.fault(#"{"fault":"V5","args":{"kind":"\#(kind)"}}"#)
      return try Self.switched(bench, way)
    }
  }

  @Test func aRuleThatDoesNotSayWhetherItIsDisabled() async throws {
    try await expect(.noDisabledKey) { bench, way in
      try bench.router.fault(#"{"fault":"V6"}"#)
      return try Self.switched(bench, way)
    }
  }

  @Test func aRuleThatSomebodyElseSwitches() async throws {
    try await expect(.otherRule) { bench, way in
      let comment = try RuleComment(Self.comment)
      let port = bench.port(over: way)
      let before = try port.ruleStatus(comment)
      try bench.router.fault(#"{"fault":"V7","args":{"comment":"\#(Self.comment)"}}"#)
      return "\(before), then \(try port.ruleStatus(comment))"
    }
  }
}
