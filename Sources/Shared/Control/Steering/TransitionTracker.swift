public import Model

/// Tells what of the decisions of steering belongs into the transition log: what the router was
/// asked for, with how it ended, and what a score in a dry run would have asked for.
///
/// A command that fails is tried again with every sample, and a verdict of a dry run comes back as
/// long as nothing heeds it: of such a row only the first is kept.
public struct TransitionTracker: Sendable {
  /// After so long without one, the same is news again.
  static let silence = Milliseconds(60_000)

  private var settings: SteeringControlSettings
  private var failure: (action: SteeringAction, time: UnixTime)?
  private var verdict: (kind: SteeringVerdict, time: UnixTime)?

  public init(_ settings: SteeringControlSettings) { self.settings = settings }

  /// Goes on with other settings.
  public mutating func replaceSettings(_ settings: SteeringControlSettings) {
    self.settings = settings
  }

  /// Takes each decision, and again those whose action has ended.
  ///
  /// - Parameter time: now; nil = the decision's time.
  public mutating func take(
    _ decision: SteeringDecision, at time: UnixTime? = nil
  ) -> [SteeringTransition] {
    let time = time ?? decision.time
    // The verdict first: it was spoken before what follows from the action.
    return [noteVerdict(in: decision), noteAction(of: decision, at: time)].compactMap(\.self)
  }

  /// The rules on the router were found to say what `decision` has now.
  ///
  /// - Returns: nil when that is what the state said before.
  public mutating func reconciled(
    _ decision: SteeringDecision, before: SteeringDecision, at time: UnixTime
  ) -> SteeringTransition? {
    guard decision.isDegraded != before.isDegraded || decision.target != before.target else {
      return nil
    }
    failure = nil
    verdict = nil
    var transition = transition(
      to: decision.isDegraded ? .enable : .disable, reason: .reconciled, decision, at: time)
    if before.isDegraded { transition.from = settings.degradedName }
    transition.applied = true
    transition.target = (decision.target ?? before.target).flatMap(name)
    if decision.isDegraded, before.isDegraded { transition.replaced = before.target.flatMap(name) }
    return transition
  }

  private mutating func noteAction(
    of decision: SteeringDecision, at time: UnixTime
  ) -> SteeringTransition? {
    guard let action = decision.action, let applied = decision.applied else { return nil }
    if applied {
      failure = nil
      verdict = nil
    } else {
      defer { failure = (action, time) }
      if let failure, failure.action == action, time - failure.time < Self.silence { return nil }
    }
    var transition = transition(
      to: action.kind, reason: SteeringTransition.Reason(action.reason), decision, at: time)
    transition.applied = applied
    transition.target = name(action.target)
    if let replaced = action.replaced {
      transition.from = settings.degradedName
      transition.replaced = name(replaced)
    }
    return transition
  }

  private mutating func noteVerdict(in decision: SteeringDecision) -> SteeringTransition? {
    guard let opinion = decision.confidence, opinion.decision == nil, let would = opinion.would
    else { return nil }
    defer { verdict = (would, decision.time) }
    // It comes back after as long as it must last.
    let sustain = settings.confidence.map { max($0.sustainSeconds, $0.recoverySustainSeconds) }
    let silence = Self.silence + Milliseconds(seconds: 2 * (sustain ?? 0))
    if let verdict, verdict.kind == would, decision.time - verdict.time < silence { return nil }
    var transition = transition(
      to: would == .enable ? .enable : .disable, reason: .confidence, decision,
      at: decision.time)
    transition.isDryRun = true
    return transition
  }

  private func transition(
    to kind: SteeringAction.Kind, reason: SteeringTransition.Reason, _ decision: SteeringDecision,
    at time: UnixTime
  ) -> SteeringTransition {
    let names = (good: settings.goodName, degraded: settings.degradedName)
    return SteeringTransition(
      time: time, wan: settings.primary, from: kind == .enable ? names.good : names.degraded,
      to: kind == .enable ? names.degraded : names.good, action: kind, reason: reason,
      applied: nil, figures: SteeringTransition.Figures(decision),
      confidence: decision.confidence.map { SteeringTransition.Confidence($0.score) })
  }

  private func name(_ target: Int) -> String? {
    settings.targets.indices.contains(target) ? settings.targets[target].name : nil
  }
}
