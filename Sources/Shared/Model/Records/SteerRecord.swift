/// One cycle of steering.
public struct SteerRecord: Sendable, Equatable {
  /// What the score said; times in seconds.
  public struct Confidence: Sendable, Equatable {
    public var score: Int
    /// `RED`, `rtt_delta=122.3ms(severe)`, …
    public var contributors: [String]
    /// nil = not running.
    public var degradeTimer: Double?
    public var holdDown: Double?
    public var recoveryTimer: Double?
    public var decision: SteeringVerdict?
    public var would: SteeringVerdict?

    public init(
      score: Int, contributors: [String] = [], degradeTimer: Double? = nil,
      holdDown: Double? = nil, recoveryTimer: Double? = nil, decision: SteeringVerdict? = nil,
      would: SteeringVerdict? = nil
    ) {
      self.score = score
      self.contributors = contributors
      self.degradeTimer = degradeTimer
      self.holdDown = holdDown
      self.recoveryTimer = recoveryTimer
      self.decision = decision
      self.would = would
    }
  }

  /// What stands for an assessment that has no name of a zone.
  static let unknownAssessment = "UNKNOWN"

  public var time: UnixTime
  /// The primary.
  public var wan: String?
  /// nil before the first measurement.
  public var delta: Milliseconds?
  public var rttAverage: Milliseconds
  public var queueAverage: Double
  /// nil where they are not counted.
  public var drops: Int64?
  public var queuedPackets: Int64
  /// nil = none of the known ones.
  public var assessment: Zone?
  /// `WAN1_GOOD`, `WAN1_DEGRADED`.
  public var state: String
  public var redCount: Int
  public var goodCount: Int
  public var badCount: Int
  public var action: SteeringAction.Kind?
  /// nil without an action, and while its end is not known.
  public var applied: Bool?
  public var reason: SteeringAction.Reason?
  /// With more than two WANs the target in use, nil when nothing is steered; else absent.
  public var target: String??
  /// nil where the score is not configured.
  public var confidence: Confidence?

  public init(
    time: UnixTime, wan: String? = nil, delta: Milliseconds?, rttAverage: Milliseconds,
    queueAverage: Double, drops: Int64?, queuedPackets: Int64, assessment: Zone?, state: String,
    redCount: Int, goodCount: Int, badCount: Int, action: SteeringAction.Kind? = nil,
    applied: Bool? = nil, reason: SteeringAction.Reason? = nil, target: String?? = nil,
    confidence: Confidence? = nil
  ) {
    self.time = time
    self.wan = wan
    self.delta = delta
    self.rttAverage = rttAverage
    self.queueAverage = queueAverage
    self.drops = drops
    self.queuedPackets = queuedPackets
    self.assessment = assessment
    self.state = state
    self.redCount = redCount
    self.goodCount = goodCount
    self.badCount = badCount
    self.action = action
    self.applied = applied
    self.reason = reason
    self.target = target
    self.confidence = confidence
  }

  /// - Parameter settings: those that the decision was made by; they have the names.
  public init(_ decision: SteeringDecision, settings: SteeringControlSettings) {
    self.init(
      time: decision.time, wan: settings.primary, delta: decision.delta,
      rttAverage: decision.rttAverage, queueAverage: decision.queueAverage,
      drops: decision.drops, queuedPackets: decision.queuedPackets,
      assessment: decision.assessment,
      state: decision.isDegraded ? settings.degradedName : settings.goodName,
      redCount: decision.redCount, goodCount: decision.goodCount, badCount: decision.badCount,
      action: decision.action?.kind, applied: decision.applied, reason: decision.action?.reason,
      confidence: decision.confidence.map(Confidence.init))
    if settings.targets.count > 1 {
      target = .some(
        decision.target.flatMap {
          settings.targets.indices.contains($0) ? settings.targets[$0].name : nil
        })
    }
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "steer")
    json.field("t", time)
    if let wan { json.field("wan", wan) }
    json.field("delta_ms", delta)
    json.field("rtt_ewma_ms", rttAverage)
    json.field("queue_ewma", queueAverage)
    json.field("drops", drops)
    json.field("queued_packets", queuedPackets)
    json.field("assessment", assessment?.name ?? Self.unknownAssessment)
    json.field("state", state)
    json.field("red_count", redCount)
    json.field("good_count", goodCount)
    json.field("bad_count", badCount)
    json.field("action", action?.rawValue)
    if let applied { json.field("applied", applied) } else { json.field("applied", nil as String?) }
    json.field("reason", reason?.rawValue)
    if let target { json.field("target", target) }
    if let confidence {
      json.key("confidence")
      confidence.write(to: &json)
    }
    json.endObject()
  }
}

extension SteerRecord.Confidence {
  fileprivate init(_ opinion: ConfidenceOpinion) {
    self.init(
      score: opinion.score.value, contributors: opinion.score.contributors.map(\.text),
      degradeTimer: opinion.degradeTimer, holdDown: opinion.holdDown,
      recoveryTimer: opinion.recoveryTimer, decision: opinion.decision, would: opinion.would)
  }

  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("score", score)
    json.key("contributors")
    json.beginArray()
    for contributor in contributors { json.string(contributor) }
    json.endArray()
    json.field("degrade_timer", degradeTimer)
    json.field("hold_down", holdDown)
    json.field("recovery_timer", recoveryTimer)
    json.field("decision", decision?.rawValue)
    json.field("would", would?.rawValue)
    json.endObject()
  }
}
