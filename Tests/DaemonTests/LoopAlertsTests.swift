import Model
import Platform
import Router
import TestSupport
import Testing

@testable import Daemon

@Suite struct LoopAlertsTests {
  private func alerts(
    _ port: Int, _ rules: AlertSettings.Rules, wans: Int = 1
  ) throws -> LoopAlerts {
    let settings = try (0..<wans).map { index in
      var settings = try cableSettings()
      settings.wan = try Identifier("wan\(index + 1)")
      settings.alerts = AlertSettings(
        url: Secret("http://127.0.0.1:\(port)/hook"), grouping: Milliseconds(1), rules: rules)
      return settings
    }
    return try #require(try LoopAlerts(settings, log: Lines().logger))
  }

  /// Tells what is due until the server has got `condition`.
  private func body(
    with condition: String, at server: TestServer, _ alerts: inout LoopAlerts,
    storage: [String?] = [nil]
  ) -> String? {
    let deadline = Clock.monotonic() + Milliseconds(seconds: 30)
    while Clock.monotonic() < deadline {
      alerts.tell(storage: storage)
      if let body = server.requests.map(\.body).first(where: { $0.contains(condition) }) {
        return body
      }
      Clock.sleep(Milliseconds(5))
    }
    return nil
  }

  private let places = [
    RouterGroup.Place(worker: 0, wan: 0), RouterGroup.Place(worker: 0, wan: 1),
  ]

  @Test func `a dead line is told with its reason`() throws {
    let server = try TestServer { _ in .json(200, "") }
    defer { server.stop() }
    var alerts = try alerts(server.port, AlertSettings.Rules(wanDownAfter: Milliseconds(1)))
    defer { alerts.stop() }
    var engine = LoopEngine(
      try cableSettings(fallback: LoopSettings.Fallback(isEnabled: false)))
    alerts.take(.cycle(wan: 0, engine.step(nil, at: at(0))), places: places)
    let body = try #require(body(with: "wan_down", at: server, &alerts))
    #expect(body.contains(#""subject":"wan1","status":"raised","severity":"critical""#))
    #expect(body.contains("rates are held"))
  }

  @Test func `what happens to two WANs is one message`() throws {
    let server = try TestServer { _ in .json(200, "") }
    defer { server.stop() }
    var alerts = try alerts(
      server.port, AlertSettings.Rules(routerUnreachableAfter: Milliseconds(1), errorsPerMinute: 1),
      wans: 2)
    defer { alerts.stop() }
    let failure = RouterFailure(
      .connectionRefused, transport: .rest, operation: "connect", message: "refused")
    alerts.take(.router(.contactLost(failure, since: at(0)), worker: 0), places: places)
    let body = try #require(
      body(with: "router_unreachable", at: server, &alerts, storage: [nil, nil]))
    #expect(body.contains(#""subject":"wan1""#) && body.contains(#""subject":"wan2""#))
    // One error is not more than one.
    #expect(!body.contains(#""condition":"errors""#))
  }

  @Test func `missed ticks, storage and a steering that does not run are told`() throws {
    let server = try TestServer { _ in .json(200, "") }
    defer { server.stop() }
    let rules = AlertSettings.Rules(
      missedTicksPerMinute: 10, storageFailingAfter: Milliseconds(1))
    var alerts = try alerts(server.port, rules)
    defer { alerts.stop() }
    alerts.take(.ticksMissed(11), places: places)
    #expect(body(with: "loop_late", at: server, &alerts, storage: ["disk full"]) != nil)
    #expect(
      body(with: "storage_failing", at: server, &alerts, storage: ["disk full"])?
        .contains("disk full") == true)
  }
}
