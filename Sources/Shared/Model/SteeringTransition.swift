/// A change of what steering does, one that was tried, or one that a dry run would have made: a line
/// of the transition log.
public struct SteeringTransition: Sendable, Equatable {
  /// What brought it about.
  public enum Reason: String, Sendable, CaseIterable {
    /// Enough samples in a row.
    case hysteresis
    /// The score, for long enough.
    case confidence
    /// Nothing answers on the primary.
    case dead
    /// Another target is better than the one in use.
    case target
    /// The rules on the router were found so, and the state follows them.
    case reconciled
    /// Somebody asked for it: `wanctl-steer enable`, `disable`.
    case manual
    /// `wanctl-steer --reset`
    case reset

    public init(_ reason: SteeringAction.Reason) {
      self =
        switch reason {
        case .hysteresis: .hysteresis
        case .confidence: .confidence
        case .dead: .dead
        case .target: .target
        }
    }
  }

  /// What the primary's line was like.
  public struct Figures: Sendable, Equatable {
    public var rtt: Milliseconds?
    public var baseline: Milliseconds?
    /// The RTT above the baseline, at least 0; nil before the first measurement.
    public var delta: Milliseconds?
    /// The smoothed delta.
    public var rttAverage: Milliseconds
    /// The smoothed number of queued packets.
    public var queueAverage: Double
    /// In the cycle; nil where they are not counted.
    public var drops: Int64?
    public var queuedPackets: Int64
    /// nil = none of the known ones.
    public var assessment: Zone?

    public init(
      rtt: Milliseconds? = nil, baseline: Milliseconds? = nil, delta: Milliseconds? = nil,
      rttAverage: Milliseconds = .zero, queueAverage: Double = 0, drops: Int64? = 0,
      queuedPackets: Int64 = 0, assessment: Zone? = .green
    ) {
      self.rtt = rtt
      self.baseline = baseline
      self.delta = delta
      self.rttAverage = rttAverage
      self.queueAverage = queueAverage
      self.drops = drops
      self.queuedPackets = queuedPackets
      self.assessment = assessment
    }

    public init(_ decision: SteeringDecision) {
      self.init(
        rtt: decision.rtt, baseline: decision.baseline, delta: decision.delta,
        rttAverage: decision.rttAverage, queueAverage: decision.queueAverage,
        drops: decision.drops, queuedPackets: decision.queuedPackets,
        assessment: decision.assessment)
    }
  }

  /// What the score said.
  public struct Confidence: Sendable, Equatable {
    /// 0...100
    public var score: Int
    /// `RED`, `rtt_delta=122.3ms(severe)`, …
    public var contributors: [String]

    public init(score: Int, contributors: [String] = []) {
      self.score = score
      self.contributors = contributors
    }

    public init(_ score: ConfidenceScore) {
      self.init(score: score.value, contributors: score.contributors.map(\.text))
    }
  }

  /// When it was asked for; of what the router was asked for, when that had ended.
  public var time: UnixTime
  /// The primary.
  public var wan: String
  /// Names of states: `WAN1_GOOD`. The same when connections only move to another target.
  public var from: String
  public var to: String
  public var action: SteeringAction.Kind
  public var reason: Reason
  /// Whether the router confirmed it; nil for what was never asked for.
  public var applied: Bool?
  /// Nothing was done: the score would have.
  public var isDryRun: Bool
  /// Whose rule.
  public var target: String?
  /// The target that was left for it.
  public var replaced: String?
  /// nil where nothing was measured for it.
  public var figures: Figures?
  /// nil where the score is not configured, or was not asked.
  public var confidence: Confidence?

  public init(
    time: UnixTime, wan: String, from: String, to: String, action: SteeringAction.Kind,
    reason: Reason, applied: Bool?, isDryRun: Bool = false, target: String? = nil,
    replaced: String? = nil, figures: Figures? = nil, confidence: Confidence? = nil
  ) {
    self.time = time
    self.wan = wan
    self.from = from
    self.to = to
    self.action = action
    self.reason = reason
    self.applied = applied
    self.isDryRun = isDryRun
    self.target = target
    self.replaced = replaced
    self.figures = figures
    self.confidence = confidence
  }

  /// Whether the state is another one since.
  public var changedState: Bool { applied == true && from != to }
}
