public import Model

/// Decides when new connections are steered away from a WAN, and when they return.
///
/// A pure state machine: it reads no clock, does no I/O and allocates nothing in a step. What it
/// asks of the router is an action; the state changes when the router has confirmed it, and not
/// before. The same settings, state and inputs give the same decisions, bit for bit.
///
/// Each cycle is one `step`, on the newest of everything. Beside the cycles each probe of the
/// primary is noted, so that a dead line need not wait for the next one.
public struct SteeringController: Sendable {
  public private(set) var settings: SteeringControlSettings
  private var line: LineTracker
  private var targets: TargetBoard
  private var counters: SampleCounters
  private var confidence: ConfidenceController?
  private var liveness: PrimaryLiveness
  private var transitions: BoundedHistory<SteeringState.Transition>
  /// When the state changed last, be it before a restart.
  public private(set) var lastTransition: SteeringState.Moment?
  public private(set) var isDegraded: Bool
  private var activeTarget: Int?
  private var targetSince: UnixTime?
  private var pending: Pending?
  /// The last decision: what stands until the next one.
  public private(set) var decision: SteeringDecision

  /// What the router was asked for, and the counts before the sample that asked for it.
  private struct Pending: Sendable {
    var action: SteeringAction
    var badCount: Int
    var goodCount: Int
  }

  /// A controller at its start: the good state, nothing counted.
  ///
  /// - Parameters:
  ///   - state: replaces all that. A name of a state that says neither is the good one.
  ///   - countsFirstReading: the first reading of a queue counts as drops since 0. For recordings
  ///     that are read from their beginning; in operation a first reading tells no drops.
  public init(
    _ settings: SteeringControlSettings, restoring state: SteeringState? = nil,
    countsFirstReading: Bool = false
  ) {
    self.settings = settings
    line = LineTracker(
      thresholds: settings.thresholds, usesQueue: settings.isCAKEAware,
      historySize: settings.historySize, countsFirstReading: countsFirstReading,
      restoring: state?.primary ?? SteeringState.Line())
    targets = TargetBoard(settings, countsFirstReading: countsFirstReading, restoring: state)
    counters = SampleCounters(
      red: state?.redCount ?? 0, good: state?.goodCount ?? 0, bad: state?.badCount ?? 0)
    confidence = settings.confidence.map {
      ConfidenceController($0, interval: settings.interval)
    }
    liveness = PrimaryLiveness(deadAfter: settings.deadAfter)
    transitions = BoundedHistory(capacity: settings.historySize, state?.transitions ?? [])
    lastTransition = state?.lastTransition
    isDegraded = state.flatMap { SteeringState.isDegraded($0.name) } ?? false
    activeTarget = isDegraded ? targets.index(of: state?.activeTarget) ?? 0 : nil
    decision = SteeringDecision(time: UnixTime(rawValue: 0))
    stand(at: decision.time)
  }

  /// Exactly one cycle.
  ///
  /// An action in the result must be carried out and its end told by `ruleCommandEnded`; until then
  /// no other is asked for. Numbers that are not finite or make no sense count as not measured.
  public mutating func step(
    _ input: SteeringInput, at time: UnixTime
  ) -> SteeringDecision {
    liveness.check(at: time)
    targets.take(input.targets, at: time)
    let before = counters
    line.noteBaseline(input.primary.baseline)
    var failure: SteeringDecision.Failure?
    var wish: (kind: SteeringAction.Kind, reason: SteeringAction.Reason)?
    var opinion: ConfidenceOpinion?
    if liveness.isDead {
      failure = .dead
      hold(input.primary)
      if !isDegraded { wish = (.enable, .dead) }
    } else if let missing = measure(input.primary) {
      failure = missing
    } else {
      opinion = confidence?.evaluate(
        line.signals, isDegraded: isDegraded, mayEnable: !input.isBaselineStale, at: time)
      if let verdict = opinion?.decision {
        wish = (verdict == .enable ? .enable : .disable, .confidence)
      } else if let kind = count(mayEnable: !input.isBaselineStale) {
        wish = (kind, .hysteresis)
      }
      line.endCycle()
    }
    stand(at: time)
    decision.failure = failure
    if let opinion { decision.confidence = opinion }
    if let wish {
      ask(wish.kind, because: wish.reason, counted: before, at: time)
    } else {
      compareTargets(at: time)
    }
    return decision
  }

  // MARK: - The primary's line

