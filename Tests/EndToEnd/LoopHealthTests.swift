import Foundation
import Testing

/// The loop's HTTP from outside.
@Suite struct LoopHealthTests {
  @Test func healthMetricsAndHistoryAreServed() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "history-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let loop = try ObservedLoop(
      extra: """
        storage: {db_path: \(folder.path)/metrics.db, commit_interval_sec: 3600}
        metrics: {enabled: true, port: 0}
        """)
    let metrics = try ObservedLoop.address("metrics", of: loop.process)
    let isStored = eventually(within: 30) {
      loop.get("/metrics/history?metrics=wanctl_rtt_ms&limit=1").body
        .contains("\"wan_name\": \"wan1\"")
    }
    #expect(isStored, "a request stores what waits: \(loop.get("/metrics/history?limit=1"))")
    #expect(loop.get("/metrics/history?limit=0").status == 400)

    #expect(eventually(within: 30) { loop.get("/health").body.contains("connection_refused") })
    #expect(loop.get("/health").status == 503, "its router is away")
    let health = try loop.health()
    #expect(health["status"] as? String == "degraded")
    #expect((health["loop"] as? [String: Any])?["ticks"] as? Int ?? 0 > 0)
    #expect((health["storage"] as? [String: Any])?["rows"] as? Int ?? 0 > 0)
    #expect((health["last_error"] as? [String: Any])?["wan"] as? String == "wan1")
    let wan = try #require((health["wans"] as? [[String: Any]])?.first)
    #expect((wan["cycles"] as? [String: Any])?["decided"] as? Int ?? 0 > 0)
    #expect(wan["sample_age_ms"] is Double)
    let router = wan["router_connectivity"] as? [String: Any]
    #expect(router?["last_failure_type"] as? String == "connection_refused")
    #expect(router?["outage_duration_seconds"] is Double)

    #expect(loop.get("/livez").status == 200)
    #expect(loop.get("/readyz").status == 503)
    #expect(loop.get("/metrics").body.contains("wanctl_router_reachable{wan=\"wan1\"} 0.0\n"))
    #expect(
      loop.get("/metrics", from: metrics).body.contains("wanctl_cycles_total{wan=\"wan1\"} "))
    #expect(loop.get("/health", from: metrics).body == "OK\n")

    loop.process.terminate()
    #expect(loop.process.waitUntilExit(within: 10) == 0, "\(loop.process.remarks)")
  }

  @Test func aTokenIsAskedFor() throws {
    let loop = try ObservedLoop(
      extra: "storage: {db_path: \"\"}", health: "{port: 0, token: t0ken}")
    #expect(loop.get("/health").status == 401)
    #expect(loop.get("/health", token: "other").status == 401)
    #expect([200, 503].contains(loop.get("/health", token: "t0ken").status))
    #expect(eventually(within: 30) { loop.get("/livez").status == 200 })
    #expect(!loop.process.remarks.contains("t0ken"))
  }

  @Test func aTakenPortIsAWarningAndTheLoopRuns() throws {
    let first = try ObservedLoop(extra: "storage: {db_path: \"\"}")
    let second = try ObservedLoop.start(
      in: first.folder, extra: "storage: {db_path: \"\"}", health: "{port: \(first.port)}")
    #expect(eventually(within: 30) { second.remarks.contains("wanctl-loop 0.1.0 runs") })
    let warnings = second.remarks.split(separator: "\n").filter {
      $0.contains("Address already in use")
    }
    #expect(warnings.count == 1, "\(second.remarks)")
    #expect(warnings.first?.contains("[WARNING] health is not served: ") == true)
    second.terminate()
    #expect(second.waitUntilExit(within: 10) == 0)
  }
}
