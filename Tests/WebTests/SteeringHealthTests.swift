import Foundation
import Model
import Testing

@testable import Web

@Suite struct SteeringHealthTests {
  /// What the original answers at this moment, with `…` where our keys follow its own.
  private let original = """
    {
      "status": "healthy",
      "uptime_seconds": 1.2,
      "version": "\(wanctlVersion)",
      "steering": {
        "enabled": false,
        "state": "WAN1_GOOD",
        "mode": "dry_run",
        …
      },
      "congestion": {
        "primary": {
          "state": "RED",
          "state_code": 2,
          …
        }
      },
      "decision": {
        "last_transition_time": null,
        "time_in_state_seconds": 1.2,
        …
      },
      "counters": {
        "red_count": 3,
        "good_count": 0,
        "cake_read_failures": 0,
        …
      },
      "confidence": {
        "primary": 85,
        …
      },
      "errors": {
        "consecutive_failures": 0,
        "cake_read_failures": 0
      },
      "thresholds": {
        "green_rtt_ms": 5.0,
        "yellow_rtt_ms": 15.0,
        "red_rtt_ms": 15.0,
        "red_samples_required": 320,
        "green_samples_required": 600
      },
      "router_connectivity": {
        "is_reachable": true,
        "consecutive_failures": 0,
        "last_failure_type": null,
        "last_failure_time": null,
        "outage_duration_seconds": null,
        …
      },
      "pid": \(getpid()),
      "router_reachable": true,
      …
    }
    """

  @Test func theOriginalsKeysComeFirstInItsOrderAndForm() throws {
    let body = SteeringHealth.body(sampleSteering())
    var rest = Substring(body)
    for part in original.components(separatedBy: "…") {
      let part = part.trimmingCharacters(in: .whitespacesAndNewlines)
      let found = try #require(rest.range(of: part), "\(part) not in\n\(rest)")
      rest = rest[found.upperBound...]
    }
    #expect(body.hasSuffix("\n}"))
    #expect(body.hasPrefix(original.prefix(40)))
    _ = try JSONSerialization.jsonObject(with: Data(body.utf8))
  }

  @Test func aTransitionIsToldInUTCWithoutGoingBack() throws {
    let status = sampleSteering(
      isDegraded: true, lastTransition: UnixTime(seconds: 1_795_217_713))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(SteeringHealth.body(status).utf8))
        as? [String: Any])
    let decision = try #require(object["decision"] as? [String: Any])
    #expect(decision["last_transition_time"] as? String == "2026-11-20T23:35:13+00:00")
    #expect(decision["time_in_state_seconds"] as? Double == 60)
    let steering = try #require(object["steering"] as? [String: Any])
    #expect(steering["state"] as? String == "WAN1_DEGRADED")
    #expect(steering["target"] as? String == "wan3")
    let targets = try #require(object["targets"] as? [[String: Any]])
    #expect(targets.map { $0["rule_enabled"] as? String } == ["no", "yes"])

    let ahead = sampleSteering(lastTransition: UnixTime(seconds: 1_795_299_999))
    #expect(SteeringHealth.body(ahead).contains("\"time_in_state_seconds\": 0.0"))
  }

  @Test func beforeTheFirstSnapshotItIsStarting() throws {
    var status = sampleSteering()
    status.snapshot = nil
    #expect(
      SteeringHealth.body(status) == """
        {
          "status": "starting",
          "uptime_seconds": 1.2,
          "version": "\(wanctlVersion)"
        }
        """)
    #expect(!status.isHealthy && status.isAlive)
    #expect(SteeringMetrics.text(status).isEmpty)
  }

  @Test func degradedWithoutRouterOrCyclesOrAfterThreeFailures() {
    var status = sampleSteering()
    #expect(status.isHealthy)
    status.snapshot?.consecutiveFailures = 3
    #expect(!status.isHealthy)
    status.snapshot?.consecutiveFailures = 2
    status.snapshot?.router.isReachable = false
    #expect(!status.isHealthy)
    status = sampleSteering()
    status.time = status.time + Milliseconds(10_001)
    #expect(!status.isHealthy && !status.isAlive)
  }

  @Test func routesAreThoseOfTheLoopWithoutHistory() throws {
    let status = sampleSteering()
    let site = SteeringSite(status: { status }, feed: noFeed, token: BearerToken(Secret("t")))
    for (path, token, code) in [
      ("/livez", nil, 200), ("/readyz", nil, 200), ("/health", nil, 401),
      ("/health", "Bearer t", 200),
      ("/", "Bearer t", 200), ("/metrics", "Bearer t", 200), ("/metrics/history", "Bearer t", 404),
      ("/health?x", "Bearer t", 404),
    ] as [(String, String?, UInt32)] {
      guard
        case .now(let response) = site.answer(HTTPRequest(target: path, authorization: token))
      else {
        Issue.record("\(path)")
        continue
      }
      #expect(response.status.rawValue == code, "\(path)")
    }
  }
}
