import Foundation
import Model
import Testing

@testable import Router

/// Routers that restart, wear out, are changed by others or have no time, while a limit is kept.
@Suite struct RestartTests {
  private func expect(
    _ fault: StateFault, over ways: [Transport] = Transport.allCases,
    _ look: @escaping @Sendable (ContractBench, Transport) throws -> String
  ) async throws {
    for way in ways {
      let seen = try await aside { try look(ContractBench(), way) }
      #expect(seen == fault.observed, "\(fault) \(way)")
    }
  }

  /// A session that has set 700M.
  private static func settled(
    _ bench: ContractBench, _ way: Transport, timeout: Milliseconds = Milliseconds(seconds: 20)
  ) -> RunningSession? {
    let session = RunningSession(bench, bench.port(over: way) { $0.operationTimeout = timeout })
    session.submit(700)
    let isIdentified = session.run {
      session.isSettled
        && session.events.contains { if case .resourceRead = $0 { true } else { false } }
    }
    return isIdentified ? session : nil
  }

  @Test func aLimitThatSomebodyElseChanges() async throws {
    try await expect(.otherLimit) { bench, way in
      guard let session = Self.settled(bench, way) else { return "not settled" }
      try bench.router.fault(#"{"fault":"V7","args":{"queue":"WAN-Download-1"}}"#)
      var drift: String?
      let isMended = session.run {
        for case .limitDrifted(_, let from, let to) in session.events {
          drift = "drift from \(from) to \(to)"
        }
        return drift != nil && session.isSettled
      }
      return isMended ? "\(drift ?? ""); \(try session.limit()) again" : "not mended"
    }
  }

  @Test func aReboot() async throws {
    try await expect(.reboot) { bench, way in
      try bench.router.post("/world", #"{"switches":{"bootWrongDataMs":300}}"#)
      guard let session = Self.settled(bench, way, timeout: Milliseconds(seconds: 3)) else {
        return "not settled"
      }
      try bench.router.fault(#"{"fault":"B1","args":{"downMs":500,"refuseMs":2000}}"#)
      // The router is up again, and somebody has set its limit before we knew.
      let isBack = session.run { session.contact.count >= 2 }
      try bench.router.post("/admin", #"{"set":{"queue":"WAN-Download-1","max-limit":"1M"}}"#)
      let isMended = try session.run { try session.isSettled && session.limit() == "700M" }
      guard isBack, isMended else { return "not mended: \(session.contact)" }
      return "\(session.contact.joined(separator: ", ")); \(try session.limit()) again"
    }
  }

  @Test func aRestartWithoutAnOutage() async throws {
    try await expect(.silentReboot) { bench, way in
      guard let session = Self.settled(bench, way) else { return "not settled" }
      try bench.router.post("/admin", #"{"set":{"queue":"WAN-Download-1","max-limit":"1M"}}"#)
      try bench.router.fault(#"{"fault":"B2"}"#)
      func restarts() -> Int {
        session.events.count { if case .rebooted = $0 { true } else { false } }
      }
      let isMended = try session.run {
        try restarts() > 0 && session.isSettled && session.limit() == "700M"
      }
      guard isMended, session.contact.isEmpty else { return "not mended" }
      return "restart told \(restarts() == 1 ? "once" : "often"); \(try session.limit()) again"
    }
  }

  @Test func aFlashThatWearsOut() async throws {
    try await expect(.flashWear) { bench, way in
      let port = bench.port(over: way)
      let before = try port.readResource().sectorsWritten ?? 0
      try bench.router.fault(#"{"fault":"F1","args":{"perHour":360000000}}"#)
      let isGrowing = try eventually(within: 20) {
        try port.readResource().sectorsWritten ?? 0 > before + 1000
      }
      try port.setLimit(BitsPerSecond(5_000_000), of: bench.download)
      return (isGrowing ? "sectors grow" : "nothing grows") + "; limit confirmed"
    }
  }

  /// One user's requests wait for each other, those of two users don't.
  @Test func aUserWhoIsBusy() async throws {
    try await expect(.busyUser, over: [.rest]) { bench, way in
      let steer = bench.port(over: way) {
        $0.user = "wanctl-steer"
        $0.operationTimeout = Milliseconds(seconds: 2)
      }
      let rate = bench.port(over: way)
      try bench.router.fault(#"{"fault":"Q1","args":{"user":"wanctl-steer","ms":60000}}"#)
      try rate.setLimit(BitsPerSecond(700_000_000), of: bench.download)
      let limit = try bench.limits()[bench.download.text] ?? 0
      do throws(RouterFailure) {
        _ = try steer.readQueues([bench.download])
        return "wanctl-steer was answered"
      } catch {
        return
          "wanctl-rate \(BitsPerSecond(limit)); wanctl-steer `\(error.failureClass.rawValue)`"
      }
    }
  }

  /// The router hands out the answer to another request, which says that all is well.
  @Test func anAnswerToSomethingElse() async throws {
    try await expect(.staleAnswer, over: [.rest]) { bench, way in
      guard let session = Self.settled(bench, way) else { return "not settled" }
      let stale = #"{".id":"*1000000","max-limit":"400000000","name":"WAN-Upload-1"}"#
      for (target, body) in [(600, stale), (500, "[\(stale)]"), (400, stale)] {
        try bench.router.fault(
          #"{"fault":"Q3","args":{"ms":200,"status":200,"body":\#(body)}}"#)
        session.submit(Int64(target))
        guard session.run(until: { session.isSettled }) else { return "not settled" }
        guard try session.limit() == "\(target)M" else { return "confirmed what is not so" }
      }
      let isHandedOut = try bench.requests().contains { $0.faults.contains("stale answer") }
      return isHandedOut ? "confirmed only what the router has" : "no stale answer"
    }
  }
}