  private mutating func measure(_ sample: LineSample) -> SteeringDecision.Failure? {
    // Without a baseline the queue is not read either, as in the original.
    guard line.baseline != nil else { return .noBaseline }
    line.noteQueue(sample.queue)
    return line.noteRTT(sample.rtt) ? nil : .noRTT
  }

  /// Nothing can be measured on a dead line, and nothing is counted.
  private mutating func hold(_ sample: LineSample) {
    line.followQueue(sample.queue)
    counters = SampleCounters()
    confidence?.interrupt()
  }

  /// Assesses the line and counts the sample.
  private mutating func count(mayEnable: Bool) -> SteeringAction.Kind? {
    var sample = SampleCounters.Sample.neither
    if settings.isCAKEAware {
      line.assess()
      switch line.zone {
      case .red: sample = .degraded
      case .green: sample = .recovered
      default: break
      }
    } else if let delta = line.delta?.rawValue {
      // In the good state only the first matters, in the degraded one only the second.
      if !isDegraded, delta > settings.thresholds.bad.value { sample = .degraded }
      if isDegraded, delta < settings.thresholds.recovery.value { sample = .recovered }
    }
    if sample == .degraded, !mayEnable { sample = .neither }
    if let confidence = settings.confidence, confidence.isExclusive, !confidence.isDryRun {
      counters = SampleCounters()
      return nil
    }
    return counters.count(sample, isDegraded: isDegraded, settings: settings)
  }

  // MARK: - Life and death

  /// Notes how a probe of the primary ended. What comes of it is decided by the next `step`, or
  /// at once by `react(at:)`.
  public mutating func noteProbe(answered: Bool, at time: UnixTime) {
    if answered { liveness.answered(at: time) } else { liveness.lost(at: time) }
  }

  /// This process was not on time: what it lost meanwhile says nothing of the line.
  public mutating func noteInterruption(at time: UnixTime) {
    liveness.interrupted(at: time)
  }

  /// Whether nothing has answered on the primary for `dead_after_sec`.
  public var isPrimaryDead: Bool { liveness.isDead }

  /// When the primary is dead if nothing answers till then; nil while too few probes are lost.
  public var deathDeadline: UnixTime? { liveness.deadline }

  /// Between two cycles: the action that cannot wait for the next one, if there is one.
  public mutating func react(at time: UnixTime) -> SteeringDecision? {
    liveness.check(at: time)
    guard liveness.isDead, !isDegraded, pending == nil else { return nil }
    let before = counters
    counters = SampleCounters()
    confidence?.interrupt()
    stand(at: time)
    decision.failure = .dead
    ask(.enable, because: .dead, counted: before, at: time)
    return decision.action == nil ? nil : decision
  }

  // MARK: - Actions

  /// Whether an action is under way, whose end has not been told.
  public var isActing: Bool { pending != nil }

  private mutating func ask(
    _ kind: SteeringAction.Kind, because reason: SteeringAction.Reason, counted: SampleCounters,
    at time: UnixTime
  ) {
    guard pending == nil else { return }
    let target =
      switch kind {
      case .disable: activeTarget
      case .enable: reason == .dead ? targets.bestOfAny(at: time) : targets.best(at: time)
      }
    guard let target else {
      decision.lacksTarget = true
      return
    }
    begin(SteeringAction(kind: kind, reason: reason, target: target), counted: counted)
  }

  private mutating func begin(_ action: SteeringAction, counted: SampleCounters) {
    pending = Pending(action: action, badCount: counted.bad, goodCount: counted.good)
    decision.action = action
  }

  private mutating func compareTargets(at time: UnixTime) {
    guard isDegraded, pending == nil, let activeTarget else { return }
    let since = targetSince ?? time
    targetSince = since
    guard let better = targets.better(than: activeTarget, since: since, at: time) else { return }
    begin(
      SteeringAction(kind: .enable, reason: .target, target: better, replaced: activeTarget),
      counted: counters)
  }

  /// The action that was asked for has ended.
  ///
  /// - Parameter succeeded: the router has confirmed it.
  /// - Returns: the decision that asked for it, with what stands now.
  @discardableResult
  public mutating func ruleCommandEnded(succeeded: Bool, at time: UnixTime) -> SteeringDecision {
    guard let pending else { return decision }
    self.pending = nil
    let asked = decision
    if succeeded { apply(pending, at: time) }
    stand(at: asked.time)
    decision.failure = asked.failure
    decision.lacksTarget = asked.lacksTarget
    decision.confidence = asked.confidence.map { confidence?.standing($0) ?? $0 }
    decision.action = pending.action
    decision.applied = succeeded
    return decision
  }

