import Foundation
import Model
import Testing

@testable import Web

@Suite struct LoopHealthTests {
  /// What the original answers at this moment, key by key, with `…` where our keys follow its own.
  private let original = """
    {
      "status": "degraded",
      "uptime_seconds": 12.3,
      "version": "\(wanctlVersion)",
      "consecutive_failures": 1,
      "wan_count": 1,
      "wans": [
        {
          "name": "cable",
          "baseline_rtt_ms": 24.0,
          "load_rtt_ms": 112.0,
          "download": {
            "current_rate_mbps": 799.0,
            "state": "RED",
            …
          },
          "upload": {
            "current_rate_mbps": 34.2,
            "state": "RED",
            …
          },
          "router_connectivity": {
            "is_reachable": false,
            "consecutive_failures": 1,
            "last_failure_type": "unknown",
            "last_failure_time": 1021.306374582,
            "outage_duration_seconds": 4.6042e-05,
            …
          },
          …
        }
      ],
      "router_reachable": false,
      …
    }
    """

  @Test func theOriginalsKeysComeFirstInItsOrderAndForm() throws {
    let body = LoopHealth.body(try sampleStatus())
    var rest = Substring(body)
    for part in original.components(separatedBy: "…") {
      let part = part.trimmingCharacters(in: .whitespacesAndNewlines)
      let isHead = rest.startIndex == body.startIndex
      let found = try #require(rest.range(of: part), "\(part) not in\n\(rest)")
      if isHead { #expect(found.lowerBound == body.startIndex) }
      rest = rest[found.upperBound...]
    }
    #expect(body.hasSuffix("\n}"))
  }

  @Test func allOfItIsJSONWithEveryKeyOfOurs() throws {
    var status = try sampleStatus(isReachable: true)
    status.storage = StorageStatus(rows: 120, committedAt: status.now + Milliseconds(-2500))
    status.lastError = LogLine(
      time: status.time, wan: "cable", level: .error, message: "no \"queue\" \u{1F600}\n")
    status.wans[0].snapshot.sampleAges.add(Milliseconds(3.25))
    status.wans[0].snapshot.actuationLatencies.add(Milliseconds(40))
    status.wans[0].snapshot.cycleTimes.add(Milliseconds(0.2))
    status.wans[0].snapshot.router.budget = WriteBudgetLevel(
      tokens: 100, burst: 120, perMinute: 60, at: status.time - Milliseconds(10_000))
    status.wans[0].snapshot.router.identity = RouterDescription(
      version: "7.23.7", board: "RB5009", uptime: Milliseconds(60_000), sectorsWritten: 4711)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(LoopHealth.body(status).utf8))
        as? [String: Any])
    #expect(object["status"] as? String == "healthy")
    #expect((object["storage"] as? [String: Any])?["commit_age_seconds"] as? Double == 2.5)
    #expect(
      (object["last_error"] as? [String: Any])?["message"] as? String
        == "no \"queue\" \u{1F600}\n")
    #expect((object["loop"] as? [String: Any])?["ticks"] as? Int == 246)
    let wan = try #require((object["wans"] as? [[String: Any]])?.first)
    #expect(wan["sample_age_ms"] as? Double == 3.25)
    #expect((wan["reply_to_confirmation_ms"] as? [String: Any])?["last"] as? Double == 40)
    #expect((wan["download"] as? [String: Any])?["ceiling_mbps"] as? Double == 940)
    let router = try #require(wan["router_connectivity"] as? [String: Any])
    #expect(router["last_failure_type"] is NSNull)
    #expect(router["outage_duration_seconds"] is NSNull)
    #expect((router["write_budget"] as? [String: Any])?["tokens"] as? Double == 110)
    #expect(router["flash_sectors_written"] as? Int == 4711)
    #expect(router["transport"] as? String == "rest")
  }

  @Test func healthyAsInTheOriginalAndWhileTheThreadTurns() throws {
    var status = try sampleStatus(isReachable: true)
    #expect(status.isHealthy)
    status.wans[0].snapshot.counts.failedInRow = 2
    #expect(status.isHealthy)
    status.wans[0].snapshot.counts.failedInRow = 3
    #expect(!status.isHealthy && status.isAlive)
    status.wans[0].snapshot.counts.failedInRow = 0
    status.now = status.now + Milliseconds(5001)
    #expect(!status.isHealthy && !status.isAlive)
    #expect(try !sampleStatus().isHealthy)
  }

  @Test func stateIsMadeOfTheStreaks() {
    #expect(Streaks().originalState == "YELLOW")
    #expect(Streaks(green: 3).originalState == "GREEN")
    #expect(Streaks(green: 3, softRed: 1).originalState == "SOFT_RED")
    #expect(Streaks(softRed: 2, red: 1).originalState == "RED")
  }

  @Test func failuresHaveTheNamesThatTheOriginalKnows() {
    let known = [
      "timeout", "connection_refused", "network_unreachable", "dns_failure", "auth_failure",
      "unknown",
    ]
    for failure in RouterFailure.Class.allCases { #expect(known.contains(failure.originalName)) }
  }
}
