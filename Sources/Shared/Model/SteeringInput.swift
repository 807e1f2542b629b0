/// One reading of a download queue.
public struct QueueReading: Sendable, Equatable {
  /// Since the router started; nil where the leaf queue does not count drops (CAKE).
  public var dropped: Int64?
  /// Waiting now.
  public var queuedPackets: Int64

  public init(dropped: Int64?, queuedPackets: Int64) {
    self.dropped = dropped
    self.queuedPackets = queuedPackets
  }
}

/// What a cycle knows of one WAN's line.
public struct LineSample: Sendable, Equatable {
  /// What its control loop tells; nil when it tells nothing: then the last valid one stays.
  public var baseline: Milliseconds?
  /// nil when nothing answered: then the last one stands in.
  public var rtt: Milliseconds?
  /// nil when the read failed.
  public var queue: QueueReading?

  public init(baseline: Milliseconds? = nil, rtt: Milliseconds? = nil, queue: QueueReading? = nil) {
    self.baseline = baseline
    self.rtt = rtt
    self.queue = queue
  }
}

/// What a cycle of steering steps on.
public struct SteeringInput: Sendable, Equatable {
  public var primary: LineSample
  /// The primary's control loop wrote nothing for long: nothing is steered away for congestion,
  /// because nobody knows what is normal; the way back is open.
  public var isBaselineStale: Bool
  /// In the order of `SteeringControlSettings.targets`; nil where nothing was measured. Those at
  /// the end may be left out.
  public var targets: [LineSample?]

  public init(
    primary: LineSample, isBaselineStale: Bool = false, targets: [LineSample?] = []
  ) {
    self.primary = primary
    self.isBaselineStale = isBaselineStale
    self.targets = targets
  }
}