  private mutating func apply(_ pending: Pending, at time: UnixTime) {
    let action = pending.action
    targets.restartComparison()
    if action.kind == .enable {
      activeTarget = action.target
      targetSince = time
    } else {
      activeTarget = nil
      targetSince = nil
    }
    if action.replaced != nil { return }
    let wasDegraded = isDegraded
    isDegraded = action.kind == .enable
    switch action.reason {
    case .hysteresis: counters.changed(action.kind, isCAKEAware: settings.isCAKEAware)
    case .dead, .target: counters = SampleCounters()
    // The counts go on beside the score, as in the original.
    case .confidence: break
    }
    confidence?.stateChanged(
      toDegraded: isDegraded, byVerdict: action.reason == .confidence, at: time)
    let moment = SteeringState.Moment.at(time)
    transitions.append(
      SteeringState.Transition(
        moment: moment, from: name(wasDegraded), to: name(isDegraded),
        badCount: pending.badCount, goodCount: pending.goodCount))
    lastTransition = moment
  }

  /// The rules on the router are found, or were set by hand, so that they say this.
  ///
  /// - Parameter target: whose rule is enabled; nil = none is.
  public mutating func adopt(target: Int?, at time: UnixTime) {
    pending = nil
    guard target != activeTarget || (target != nil) != isDegraded else { return }
    if (target != nil) != isDegraded {
      apply(
        Pending(
          action: SteeringAction(
            kind: target == nil ? .disable : .enable, reason: .target, target: target ?? 0),
          badCount: counters.bad, goodCount: counters.good), at: time)
    } else {
      activeTarget = target
      targetSince = time
    }
    stand(at: time)
  }

  /// Goes on with other settings from the next step on; the state stays. An action under way is
  /// forgotten: its end must be told before, or the rules adopted after.
  public mutating func replaceSettings(_ settings: SteeringControlSettings) {
    let state = state
    let target = activeTarget.flatMap(targets.name)
    self.settings = settings
    line.replaceSettings(
      thresholds: settings.thresholds, usesQueue: settings.isCAKEAware,
      historySize: settings.historySize)
    targets = TargetBoard(settings, countsFirstReading: false, restoring: state)
    confidence = settings.confidence.map { new in
      guard var kept = confidence else {
        return ConfidenceController(new, interval: settings.interval)
      }
      kept.replaceSettings(new, interval: settings.interval)
      return kept
    }
    liveness.deadAfter = settings.deadAfter
    transitions = BoundedHistory(capacity: settings.historySize, transitions)
    pending = nil
    activeTarget = isDegraded ? targets.index(of: target) ?? 0 : nil
    stand(at: decision.time)
  }

  // MARK: - What stands

  private func name(_ isDegraded: Bool) -> String {
    isDegraded ? settings.degradedName : settings.goodName
  }

  /// The decision of a cycle in which nothing is asked for.
  private mutating func stand(at time: UnixTime) {
    var opinion = decision.confidence ?? ConfidenceOpinion()
    opinion.decision = nil
    opinion.would = nil
    decision = SteeringDecision(
      time: time, rtt: line.rtt, baseline: line.baseline, delta: line.delta,
      rttAverage: Milliseconds(line.rttAverage.value), queueAverage: line.queueAverage.value,
      drops: line.drops, queuedPackets: line.queuedPackets, assessment: line.zone,
      isDegraded: isDegraded, redCount: counters.red, goodCount: counters.good,
      badCount: counters.bad, target: activeTarget,
      confidence: confidence.map { $0.standing(opinion) })
  }

  /// What is known of a target, an index of `SteeringControlSettings.targets`; nothing of its rule.
  public func describe(target: Int, at time: UnixTime) -> SteeringSnapshot.Target {
    targets.describe(target, at: time)
  }

  /// The consecutive failures to read the primary's queue.
  public var readFailures: Int { line.readFailures }

  /// What a restart goes on from.
  public var state: SteeringState {
    let hasTargets = settings.targets.count > 1
    return SteeringState(
      name: name(isDegraded), badCount: counters.bad, goodCount: counters.good,
      redCount: counters.red, primary: line.state, transitions: Array(transitions),
      lastTransition: lastTransition,
      activeTarget: hasTargets ? activeTarget.flatMap(targets.name) : nil, targets: targets.states)
  }
}
