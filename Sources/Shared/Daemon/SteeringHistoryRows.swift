public import Config
public import History
public import Model

/// What history keeps of steering.
///
/// The rows of a cycle and of a transition are the original's. What a score in a dry run would have
/// done, and moves between targets, have metrics of their own; all of these are events, which are
/// never averaged.
public enum SteeringHistoryRows {
  /// Five rows: RTT, baseline, delta, whether it is steered, and the congestion of the primary.
  ///
  /// - Returns: nil for a cycle that could not decide; nothing was measured in it.
  public static func cycle(
    _ decision: SteeringDecision, settings: SteeringControlSettings
  ) -> HistoryEntry? {
    guard decision.failure == nil, let rtt = decision.rtt, let baseline = decision.baseline,
      let delta = decision.delta
    else { return nil }
    return .steering(
      wan: settings.primary,
      SteeringSample(
        time: decision.time, rtt: rtt, baseline: baseline, delta: delta,
        isEnabled: decision.isDegraded, congestion: congestion(decision.assessment)))
  }

  /// On the scale of steering; what it never says itself is taken for GREEN, as in the original.
  private static func congestion(_ zone: Zone?) -> Int {
    switch zone {
    case .red: 2
    case .yellow: 1
    case .green, .softRed, nil: 0
    }
  }

  /// One row. It goes before those of the cycle that the transition is of.
  ///
  /// - Parameter namesTarget: with more than one target the row names it.
  /// - Returns: nil for a command that failed: nothing changed.
  public static func transition(
    _ transition: SteeringTransition, namesTarget: Bool
  ) -> HistoryEntry? {
    let metric: MetricName
    let labels: MetricLabels
    if transition.isDryRun {
      metric = .steeringWould
      labels = .steeringWould(
        from: transition.from, to: transition.to,
        contributors: transition.confidence?.contributors ?? [])
    } else if transition.changedState {
      metric = .steeringTransition
      labels = .steeringTransition(
        from: transition.from, to: transition.to,
        target: namesTarget ? transition.target : nil)
    } else if transition.applied == true, let target = transition.target {
      metric = .steeringTarget
      labels = .steeringTarget(from: transition.replaced, to: target)
    } else {
      return nil
    }
    return .row(
      MetricRow(
        timestamp: transition.time.wholeSeconds, wan: transition.wan, metric: metric,
        value: transition.action == .enable ? 1 : 0, labels: labels.text))
  }

  /// The configuration at a start.
  public static func start(_ config: EffectiveConfig, at time: UnixTime) -> HistoryEntry {
    .row(.steeringSnapshot(of: config, at: time))
  }
}
