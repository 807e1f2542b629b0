import Model
import Router
import Service
import TestSupport
import Testing

@testable import Daemon

/// Steering switched by hand.
@Suite struct SteeringSwitchTests {
  let folder: TemporaryFolder
  let settings: SteeringSettings

  init() throws {
    folder = try TemporaryFolder()
    settings = try steeringSettings(in: folder.path, flushedPorts: [5060])
  }

  private func enable(
    _ target: Int, _ router: RuleRouter, _ settings: SteeringSettings? = nil
  ) throws(RouterFailure) -> [SteeringSwitch.Change] {
    var changes: [SteeringSwitch.Change] = []
    try SteeringSwitch(settings ?? self.settings, port: router, remark: { _ in })
      .enable(target) { changes.append($0) }
    return changes
  }

  @Test func theNewRuleGoesOnBeforeTheOldOneGoesOff() throws {
    let router = RuleRouter(["to wan2": .enabled, "to wan3": .disabled])
    let changes = try enable(1, router)
    #expect(router.writes == ["enable to wan3", "disable to wan2"])
    #expect(changes.map(\.target) == ["wan3", "wan2"] && changes.allSatisfy { !$0.wasSo })
    #expect(router.flushed == [[5060]])
  }

  @Test func whatStandsAsWantedIsNotWritten() throws {
    let router = RuleRouter(["to wan2": .enabled, "to wan3": .missing])
    let changes = try enable(0, router, try steeringSettings(in: folder.path))
    #expect(router.writes == [] && changes.map(\.wasSo) == [true] && router.flushed == [])
  }

  @Test func aRuleThatIsNotThereIsSaidAndNothingIsTouched() throws {
    let router = RuleRouter(["to wan2": .enabled])
    let failure = #expect(throws: RouterFailure.self) { try enable(1, router) }
    #expect(failure?.failureClass == .missing)
    #expect(router.rules == ["to wan2": .enabled] && router.flushed == [])
  }

  @Test func theOtherWayIsTakenWhenOneFails() throws {
    let router = RuleRouter(["to wan2": .disabled, "to wan3": .disabled])
    router.hasFallback = true
    router.failures = [.timeout]
    #expect(try enable(0, router).count == 1)
    #expect(router.rules["to wan2"] == .enabled && router.transport == .ssh)

    let alone = RuleRouter(["to wan2": .disabled])
    alone.failures = [.timeout]
    #expect(throws: RouterFailure.self) { try enable(0, alone) }
  }

  @Test func connectionsThatStayFailNothing() throws {
    var remarks: [String] = []
    let router = RuleRouter(["to wan2": .disabled, "to wan3": .disabled])
    let rules = SteeringSwitch(settings, port: router) { remarks.append($0) }
    try rules.enable(0) { _ in }
    #expect(remarks == ["3 tracked connections are forgotten"])
    // On the way back they are left where they are.
    #expect(try rules.disable(nil) { _ in } == nil)
    #expect(remarks.count == 1 && router.flushed.count == 1)
    router.refusesFlush = true
    try rules.enable(0) { _ in }
    #expect(remarks.last?.hasPrefix("tracked connections stay: flush") == true)
  }

  @Test func oneRuleOfSeveralGoesOff() throws {
    let router = RuleRouter(["to wan2": .enabled, "to wan3": .enabled])
    let rules = SteeringSwitch(settings, port: router, remark: { _ in })
    #expect(try rules.disable(0) { _ in } == 1)
    #expect(router.rules == ["to wan2": .disabled, "to wan3": .enabled])
    #expect(try rules.disable(nil) { _ in } == nil)
    #expect(router.rules["to wan3"] == .disabled)
  }

  // MARK: What is saved

  private func save(_ target: Int?) throws -> SteeringState {
    try SteeringSwitch.save(target: target, of: settings, at: at(0), remark: { _ in })
    return state
  }

  private var state: SteeringState {
    SteeringStateFile(path: settings.stateFile).load(defaults: SteeringState(name: "?")).state
  }

  @Test func theDaemonGoesOnFromWhatWasSwitched() throws {
    var before = SteeringState(name: "WAN1_GOOD", redCount: 1)
    before.primary.baseline = Milliseconds(25)
    before.primary.rtts = [26, 27]
    try SteeringStateFile(path: settings.stateFile).save(before)
    let on = try save(1)
    #expect(on.name == "WAN1_DEGRADED" && on.activeTarget == "wan3" && on.redCount == 0)
    #expect(on.primary.baseline == Milliseconds(25) && on.primary.rtts == [26, 27])
    #expect(on.transitions.map(\.to) == ["WAN1_DEGRADED"] && on.lastTransition != nil)
    let moved = try save(0)
    #expect(moved.name == "WAN1_DEGRADED" && moved.activeTarget == "wan2")
    #expect(try save(nil).name == "WAN1_GOOD")
    #expect(try save(nil).transitions.count == 2)

    let log = try TransitionLog(path: settings.transitionLog).newest(10)
    #expect(log.map(\.action) == [.enable, .enable, .disable])
    #expect(log.map(\.target) == ["wan3", "wan2", "wan2"])
    #expect(log.map(\.replaced) == [nil, "wan3", nil])
    #expect(log.allSatisfy { $0.reason == .manual && $0.applied == true && $0.time == at(0) })
  }

  @Test func withoutAStateFileOneIsMade() throws {
    #expect(try save(nil).name == "WAN1_GOOD")
    #expect(try folder.names() == ["steering_state.json", "steering_transitions.jsonl"])
  }

  @Test func whatCannotBeSavedIsSaid() throws {
    var settings = settings
    settings.stateFile = folder.file("none/state.json")
    try folder.write("", to: "none")
    let error = #expect(throws: SteeringSwitch.NotSaved.self) {
      try SteeringSwitch.save(target: 0, of: settings, at: at(0), remark: { _ in })
    }
    #expect(error?.description.hasPrefix("the rules are switched, but ") == true)
  }
}
