/// What one step decided for one direction.
public struct DirectionDecision: Sendable, Equatable {
  public var zone: Zone
  public var rate: BitsPerSecond
  /// Why the zone changed in this step; nil when it did not.
  public var transition: Transition?

  public init(zone: Zone, rate: BitsPerSecond, transition: Transition? = nil) {
    self.zone = zone
    self.rate = rate
    self.transition = transition
  }
}

/// A change of zone with the figures of its reason; the text is made off the control thread.
public struct Transition: Sendable, Equatable {
  public var direction: Direction
  public var zone: Zone
  public var delta: Milliseconds
  public var threshold: ConfiguredNumber

  public init(
    direction: Direction, zone: Zone, delta: Milliseconds, threshold: ConfiguredNumber
  ) {
    self.direction = direction
    self.zone = zone
    self.delta = delta
    self.threshold = threshold
  }

  /// The sentence that records, log and history store, e.g.
  /// `RTT delta 47.1ms exceeded soft_red threshold 45ms`.
  public var reason: String {
    let name =
      switch (direction, zone) {
      case (.download, .red): "hard_red"
      case (.download, .softRed): "soft_red"
      case (.download, .yellow), (.download, .green): "green"
      case (.upload, .red), (.upload, .softRed): "warn"
      case (.upload, .yellow), (.upload, .green): "target"
      }
    let verb = zone == .green ? "fell below" : "exceeded"
    return "RTT delta \(fixed(delta.rawValue, digits: 1))ms \(verb) \(name) threshold "
      + "\(threshold.text)ms"
  }
}

/// Consecutive cycles in a zone. They grow without bound, and are kept in the state file.
public struct Streaks: Sendable, Equatable {
  public var green: Int
  public var softRed: Int
  public var red: Int

  public init(green: Int = 0, softRed: Int = 0, red: Int = 0) {
    self.green = green
    self.softRed = softRed
    self.red = red
  }
}

/// The outcome of one cycle of one WAN.
public struct Decision: Sendable, Equatable {
  /// When the round closed, in the loop's time.
  public var time: UnixTime
  /// The measurement that the step used; nil when held.
  public var rtt: Milliseconds?
  /// The smoothed RTT.
  public var load: Milliseconds
  public var baseline: Milliseconds
  /// No step was taken: the other numbers are those of before.
  public var held: Bool
  public var directions: PerDirection<DirectionDecision>
  public var streaks: PerDirection<Streaks>
  /// The smoothed RTT rose by more than `accel_threshold_ms` in this step.
  public var accelerated: Bool
  /// The new baseline lay outside its bounds and was rejected.
  public var baselineRejected: Bool
  /// The baseline was frozen for long on an idle line and was learned anew in this step.
  public var baselineRelearned: Bool

  /// `load - baseline`; negative when the line is faster than its baseline.
  public var delta: Milliseconds { load - baseline }

  public init(
    time: UnixTime, rtt: Milliseconds?, load: Milliseconds, baseline: Milliseconds, held: Bool,
    directions: PerDirection<DirectionDecision>, streaks: PerDirection<Streaks>,
    accelerated: Bool = false, baselineRejected: Bool = false, baselineRelearned: Bool = false
  ) {
    self.time = time
    self.rtt = rtt
    self.load = load
    self.baseline = baseline
    self.held = held
    self.directions = directions
    self.streaks = streaks
    self.accelerated = accelerated
    self.baselineRejected = baselineRejected
    self.baselineRelearned = baselineRelearned
  }
}
