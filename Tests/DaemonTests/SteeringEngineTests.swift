import Control
import Model
import Router
import TestSupport
import Testing

@testable import Daemon

/// An engine in virtual time, with a router that does what it is told.
struct VirtualEngine {
  var engine: SteeringEngine
  var now = UnixTime(seconds: 1_800_000_000)
  var effects: [SteeringEngine.Effect] = []
  var dropped: Int64? = nil
  var queued: Int64 = 0
  /// nil = readings fail.
  var isQueueRead = true
  var answersReadings = true
  /// nil = actions never end.
  var succeeds: Bool? = true

  init(_ settings: SteeringControlSettings, windows: [AnswerWindow?]) {
    engine = SteeringEngine(settings, windows: windows)
  }

  init(
    _ settings: SteeringControlSettings, count: Int = 1, restoring state: SteeringState? = nil
  ) {
    let window = AnswerWindow(count: count, maximumAge: Milliseconds(seconds: 2))
    engine = SteeringEngine(
      settings, windows: [window] + settings.targets.map { $0.thresholds == nil ? nil : window },
      restoring: state)
  }

  mutating func baseline(_ baseline: Double = 25, age: Double = 0, of line: Int = 0) {
    engine.take(
      baseline: Milliseconds(baseline), writtenAt: now - Milliseconds(seconds: age), of: line)
  }

  mutating func answer(_ rtt: Double, of line: Int = 0) {
    engine.take(answer: Milliseconds(rtt), of: line, at: now) { effects.append($0) }
    settle()
  }

  mutating func loss(of line: Int = 0) {
    engine.take(lossOf: line, at: now) { effects.append($0) }
    settle()
  }

  /// One cycle with one answer, and an interval of time.
  mutating func cycle(_ rtt: Double?) {
    if let rtt { answer(rtt) }
    engine.tick(at: now) { effects.append($0) }
    settle()
    now = now + engine.settings.interval
  }

  mutating func wait(_ time: Milliseconds) {
    now = now + time
    engine.advance(to: now) { effects.append($0) }
    settle()
  }

  mutating func tick() {
    engine.tick(at: now) { effects.append($0) }
    settle()
  }

  mutating func read(_ reading: QueueReading?) {
    engine.take(queue: reading, of: 0, at: now) { effects.append($0) }
    settle()
  }

  mutating func end(succeeded: Bool) {
    engine.actionEnded(succeeded: succeeded, at: now) { effects.append($0) }
    settle()
  }

  mutating func rules(_ rules: [RuleStatus]) {
    engine.take(rules: rules, at: now) { effects.append($0) }
    settle()
  }

  private var settled = 0

  /// Does what the effects ask for.
  private mutating func settle() {
    while settled < effects.count {
      let effect = effects[settled]
      settled += 1
      switch effect {
      case .readQueues where answersReadings:
        let reading = QueueReading(dropped: dropped, queuedPackets: queued)
        engine.take(queue: isQueueRead ? reading : nil, of: 0, at: now) { effects.append($0) }
      case .act:
        guard let succeeds else { continue }
        engine.actionEnded(succeeded: succeeds, at: now) { effects.append($0) }
      default: break
      }
    }
  }

  var cycles: [SteeringDecision] {
    effects.compactMap { if case .cycle(let decision) = $0 { decision } else { nil } }
  }

  /// Of cycles and between them, and again when their action has ended.
  var decisions: [SteeringDecision] {
    effects.compactMap { effect in
      switch effect {
      case .cycle(let decision), .decision(let decision), .ended(let decision): decision
      default: nil
      }
    }
  }

  var actions: [SteeringAction] {
    effects.compactMap { if case .act(let action) = $0 { action } else { nil } }
  }
}

func steeringSettings(
  interval: Double = 500, isCAKEAware: Bool = true, deadAfter: Double = 1500,
  targets: [SteeringControlSettings.Target] = [.init(name: "wan2")]
) -> SteeringControlSettings {
  SteeringControlSettings(
    primary: "wan1", interval: Milliseconds(interval), deadAfter: Milliseconds(deadAfter),
    isCAKEAware: isCAKEAware, targets: targets, historySize: 240)
}

