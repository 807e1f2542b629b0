import Control
import Model
import Platform
import Router
import TestSupport
import Testing

@testable import Daemon

@Suite struct SteeringAlertsTests {
  private func fixture() throws -> SteeringSettings {
    SteeringSettings(
      name: try Identifier("steering"), control: steeringSettings(), primaryConfig: "wan1.yaml",
      primarySources: SteeringSettings.Sources(stateFile: "/nowhere/wan1_state.json"),
      targetSources: [SteeringSettings.Sources()],
      rules: [.init(target: "wan2", comment: try RuleComment("ADAPTIVE: WAN2"))],
      router: RouterSettings(host: "127.0.0.1", user: "u"), stateFile: "/nowhere/state",
      lockFile: "/nowhere/lock", lockTimeoutSeconds: 60, mainLog: "/nowhere/main",
      debugLog: "/nowhere/debug")
  }

  private func settings(_ port: Int, _ rules: AlertSettings.Rules) throws -> SteeringSettings {
    var settings = try fixture()
    settings.alerts = AlertSettings(
      url: Secret("http://127.0.0.1:\(port)/hook"), grouping: Milliseconds(1), rules: rules)
    return settings
  }

  private func body(
    with condition: String, at server: TestServer, _ alerts: inout SteeringAlerts,
    storage: String? = nil
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

  @Test func `without the section there are none`() throws {
    #expect(try SteeringAlerts(try fixture(), log: Lines().logger) == nil)
  }

  @Test func `a rule that is missing, a disk that is full and a router that is away are told`()
    throws
  {
    let server = try TestServer { _ in .json(200, "") }
    defer { server.stop() }
    let rules = AlertSettings.Rules(
      routerUnreachableAfter: Milliseconds(1), storageFailingAfter: Milliseconds(1),
      steeringUnableAfter: Milliseconds(1))
    let settings = try settings(server.port, rules)
    var alerts = try #require(try SteeringAlerts(settings, log: Lines().logger))
    defer { alerts.stop() }
    alerts.take(.rules(settings.rules.map { _ in .missing }))
    let unable = try #require(body(with: "steering_unable", at: server, &alerts))
    #expect(unable.contains("has no mangle rule with the comment"))
    let failure = RouterFailure(
      .connectionRefused, transport: .rest, operation: "connect", message: "refused")
    alerts.take(.router(.router(.contactLost(failure, since: at(0)))))
    #expect(body(with: "router_unreachable", at: server, &alerts) != nil)
    #expect(
      body(with: "storage_failing", at: server, &alerts, storage: "disk full")?
        .contains("disk full") == true)
  }
}
