import Foundation
import Model
import Platform
import Router
import Service
import TestSupport
import Testing

@testable import Daemon

/// How steering is, by what it leaves.
@Suite struct SteeringOverviewTests {
  let folder: TemporaryFolder
  let settings: SteeringSettings
  let now = Clock.wall()

  init() throws {
    folder = try TemporaryFolder()
    settings = try steeringSettings(in: folder.path)
  }

  /// Files as a daemon leaves them that is well. The lock is the test's own, which cannot be seen
  /// as a live daemon: that is set by hand.
  private func write(
    _ name: String = "WAN1_GOOD", baselineAge: Double = 1, baseline: Double = 24.5
  ) throws {
    var state = SteeringState(
      name: name, redCount: 1, lastTransition: .at(now - Milliseconds(seconds: 600)),
      activeTarget: name == "WAN1_GOOD" ? nil : "wan2")
    state.primary.baseline = Milliseconds(24)
    state.primary.rttAverage = 1.25
    state.primary.queuedPackets = [3]
    try SteeringStateFile(path: settings.stateFile).save(state)
    let time = LocalTime(now - Milliseconds(seconds: baselineAge)).iso8601
    try folder.write(
      #"{"ewma":{"baseline_rtt":\#(baseline)},"timestamp":"\#(time)"}"#, to: "wan1_state.json")
  }

  private func status(_ transitions: Int = 5) -> SteeringOverview {
    var status = SteeringOverview(of: settings, transitions: transitions, at: now)
    status.processID = 4711
    status.troubles.removeAll { $0.text.hasPrefix("nobody steers") }
    return status
  }

  @Test func allIsWell() throws {
    try write()
    let status = self.status()
    #expect(status.health == .healthy, "\(status.troubles)")
    let since = LocalTime(now - Milliseconds(seconds: 600)).logStamp.prefix(19)
    #expect(
      status.text == """
        healthy: WAN1_GOOD since \(since) (10 min): new connections that suffer from latency go by wan1
          process     4711
          mode        RTT, queue and drops
          assessment  GREEN, RTT +1.2 ms smoothed, 3 packets queued
          counts      1 of 2 to steer
          baseline    24.5 ms, written 1 s ago

        """)
  }