@Suite struct SteeringEngineTests {
  @Test func congestionIsSteeredAwayFromAndRecoveryReturns() {
    var line = VirtualEngine(steeringSettings())
    line.baseline()
    for _ in 1...4 { line.cycle(26) }
    #expect(line.actions.isEmpty && line.cycles.count == 4)
    line.queued = 80
    for _ in 1...3 { line.cycle(90) }
    #expect(line.actions.map(\.kind) == [.enable] && line.engine.controller.isDegraded)
    line.queued = 0
    for _ in 1...40 { line.cycle(26) }
    #expect(line.actions.map(\.kind) == [.enable, .disable])
    #expect(!line.engine.controller.isDegraded)
  }

  @Test func aCycleWaitsForItsReadingButNotForEver() {
    var line = VirtualEngine(steeringSettings(interval: 100))
    line.baseline()
    line.answersReadings = false
    line.cycle(26)
    #expect(line.cycles.isEmpty && line.effects == [.readQueues])
    line.cycle(26)
    #expect(line.engine.missedCycles == 1)
    line.wait(Milliseconds(790))
    #expect(line.cycles.isEmpty)
    line.wait(Milliseconds(20))
    #expect(line.cycles.count == 1 && line.engine.controller.readFailures == 1)
    // The reading comes after all: the next cycle has it, and asks for no other.
    line.engine.take(
      queue: QueueReading(dropped: nil, queuedPackets: 7), of: 0, at: line.now
    ) { _ in }
    line.cycle(26)
    #expect(line.cycles.count == 2 && line.cycles[1].queuedPackets == 7)
    #expect(line.engine.controller.readFailures == 0)
    #expect(line.effects.count { $0 == .readQueues } == 1)
  }

  @Test func withoutARouterCyclesDoNotWait() {
    var line = VirtualEngine(steeringSettings())
    line.baseline()
    line.answersReadings = false
    line.engine.isRouterReachable = false
    line.cycle(26)
    #expect(line.cycles.count == 1 && line.effects.count == 1)
  }

  @Test func aDeadPrimaryIsLeftBetweenTwoCycles() {
    var line = VirtualEngine(steeringSettings(interval: 60_000))
    line.baseline()
    line.cycle(26)
    line.now = line.now - Milliseconds(59_000)
    let began = line.now
    line.answer(26)
    for _ in 1...3 {
      line.now = line.now + Milliseconds(400)
      line.loss()
    }
    #expect(line.actions.isEmpty, "only 1.2 s have passed")
    let deadline = line.engine.nextDeadline
    #expect(deadline == began + Milliseconds(1500))
    line.wait(Milliseconds(300))
    #expect(line.actions.map(\.reason) == [.dead] && line.engine.controller.isDegraded)
  }

  @Test func aFailedReactionIsTriedAgainByCyclesOnly() {
    var line = VirtualEngine(steeringSettings())
    line.baseline()
    line.cycle(26)
    line.succeeds = false
    for _ in 1...4 {
      line.now = line.now + Milliseconds(500)
      line.loss()
    }
    #expect(line.actions.count == 1)
    for _ in 1...20 { line.wait(Milliseconds(1)) }
    #expect(line.actions.count == 1, "no storm of commands")
    line.cycle(nil)
    #expect(line.actions.count == 2)
    line.succeeds = true
    line.cycle(nil)
    #expect(line.engine.controller.isDegraded)
  }

  @Test func aStaleBaselineSteersNothingButLetsReturn() {
    var line = VirtualEngine(steeringSettings())
    line.baseline(age: 91)
    line.queued = 80
    for _ in 1...6 { line.cycle(90) }
    #expect(line.actions.isEmpty && line.engine.isBaselineStale(at: line.now))
    line.baseline()
    line.cycle(90)
    line.cycle(90)
    #expect(line.actions.map(\.kind) == [.enable])
    line.baseline(age: 91)
    line.queued = 0
    for _ in 1...40 { line.cycle(26) }
    #expect(line.actions.map(\.kind) == [.enable, .disable])
  }

  @Test func withoutABaselineEverACycleFails() {
    var line = VirtualEngine(steeringSettings())
    line.cycle(26)
    #expect(line.cycles.map(\.failure) == [.noBaseline])
    #expect(line.engine.isBaselineStale(at: line.now))
  }

  @Test func theMedianOfTheNewestAnswersIsTheRTT() {
    var line = VirtualEngine(steeringSettings(interval: 1000), count: 3)
    line.baseline()
    for rtt in [90.0, 27, 26, 28] { line.answer(rtt) }
    line.cycle(nil)
    #expect(line.cycles.last?.rtt == Milliseconds(27))
    #expect(!line.engine.isReplayed)
    line.now = line.now + Milliseconds(seconds: 3)
    line.cycle(nil)
    #expect(line.engine.isReplayed && line.cycles.last?.rtt == Milliseconds(27))
    line.answer(40)
    line.answer(50)
    line.cycle(nil)
    #expect(line.cycles.last?.rtt == Milliseconds(45), "old answers do not count")
  }

