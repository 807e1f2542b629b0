public import Model

/// What a daemon tells history: a value that is handed over without allocating, and becomes rows on
/// the storage thread.
public enum HistoryEntry: Sendable {
  /// A cycle of the loop. One that was held gives no rows.
  case cycle(wan: Identifier, Decision)
  /// A cycle of steering that ended with a measurement.
  case steering(wan: String, SteeringSample)
  /// A row that comes now and then: a snapshot, a transition of steering, a count of a minute.
  case row(MetricRow)

  /// Whether it is worth a commit of its own.
  public var isUrgent: Bool {
    switch self {
    case .cycle(_, let decision):
      decision.directions.download.transition != nil || decision.directions.upload.transition != nil
    case .steering: false
    // Averages are not waited for.
    case .row(let row): row.granularity == .raw
    }
  }
}

/// The figures of one cycle of steering.
public struct SteeringSample: Sendable, Equatable {
  public var time: UnixTime
  public var rtt: Milliseconds
  public var baseline: Milliseconds
  /// Current RTT less baseline, never negative.
  public var delta: Milliseconds
  public var isEnabled: Bool
  /// 0 = GREEN, 1 = YELLOW, 2 = RED: another scale than that of the loop.
  public var congestion: Int

  public init(
    time: UnixTime, rtt: Milliseconds, baseline: Milliseconds, delta: Milliseconds,
    isEnabled: Bool, congestion: Int
  ) {
    self.time = time
    self.rtt = rtt
    self.baseline = baseline
    self.delta = delta
    self.isEnabled = isEnabled
    self.congestion = congestion
  }
}

extension HistoryEntry {
  /// Hands out the rows of the entry in the order of the original's.
  ///
  /// Each cycle of the loop has RTT, baseline, delta, both rates and the state of download; a change
  /// of state has a row with its reason, and upload's state has no other.
  public func forEachRow<Failure: Error>(
    _ body: (MetricRow) throws(Failure) -> Void
  ) throws(Failure) {
    switch self {
    case .row(let row): try body(row)
    case .cycle(let wan, let decision): try Self.rows(of: decision, wan.text, body)
    case .steering(let wan, let sample): try Self.rows(of: sample, wan, body)
    }
  }

  private static let downloadLabels = MetricLabels.direction(.download).text
  private static let steeringLabels = MetricLabels.steering.text

  private static func rows<Failure: Error>(
    of decision: Decision, _ wan: String, _ body: (MetricRow) throws(Failure) -> Void
  ) throws(Failure) {
    guard !decision.held else { return }
    let time = decision.time.wholeSeconds
    func row(_ metric: MetricName, _ value: Double, _ labels: String? = nil) throws(Failure) {
      try body(
        MetricRow(timestamp: time, wan: wan, metric: metric, value: value, labels: labels))
    }
    let directions = decision.directions
    try row(.rtt, (decision.rtt ?? decision.load).rawValue)
    try row(.baseline, decision.baseline.rawValue)
    try row(.delta, decision.delta.rawValue)
    try row(.downloadRate, directions.download.rate.megabits)
    try row(.uploadRate, directions.upload.rate.megabits)
    try row(.state, Double(directions.download.zone.rawValue), downloadLabels)
    for direction in Direction.allCases {
      guard let transition = directions[direction].transition else { continue }
      try row(
        .state, Double(transition.zone.rawValue),
        MetricLabels.transition(direction, reason: transition.reason).text)
    }
  }

  private static func rows<Failure: Error>(
    of sample: SteeringSample, _ wan: String, _ body: (MetricRow) throws(Failure) -> Void
  ) throws(Failure) {
    let time = sample.time.wholeSeconds
    func row(_ metric: MetricName, _ value: Double, _ labels: String? = nil) throws(Failure) {
      try body(
        MetricRow(timestamp: time, wan: wan, metric: metric, value: value, labels: labels))
    }
    try row(.rtt, sample.rtt.rawValue)
    try row(.baseline, sample.baseline.rawValue)
    try row(.delta, sample.delta.rawValue)
    try row(.steeringEnabled, sample.isEnabled ? 1 : 0)
    try row(.state, Double(sample.congestion), steeringLabels)
  }
}

extension UnixTime {
  /// Seconds since 1970, rounded down.
  public var wholeSeconds: Int64 {
    let (quotient, remainder) = rawValue.quotientAndRemainder(dividingBy: 1_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