  @Test func steeredIsDegraded() throws {
    try write("WAN1_DEGRADED")
    let status = self.status()
    #expect(status.health == .degraded && status.troubles == [] && status.target == "wan2")
    #expect(
      status.text.contains("go steered to wan2\n") && status.text.contains("0 of 15 to return"))
  }

  @Test func withoutADaemonNothingCanBeSteered() throws {
    try write()
    let status = SteeringOverview(of: settings, transitions: 5, at: now)
    #expect(status.health == .unable && status.processID == nil)
    #expect(status.text.hasPrefix("unable: WAN1_GOOD since "))
    #expect(
      status.troubles.map(\.text) == ["nobody steers: no live process holds \(settings.lockFile)"])
  }

  @Test func withoutFilesTheReasonsAreSaid() {
    let status = self.status()
    #expect(status.health == .unable && status.isDegraded == nil && status.since == nil)
    #expect(status.text.hasPrefix("unable: wan1: the state is not known\n"))
    #expect(status.troubles.count == 2, "\(status.troubles)")
  }

  @Test(arguments: [(100, 24.5, "the baseline is 100 s old"), (1, 80, "lies outside thresholds")])
  func aBaselineThatIsOfNoUse(age: Double, baseline: Double, says: String) throws {
    try write(baselineAge: age, baseline: baseline)
    let status = self.status()
    #expect(status.health == .degraded)
    #expect(status.troubles.map { $0.text.contains(says) } == [true], "\(status.troubles)")
  }

  @Test func aStateThatIsNotSavedAnyMore() throws {
    try write()
    var late = SteeringOverview(
      of: settings, transitions: 5, at: now + Milliseconds(seconds: 60))
    #expect(late.troubles.map(\.health) == [.unable])
    // With a live process in the lock file it counts.
    try folder.write("\(getppid())\n", to: "steering.lock")
    late = SteeringOverview(of: settings, transitions: 5, at: now + Milliseconds(seconds: 60))
    if late.processID != nil {
      #expect(late.troubles.contains { $0.text.contains("was saved 6") }, "\(late.troubles)")
    }
  }

  @Test func theRulesAreHeldAgainstTheState() throws {
    try write("WAN1_DEGRADED")
    func troubles(_ rules: [String: RuleStatus]) -> [SteeringOverview.Trouble] {
      var status = self.status()
      status.ask(RuleRouter(rules), about: settings.rules)
      return status.troubles
    }
    #expect(troubles(["to wan2": .enabled, "to wan3": .disabled]) == [])
    #expect(
      troubles(["to wan2": .disabled, "to wan3": .enabled]).map(\.text) == [
        "the rule of wan2 is off, and the state says otherwise",
        "the rule of wan3 is on, and the state says otherwise",
      ])
    #expect(
      troubles(["to wan2": .ambiguous(count: 2)]).map(\.text) == [
        "2 rules have the comment 'to wan2'",
        "the router has no rule with the comment 'to wan3'",
      ])
    let silent = RuleRouter([:])
    silent.failures = [.timeout]
    var status = self.status()
    status.ask(silent, about: settings.rules)
    #expect(status.health == .unable && status.rules?.map(\.status) == [nil])
    #expect(status.text.contains("rule        wan2 unknown: \"to wan2\""))
  }

  @Test func transitionsTellTheirReasons() throws {
    try write()
    let log = TransitionLog(path: settings.transitionLog)
    var transition = SteeringTransition(
      time: now, wan: "wan1", from: "WAN1_GOOD", to: "WAN1_DEGRADED", action: .enable,
      reason: .hysteresis, applied: true, target: "wan2",
      figures: SteeringTransition.Figures(
        rttAverage: Milliseconds(33.65), drops: 4, queuedPackets: 90),
      confidence: SteeringTransition.Confidence(
        score: 85, contributors: ["RED", "queue_high(90%)"]))
    try log.append(transition)
    transition.applied = false
    transition.confidence = nil
    transition.figures?.drops = nil
    try log.append(transition)
    (transition.applied, transition.isDryRun, transition.figures) = (nil, true, nil)
    try log.append(transition)
    let stamp = LocalTime(now).logStamp.prefix(19)
    let lines = status().text.split(separator: "\n").suffix(4)
    #expect(
      Array(lines) == [
        "  transitions, newest last:",
        "    \(stamp)  WAN1_GOOD -> WAN1_DEGRADED  hysteresis, wan2: RTT +33.6 ms, queue 90, drops 4, score 85 (RED, queue_high(90%))",
        "    \(stamp)  WAN1_GOOD -> WAN1_DEGRADED  hysteresis, wan2, NOT confirmed by the router: RTT +33.6 ms, queue 90",
        "    \(stamp)  WAN1_GOOD -> WAN1_DEGRADED  would, by the score",
      ])
    #expect(status(1).transitions.count == 1)
  }

  @Test func theObjectHasItAll() throws {
    try write("WAN1_DEGRADED")
    var status = self.status()
    status.ask(RuleRouter(["to wan2": .enabled, "to wan3": .disabled]), about: settings.rules)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(status.json.utf8)) as? [String: Any])
    #expect(object["status"] as? String == "degraded" && object["target"] as? String == "wan2")
    #expect(object["state"] as? String == "WAN1_DEGRADED" && object["enabled"] as? Bool == true)
    #expect(object["time_in_state_seconds"] as? Double == 600 && object["pid"] as? Int == 4711)
    #expect(object["mode"] as? String == "active")
    let baseline = try #require(object["baseline"] as? [String: Any])
    #expect(baseline["rtt_ms"] as? Double == 24.5 && baseline["stale"] as? Bool == false)
    let rules = try #require(object["rules"] as? [[String: String]])
    #expect(rules.map { $0["status"] } == ["on", "off"])
    let unknown = SteeringOverview(time: now, settings: settings.control)
    #expect((try? JSONSerialization.jsonObject(with: Data(unknown.json.utf8))) != nil)
  }

  @Test(arguments: [
    (-5.0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 days"),
  ])
  func durations(seconds: Double, text: String) {
    #expect(SteeringOverview.duration(Milliseconds(seconds: seconds)) == text)
  }
}
