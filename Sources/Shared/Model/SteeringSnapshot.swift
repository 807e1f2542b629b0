/// What steering publishes of itself: read by health, metrics and status, never written to by them.
public struct SteeringSnapshot: Sendable, Equatable {
  /// One WAN that connections can be steered to.
  public struct Target: Sendable, Equatable {
    /// What is known of its line; all of it is nil, and the score 0, where nothing measures it.
    public var rtt: Milliseconds?
    public var baseline: Milliseconds?
    /// The RTT above the baseline, at least 0, not smoothed.
    public var delta: Milliseconds?
    public var assessment: Zone?
    /// 0...100, higher = worse; nil while nothing, or nothing fresh, is known.
    public var score: Int?
    /// Its rule as the router told it last; nil until then, and where there is no such rule.
    public var isRuleEnabled: Bool?

    public init(
      rtt: Milliseconds? = nil, baseline: Milliseconds? = nil, delta: Milliseconds? = nil,
      assessment: Zone? = nil, score: Int? = nil, isRuleEnabled: Bool? = nil
    ) {
      self.rtt = rtt
      self.baseline = baseline
      self.delta = delta
      self.assessment = assessment
      self.score = score
      self.isRuleEnabled = isRuleEnabled
    }
  }

  /// In force now: names of states and targets, thresholds, mode.
  public var settings: SteeringControlSettings
  /// The newest one. `time` is 0 before the first cycle; the counts and the state are then those
  /// that were restored.
  public var decision: SteeringDecision
  public var startedAt: UnixTime
  /// The last change of the state, be it before the start; nil when none is known.
  public var lastTransition: UnixTime?
  /// Changes of the state since the start.
  public var transitionsToDegraded: Int
  public var transitionsToGood: Int
  /// Cycles since the start: those that could decide, those that could not, and those of the
  /// latter in a row until now.
  public var decidedCycles: Int
  public var failedCycles: Int
  public var consecutiveFailures: Int
  /// Cycles that came too late and were skipped.
  public var missedCycles: Int
  /// Consecutive failures to read the primary's queue.
  public var readFailures: Int
  /// When the primary's loop wrote the baseline that is in use; nil when no file could be read yet.
  public var baselineWrittenAt: UnixTime?
  /// Its loop has written nothing for so long that no congestion is steered away from.
  public var isBaselineStale: Bool
  /// Nothing answers on the primary.
  public var isPrimaryDead: Bool
  /// When a probe of the primary was answered last.
  public var lastAnswerAt: UnixTime?
  /// Probes of the primary since the start.
  public var answeredProbes: Int
  public var lostProbes: Int
  /// A rule is being switched: since then. `decision.action` has asked for it.
  public var commandSince: UnixTime?
  /// `writes` are switched rules, `lastWriteTook` is from the decision to the router's confirmation;
  /// there are no limits here.
  public var router: WANSnapshot.RouterContact
  /// In the order of `settings.targets`.
  public var targets: [Target]

  public init(
    settings: SteeringControlSettings, decision: SteeringDecision, startedAt: UnixTime,
    lastTransition: UnixTime? = nil, transitionsToDegraded: Int = 0, transitionsToGood: Int = 0,
    decidedCycles: Int = 0, failedCycles: Int = 0, consecutiveFailures: Int = 0,
    missedCycles: Int = 0, readFailures: Int = 0, baselineWrittenAt: UnixTime? = nil,
    isBaselineStale: Bool = false, isPrimaryDead: Bool = false, lastAnswerAt: UnixTime? = nil,
    answeredProbes: Int = 0, lostProbes: Int = 0, commandSince: UnixTime? = nil,
    router: WANSnapshot.RouterContact = WANSnapshot.RouterContact(), targets: [Target] = []
  ) {
    self.settings = settings
    self.decision = decision
    self.startedAt = startedAt
    self.lastTransition = lastTransition
    self.transitionsToDegraded = transitionsToDegraded
    self.transitionsToGood = transitionsToGood
    self.decidedCycles = decidedCycles
    self.failedCycles = failedCycles
    self.consecutiveFailures = consecutiveFailures
    self.missedCycles = missedCycles
    self.readFailures = readFailures
    self.baselineWrittenAt = baselineWrittenAt
    self.isBaselineStale = isBaselineStale
    self.isPrimaryDead = isPrimaryDead
    self.lastAnswerAt = lastAnswerAt
    self.answeredProbes = answeredProbes
    self.lostProbes = lostProbes
    self.commandSince = commandSince
    self.router = router
    self.targets = targets
  }

  /// `WAN1_GOOD`, `WAN1_DEGRADED`.
  public var stateName: String {
    decision.isDegraded ? settings.degradedName : settings.goodName
  }

  /// `dry_run` while the score only tells what it would do, else `active`.
  public var mode: String { settings.confidence?.isDryRun == true ? "dry_run" : "active" }

  /// Since when the state is what it is, as far as is known.
  public var stateSince: UnixTime { lastTransition ?? startedAt }

  /// The name of the target in use; nil while nothing is steered.
  public var targetName: String? {
    guard decision.isDegraded, let target = decision.target,
      settings.targets.indices.contains(target)
    else { return nil }
    return settings.targets[target].name
  }
}