  @Test func aSteppedClockForgetsWhatWasMeasuredByIt() {
    var line = VirtualEngine(steeringSettings())
    line.baseline()
    line.cycle(26)
    line.answer(90)
    line.now = line.now + Milliseconds(seconds: 3600)
    line.engine.restart(at: line.now)
    line.baseline()
    line.cycle(nil)
    #expect(line.cycles.last?.rtt == Milliseconds(26) && line.actions.isEmpty)
  }
}

/// What is on at the router at the start, or by hand, against what the state says.
@Suite struct ReconciliationTests {
  private static let two = steeringSettings(targets: [.init(name: "wan2"), .init(name: "wan3")])

  private static func state(_ name: String, target: String? = nil) -> SteeringState {
    SteeringState(name: name, activeTarget: target)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var state: SteeringState
    var rules: [RuleStatus]
    /// The target that is in use afterwards.
    var target: Int?
    var disabled: [Int] = []
    var testDescription: String { "\(state.name) \(rules)" }
  }

  @Test(arguments: [
    // Killed between the command and the saving.
    Case(state: state("WAN1_GOOD"), rules: [.enabled, .disabled], target: 0),
    Case(state: state("WAN1_GOOD"), rules: [.disabled, .enabled], target: 1),
    Case(
      state: state("WAN1_DEGRADED", target: "wan2"), rules: [.disabled, .disabled], target: nil),
    // Killed between switching one on and the other off.
    Case(
      state: state("WAN1_DEGRADED", target: "wan2"), rules: [.enabled, .enabled], target: 0,
      disabled: [1]),
    Case(
      state: state("WAN1_DEGRADED", target: "wan3"), rules: [.enabled, .enabled], target: 1,
      disabled: [0]),
    Case(state: state("WAN1_GOOD"), rules: [.enabled, .enabled], target: 0, disabled: [1]),
    Case(state: state("WAN1_DEGRADED", target: "wan2"), rules: [.disabled, .enabled], target: 1),
    // What is not there says nothing.
    Case(state: state("WAN1_DEGRADED", target: "wan2"), rules: [.missing, .disabled], target: 0),
    Case(
      state: state("WAN1_DEGRADED", target: "wan2"), rules: [.ambiguous(count: 2), .disabled],
      target: 0),
    Case(state: state("WAN1_GOOD"), rules: [.missing, .missing], target: nil),
    // Nothing to mend.
    Case(state: state("WAN1_GOOD"), rules: [.disabled, .disabled], target: nil),
    Case(state: state("WAN1_DEGRADED", target: "wan3"), rules: [.disabled, .enabled], target: 1),
    // Names of another primary mean the same.
    Case(state: state("ATT_DEGRADED"), rules: [.disabled, .disabled], target: nil),
  ])
  func theRouterIsRight(of example: Case) {
    var line = VirtualEngine(Self.two, restoring: example.state)
    line.rules(example.rules)
    let controller = line.engine.controller
    #expect(controller.isDegraded == (example.target != nil))
    #expect(controller.decision.target == example.target)
    #expect(controller.state.name == (example.target == nil ? "WAN1_GOOD" : "WAN1_DEGRADED"))
    let disabled = line.effects.compactMap { effect -> [Int]? in
      if case .disable(let targets) = effect { targets } else { nil }
    }
    #expect(disabled == (example.disabled.isEmpty ? [] : [example.disabled]))
    // And again: nothing is left to do, but for the rule that is still on.
    line.effects = []
    line.rules(example.rules)
    #expect(!line.effects.contains { if case .adopted = $0 { true } else { false } })
  }

  @Test func aReadingDuringAnActionIsPassedOver() {
    var line = VirtualEngine(steeringSettings())
    line.baseline()
    line.queued = 80
    line.succeeds = nil
    for _ in 1...3 { line.cycle(90) }
    #expect(line.engine.controller.isActing)
    line.rules([.disabled])
    #expect(line.engine.controller.isActing)
    line.engine.actionEnded(succeeded: true, at: line.now) { _ in }
    #expect(line.engine.controller.isDegraded)
  }
}
