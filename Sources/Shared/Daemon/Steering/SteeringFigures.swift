import Control
import Model
import Router
import Service

/// The figures of steering that others look at, kept beside what decides.
struct SteeringFigures {
  private(set) var snapshot: SteeringSnapshot
  private var contact: RouterContact
  private let board: SteeringBoard

  init(
    _ settings: SteeringSettings, controller: SteeringController, startedAt time: UnixTime,
    board: SteeringBoard
  ) {
    self.board = board
    contact = RouterContact(settings.router.transport)
    snapshot = SteeringSnapshot(
      settings: settings.control, decision: controller.decision, startedAt: time,
      lastTransition: controller.lastTransition?.time, router: contact.published,
      targets: settings.control.targets.map { _ in SteeringSnapshot.Target() })
  }

  /// A cycle is complete.
  mutating func note(_ decision: SteeringDecision) {
    if decision.failure == nil {
      snapshot.decidedCycles += 1
      snapshot.consecutiveFailures = 0
    } else {
      snapshot.failedCycles += 1
      snapshot.consecutiveFailures += 1
    }
  }

  /// An action is under way.
  mutating func noteAction(at time: UnixTime) { snapshot.commandSince = time }

  mutating func note(_ end: SteeringRouterEvent.ActionEnd) {
    snapshot.commandSince = nil
    guard end.failure == nil else { return }
    snapshot.router.writes += 1
    snapshot.router.lastWriteTook = end.age
    noteRule(end.action.target, isEnabled: end.action.kind == .enable)
    if let replaced = end.action.replaced { noteRule(replaced, isEnabled: false) }
  }

  mutating func note(_ rules: [RuleStatus]) {
    for (target, status) in rules.enumerated() { noteRule(target, isEnabled: status.isEnabled) }
  }

  mutating func noteRule(_ target: Int, isEnabled: Bool?) {
    guard snapshot.targets.indices.contains(target) else { return }
    snapshot.targets[target].isRuleEnabled = isEnabled
  }

  mutating func note(_ event: RouterEvent) {
    let (writes, took) = (snapshot.router.writes, snapshot.router.lastWriteTook)
    contact.take(event, wan: -1)
    snapshot.router = contact.published
    (snapshot.router.writes, snapshot.router.lastWriteTook) = (writes, took)
  }

  /// The state is another one.
  mutating func noteTransition(_ controller: SteeringController) {
    if controller.isDegraded {
      snapshot.transitionsToDegraded += 1
    } else {
      snapshot.transitionsToGood += 1
    }
    snapshot.lastTransition = controller.lastTransition?.time
  }

  mutating func note(_ settings: SteeringControlSettings) { snapshot.settings = settings }

  /// Pins up what stands.
  mutating func publish(_ engine: SteeringEngine, skippedCycles: Int, at time: UnixTime) {
    let (controller, primary) = (engine.controller, engine.lines[0])
    snapshot.decision = controller.decision
    snapshot.missedCycles = engine.missedCycles + skippedCycles
    snapshot.readFailures = controller.readFailures
    snapshot.baselineWrittenAt = primary.baselineWrittenAt
    snapshot.isBaselineStale = engine.isBaselineStale(at: time)
    snapshot.isPrimaryDead = controller.isPrimaryDead
    snapshot.lastAnswerAt = primary.lastAnswer
    snapshot.answeredProbes = primary.answers
    snapshot.lostProbes = primary.losses
    for target in snapshot.targets.indices {
      let rule = snapshot.targets[target].isRuleEnabled
      snapshot.targets[target] = controller.describe(target: target, at: time)
      snapshot.targets[target].isRuleEnabled = rule
    }
    board.publish(snapshot)
  }
}

extension SteeringState.Moment {
  /// The point in time; nil for a text that is none.
  var time: UnixTime? {
    switch self {
    case .at(let time): time
    case .text(let text): LocalTime.time(of: text)
    }
  }
}

extension RuleStatus {
  /// nil where there is no such rule, or more than one.
  var isEnabled: Bool? {
    switch self {
    case .enabled: true
    case .disabled: false
    case .missing, .ambiguous: nil
    }
  }
}
