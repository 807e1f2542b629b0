/// A change of the rules on the router that steering asks for.
public struct SteeringAction: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// New connections go to the target from now on.
    case enable
    /// They stay on the primary again.
    case disable
  }

  /// What asked for it.
  public enum Reason: String, Sendable, CaseIterable {
    /// Enough samples in a row.
    case hysteresis
    /// The score, for long enough.
    case confidence
    /// Nothing answers on the primary.
    case dead
    /// Another target is better than the one in use.
    case target
  }

  public var kind: Kind
  public var reason: Reason
  /// Whose rule, an index of `SteeringControlSettings.targets`.
  public var target: Int
  /// The target in use, whose rule is disabled once that of `target` is confirmed to be enabled.
  public var replaced: Int?

  public init(kind: Kind, reason: Reason, target: Int, replaced: Int? = nil) {
    self.kind = kind
    self.reason = reason
    self.target = target
    self.replaced = replaced
  }
}

/// What the score decides.
public enum SteeringVerdict: String, Sendable, CaseIterable {
  case enable = "ENABLE_STEERING"
  case disable = "DISABLE_STEERING"
}

/// What the score said in one cycle. The timers are in seconds left; nil = not running.
public struct ConfidenceOpinion: Sendable, Equatable {
  public var score: ConfidenceScore
  /// The score is high: steering begins when it ends.
  public var degradeTimer: Double?
  /// Steering has begun: there is no way back before it ends.
  public var holdDown: Double?
  /// The score is low: steering ends when it ends.
  public var recoveryTimer: Double?
  /// nil in a dry run.
  public var decision: SteeringVerdict?
  /// What is decided, or would be but for the dry run.
  public var would: SteeringVerdict?
  /// The state changed too often of late.
  public var isFlapping: Bool

  public init(
    score: ConfidenceScore = ConfidenceScore(), degradeTimer: Double? = nil,
    holdDown: Double? = nil, recoveryTimer: Double? = nil, decision: SteeringVerdict? = nil,
    would: SteeringVerdict? = nil, isFlapping: Bool = false
  ) {
    self.score = score
    self.degradeTimer = degradeTimer
    self.holdDown = holdDown
    self.recoveryTimer = recoveryTimer
    self.decision = decision
    self.would = would
    self.isFlapping = isFlapping
  }
}

/// The outcome of one cycle of steering.
public struct SteeringDecision: Sendable, Equatable {
  /// Why a cycle could not decide; all numbers stand as they were.
  public enum Failure: Sendable, Equatable {
    /// No valid baseline was ever seen.
    case noBaseline
    /// Nothing answered, and no RTT of before can stand in.
    case noRTT
    /// Nothing has answered for long: the primary is dead.
    case dead
  }

  public var time: UnixTime
  public var failure: Failure?
  /// What the cycle went by: the measurement, or the one before when it was lost.
  public var rtt: Milliseconds?
  public var baseline: Milliseconds?
  /// The RTT above the baseline, at least 0; nil before the first.
  public var delta: Milliseconds?
  /// The smoothed delta.
  public var rttAverage: Milliseconds
  /// The smoothed number of queued packets.
  public var queueAverage: Double
  /// In this cycle; nil where they are not counted.
  public var drops: Int64?
  public var queuedPackets: Int64
  /// nil when it was restored under a name that is none.
  public var assessment: Zone?
  public var isDegraded: Bool
  public var redCount: Int
  public var goodCount: Int
  public var badCount: Int
  /// What the router has to do.
  public var action: SteeringAction?
  /// Whether it worked; nil until that is known.
  public var applied: Bool?
  /// Steering was due, but no target is good enough.
  public var lacksTarget: Bool
  /// The target in use, an index of `SteeringControlSettings.targets`.
  public var target: Int?
  /// nil where the score is not configured.
  public var confidence: ConfidenceOpinion?

  public init(
    time: UnixTime, failure: Failure? = nil, rtt: Milliseconds? = nil,
    baseline: Milliseconds? = nil, delta: Milliseconds? = nil, rttAverage: Milliseconds = .zero,
    queueAverage: Double = 0, drops: Int64? = 0, queuedPackets: Int64 = 0,
    assessment: Zone? = .green, isDegraded: Bool = false, redCount: Int = 0, goodCount: Int = 0,
    badCount: Int = 0, action: SteeringAction? = nil, applied: Bool? = nil,
    lacksTarget: Bool = false, target: Int? = nil, confidence: ConfidenceOpinion? = nil
  ) {
    self.time = time
    self.failure = failure
    self.rtt = rtt
    self.baseline = baseline
    self.delta = delta
    self.rttAverage = rttAverage
    self.queueAverage = queueAverage
    self.drops = drops
    self.queuedPackets = queuedPackets
    self.assessment = assessment
    self.isDegraded = isDegraded
    self.redCount = redCount
    self.goodCount = goodCount
    self.badCount = badCount
    self.action = action
    self.applied = applied
    self.lacksTarget = lacksTarget
    self.target = target
    self.confidence = confidence
  }
}
