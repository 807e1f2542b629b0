import Config
import Control
import History
import Model
import Testing

@testable import Daemon

/// What history keeps of steering, labels to the byte.
@Suite struct SteeringHistoryRowsTests {
  private let settings = SteeringControlSettings(
    primary: "wan1", interval: Milliseconds(50),
    targets: [SteeringControlSettings.Target(name: "wan2")], historySize: 10)

  private func rows(_ entry: HistoryEntry?) -> [MetricRow] {
    var rows: [MetricRow] = []
    entry?.forEachRow { rows.append($0) }
    return rows
  }

  private func decision(
    _ assessment: Zone?, isDegraded: Bool = false, failure: SteeringDecision.Failure? = nil
  ) -> SteeringDecision {
    SteeringDecision(
      time: UnixTime(microseconds: 1_780_000_000_999_999), failure: failure,
      rtt: Milliseconds(70), baseline: Milliseconds(25), delta: Milliseconds(45),
      assessment: assessment, isDegraded: isDegraded)
  }

  @Test(
    arguments: [
      (.green, false, 0), (.yellow, false, 1), (.red, true, 2), (.softRed, true, 0), (nil, true, 0),
    ] as [(Zone?, Bool, Double)])
  func aCycleHasTheRowsOfTheOriginal(zone: Zone?, isDegraded: Bool, state: Double) {
    let rows = rows(
      SteeringHistoryRows.cycle(decision(zone, isDegraded: isDegraded), settings: settings))
    #expect(
      rows.map(\.metric.rawValue) == [
        "wanctl_rtt_ms", "wanctl_rtt_baseline_ms", "wanctl_rtt_delta_ms",
        "wanctl_steering_enabled", "wanctl_state",
      ])
    #expect(rows.map(\.value) == [70, 25, 45, isDegraded ? 1 : 0, state])
    #expect(rows.map(\.labels) == [nil, nil, nil, nil, #"{"source": "steering"}"#])
    #expect(rows.allSatisfy { $0.timestamp == 1_780_000_000 && $0.wan == "wan1" })
  }

  @Test(arguments: [SteeringDecision.Failure.noBaseline, .noRTT, .dead])
  func aCycleThatDecidedNothingHasNone(failure: SteeringDecision.Failure) {
    #expect(
      rows(SteeringHistoryRows.cycle(decision(.red, failure: failure), settings: settings)) == [])
  }

  private func transition(
    _ change: (inout SteeringTransition) -> Void = { _ in }
  ) -> SteeringTransition {
    var transition = SteeringTransition(
      time: UnixTime(microseconds: 1_780_000_000_500_000), wan: "wan1", from: "WAN1_GOOD",
      to: "WAN1_DEGRADED", action: .enable, reason: .hysteresis, applied: true, target: "wan2",
      confidence: SteeringTransition.Confidence(
        score: 75, contributors: ["RED", "rtt_delta=130.0ms(severe)"]))
    change(&transition)
    return transition
  }

  private func row(_ transition: SteeringTransition, namesTarget: Bool = false) -> MetricRow? {
    rows(SteeringHistoryRows.transition(transition, namesTarget: namesTarget)).first
  }

  @Test func aTransitionHasTheLabelsOfTheOriginal() {
    #expect(
      row(transition())
        == MetricRow(
          timestamp: 1_780_000_000, wan: "wan1", metric: .steeringTransition, value: 1,
          labels: #"{"reason": "Transitioned from WAN1_GOOD to WAN1_DEGRADED", "#
            + #""from_state": "WAN1_GOOD", "to_state": "WAN1_DEGRADED"}"#))
    let back = transition {
      ($0.from, $0.to, $0.action) = ("WAN1_DEGRADED", "WAN1_GOOD", .disable)
    }
    #expect(
      row(back, namesTarget: true)
        == MetricRow(
          timestamp: 1_780_000_000, wan: "wan1", metric: .steeringTransition, value: 0,
          labels: #"{"reason": "Transitioned from WAN1_DEGRADED to WAN1_GOOD", "#
            + #""from_state": "WAN1_DEGRADED", "to_state": "WAN1_GOOD", "target": "wan2"}"#))
    #expect(SteeringHistoryRows.transition(transition(), namesTarget: false)?.isUrgent == true)
  }

  @Test func whatFailedIsNoTransition() {
    #expect(row(transition { $0.applied = false }) == nil)
  }

  @Test func whatADryRunWouldDoHasAMetricOfItsOwn() {
    let would = transition {
      ($0.applied, $0.isDryRun, $0.reason, $0.target) = (nil, true, .confidence, nil)
    }
    #expect(
      row(would)
        == MetricRow(
          timestamp: 1_780_000_000, wan: "wan1",
          metric: MetricName("wanctl_steering_would_transition"), value: 1,
          labels: #"{"reason": "Would transition from WAN1_GOOD to WAN1_DEGRADED", "#
            + #""from_state": "WAN1_GOOD", "to_state": "WAN1_DEGRADED", "#
            + #""contributors": "RED, rtt_delta=130.0ms(severe)"}"#))
  }

  @Test func aMoveNamesItsTarget() {
    let move = transition {
      ($0.from, $0.reason, $0.target, $0.replaced) = ("WAN1_DEGRADED", .target, "wan3", "wan2")
    }
    #expect(
      row(move, namesTarget: true)
        == MetricRow(
          timestamp: 1_780_000_000, wan: "wan1", metric: MetricName("wanctl_steering_target"),
          value: 1, labels: #"{"reason": "Moved from wan2 to wan3", "target": "wan3"}"#))
  }

  /// Values as the file has them: 12 stays 12, 15.0 stays 15.0, what is not there is null.
  @Test func aStartKeepsTheConfiguration() throws {
    let text = """
      wan_name: steering
      topology: {primary_wan: wan1, primary_wan_config: "", alternate_wan: wan2}
      router: {host: r, user: u, ssh_key: "", password: x}
      mangle_rule: {comment: "ADAPTIVE: Steer"}
      cake_state_sources: {primary: /run/wanctl/wan1_state.json}
      measurement: {interval_seconds: 0.5, ping_host: 1.1.1.1, ping_count: 1}
      thresholds: {recovery_threshold_ms: 12, red_rtt_ms: 15.0}
      state: {file: /s.json, history_size: 10}
      logging: {main_log: /m, debug_log: /d}
      lock_file: /l
      lock_timeout: 60
      """
    let result = SteeringConfigFile.load(text: text.utf8, path: "s.yaml", environment: [:])
    let effective = try #require(result.effective, "\(result.errors)")
    let entry = SteeringHistoryRows.start(
      effective, at: UnixTime(microseconds: 1_780_000_000_900_000))
    #expect(
      rows(entry) == [
        MetricRow(
          timestamp: 1_780_000_000, wan: "wan1", metric: .configSnapshot, value: 1_780_000_000,
          labels: #"{"trigger": "startup", "autorate": null, "#
            + #""steering": {"bad_threshold_ms": null, "recovery_threshold_ms": 12, "#
            + #""green_rtt_ms": null, "red_rtt_ms": 15.0, "primary_wan": "wan1", "#
            + #""alternate_wan": "wan2"}}"#)
      ])
  }
}
