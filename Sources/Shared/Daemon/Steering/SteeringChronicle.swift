import Control
import History
import Logging
import Model
import Service

/// What steering leaves for later: rows of history, and the log of its transitions.
struct SteeringChronicle {
  private var settings: SteeringControlSettings
  private let history: HistoryWriter?
  private let logger: Logger
  private let log: TransitionLog
  private var tracker: TransitionTracker
  /// A cycle whose action is under way: its rows follow that of the transition.
  private var waiting: SteeringDecision?
  private var isLogFailing = false

  init(_ settings: SteeringSettings, history: HistoryWriter?, logger: Logger) {
    self.settings = settings.control
    self.history = history
    self.logger = logger
    log = TransitionLog(path: settings.transitionLog)
    tracker = TransitionTracker(settings.control)
  }

  mutating func replaceSettings(_ settings: SteeringSettings) {
    self.settings = settings.control
    tracker.replaceSettings(settings.control)
  }

  /// A cycle is complete.
  mutating func cycle(_ decision: SteeringDecision) {
    writeWaiting()
    keep(tracker.take(decision))
    waiting = decision
    if decision.action == nil { writeWaiting() }
  }

  /// Something was decided between two cycles.
  mutating func decision(_ decision: SteeringDecision) { keep(tracker.take(decision)) }

  /// An action has ended.
  mutating func ended(_ decision: SteeringDecision, at time: UnixTime) {
    keep(tracker.take(decision, at: time))
    if waiting?.time == decision.time { waiting = decision }
    writeWaiting()
  }

  /// The state follows the rules on the router.
  mutating func adopted(target: Int?, wasDegraded: Bool, _ decision: SteeringDecision) {
    let names = (good: settings.goodName, degraded: settings.degradedName)
    let isDegraded = decision.isDegraded
    keep([
      SteeringTransition(
        time: decision.time, wan: settings.primary,
        from: wasDegraded ? names.degraded : names.good,
        to: isDegraded ? names.degraded : names.good,
        action: isDegraded ? .enable : .disable, reason: .reconciled, applied: true,
        target: target.flatMap {
          settings.targets.indices.contains($0) ? settings.targets[$0].name : nil
        }, figures: SteeringTransition.Figures(decision))
    ])
  }

  /// What waits is written, whatever became of its action.
  mutating func writeWaiting() {
    guard let decision = waiting else { return }
    waiting = nil
    guard let history else { return }
    if let entry = SteeringHistoryRows.cycle(decision, settings: settings) { history.push(entry) }
  }

  private mutating func keep(_ transitions: [SteeringTransition]) {
    for transition in transitions {
      if let entry = SteeringHistoryRows.transition(
        transition, namesTarget: settings.targets.count > 1)
      {
        history?.push(entry)
      }
      do {
        try log.append(transition)
        isLogFailing = false
      } catch {
        if !isLogFailing { logger.warning("the log of transitions: \(error)") }
        isLogFailing = true
      }
    }
  }
}
