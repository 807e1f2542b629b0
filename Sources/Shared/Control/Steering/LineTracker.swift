import Model

/// What is known of one WAN's line, cycle by cycle: baseline, delta, averages, histories and the
/// zone that follows from them.
struct LineTracker: Sendable {
  /// An average of which a value beyond the limit moves no more than the limit would.
  private static let deltaLimit = 1000.0
  private static let queueLimit = 10_000.0
  private static let zoneHistory = 10

  private(set) var thresholds: SteeringControlSettings.Thresholds
  /// Whether the queue decides too.
  private(set) var usesQueue: Bool
  private(set) var baseline: Milliseconds?
  private(set) var rtt: Milliseconds?
  private(set) var delta: Milliseconds?
  private(set) var rttAverage: EWMA
  private(set) var queueAverage: EWMA
  /// In this cycle; nil where they are not counted.
  private(set) var drops: Int64? = 0
  private(set) var queuedPackets: Int64 = 0
  private(set) var readFailures: Int
  /// nil when it was restored under a name that is none.
  private(set) var zone: Zone?
  private var dropCounter: DropCounter
  private var rtts: BoundedHistory<Double>
  private var deltas: BoundedHistory<Double>
  private var dropHistory: BoundedHistory<Int>
  private var queueHistory: BoundedHistory<Int>
  private var zones: BoundedHistory<Zone?>

  /// - Parameter state: numbers that are not finite, and a baseline outside its bounds, are left
  ///   at their start.
  init(
    thresholds: SteeringControlSettings.Thresholds, usesQueue: Bool, historySize: Int,
    countsFirstReading: Bool, restoring state: SteeringState.Line
  ) {
    self.thresholds = thresholds
    self.usesQueue = usesQueue
    rttAverage = EWMA(state.rttAverage.isFinite ? state.rttAverage : 0)
    queueAverage = EWMA(state.queueAverage.isFinite ? state.queueAverage : 0)
    readFailures = state.readFailures
    zone = Zone(name: state.zone)
    dropCounter = DropCounter(countsFirstReading: countsFirstReading)
    rtts = BoundedHistory(capacity: historySize, state.rtts.filter(\.isFinite))
    deltas = BoundedHistory(capacity: historySize, state.deltas.filter(\.isFinite))
    dropHistory = BoundedHistory(capacity: historySize, state.drops)
    queueHistory = BoundedHistory(capacity: historySize, state.queuedPackets)
    zones = BoundedHistory(capacity: Self.zoneHistory, state.zones.map(Zone.init(name:)))
    noteBaseline(state.baseline)
  }

  /// Goes on with other settings; the state stays.
  mutating func replaceSettings(
    thresholds: SteeringControlSettings.Thresholds, usesQueue: Bool, historySize: Int
  ) {
    self.thresholds = thresholds
    self.usesQueue = usesQueue
    rtts = BoundedHistory(capacity: historySize, rtts)
    deltas = BoundedHistory(capacity: historySize, deltas)
    dropHistory = BoundedHistory(capacity: historySize, dropHistory)
    queueHistory = BoundedHistory(capacity: historySize, queueHistory)
  }

  /// Takes a baseline within its bounds; any other leaves the last one.
  mutating func noteBaseline(_ baseline: Milliseconds?) {
    guard let baseline, thresholds.baselineBounds.contains(baseline.rawValue) else { return }
    self.baseline = baseline
  }

  /// Takes a reading of the queue; nil and numbers below 0 are failed ones: as if nothing was
  /// dropped and nothing waits.
  mutating func noteQueue(_ reading: QueueReading?) {
    guard usesQueue else { return }
    guard let reading = Self.valid(reading) else {
      readFailures = readFailures.counted
      drops = 0
      queuedPackets = 0
      return
    }
    readFailures = 0
    drops = change(reading)
    queuedPackets = reading.queuedPackets
    dropHistory.append(Int(drops ?? 0))
    queueHistory.append(Int(queuedPackets))
  }

  /// Only follows the counter, in a cycle that decides nothing on the queue.
  mutating func followQueue(_ reading: QueueReading?) {
    guard usesQueue, let reading = Self.valid(reading) else { return }
    _ = change(reading)
  }

  private static func valid(_ reading: QueueReading?) -> QueueReading? {
    guard let reading, reading.queuedPackets >= 0, reading.dropped ?? 0 >= 0 else { return nil }
    return reading
  }

  private mutating func change(_ reading: QueueReading) -> Int64? {
    if reading.dropped == nil { dropCounter.lose() }
    return reading.dropped.map { dropCounter.change(to: $0) }
  }

  /// Takes the measurement of a cycle; the last one stands in for a lost one, and for what is no
  /// RTT. False when there is none either.
  mutating func noteRTT(_ measured: Milliseconds?) -> Bool {
    guard let baseline else { return false }
    let valid = measured.flatMap { $0.rawValue.isFinite && $0 >= .zero ? $0.rawValue : nil }
    guard let value = valid ?? rtts.latest() else { return false }
    let above = min(max(value - baseline.rawValue, 0), .greatestFiniteMagnitude)
    rtt = Milliseconds(value)
    delta = Milliseconds(above)
    if usesQueue {
      rttAverage.addFromZero(above, alpha: thresholds.rttAlpha, limit: Self.deltaLimit)
      queueAverage.addFromZero(
        Double(queuedPackets), alpha: thresholds.queueAlpha, limit: Self.queueLimit)
    }
    rtts.append(value)
    deltas.append(above)
    return true
  }

  /// What the numbers of this cycle amount to. RED needs all three: RTT, drops and queue; what
  /// counts no drops leaves out that condition unless it is required.
  mutating func assess() {
    let isRED =
      rttAverage.value > thresholds.red.value
      && queuedPackets >= Int64(thresholds.minimumQueueRed)
      && drops.map { $0 >= Int64(thresholds.minimumDropsRed) } ?? (thresholds.drops == .auto)
    let isYELLOW =
      rttAverage.value > thresholds.yellow.value
      || queuedPackets >= Int64(thresholds.minimumQueueYellow)
    zone = isRED ? .red : isYELLOW ? .yellow : .green
  }

  /// Notes the zone at the end of a cycle.
  mutating func endCycle() {
    if usesQueue { zones.append(zone) }
  }

  var signals: ConfidenceSignals {
    ConfidenceSignals(
      zone: zone,
      isSoftRedSustained: (0..<3).allSatisfy { zones.latest($0).flatMap(\.self) == .softRed },
      delta: delta ?? .zero, drops: Double(drops ?? 0),
      newestDrops: dropHistory.latest().map(Double.init),
      thirdNewestDrops: dropHistory.latest(2).map(Double.init),
      newestQueue: queueHistory.latest().map(Double.init),
      secondNewestQueue: queueHistory.latest(1).map(Double.init))
  }

  var state: SteeringState.Line {
    SteeringState.Line(
      baseline: baseline, rtts: Array(rtts), deltas: Array(deltas), rttAverage: rttAverage.value,
      queueAverage: queueAverage.value, drops: Array(dropHistory),
      queuedPackets: Array(queueHistory), zones: zones.map(\.steeringName),
      zone: zone.steeringName, readFailures: readFailures)
  }
}

extension Zone? {
  /// The name in files and records; what has none is `UNKNOWN`.
  fileprivate var steeringName: String { self?.name ?? "UNKNOWN" }
}

extension EWMA {
  /// Adds a sample that is limited to `±limit`. An average of exactly 0 is taken for one without
  /// samples and becomes the sample, as in the original: on a line without delay the first spike
  /// has its full weight.
  fileprivate mutating func addFromZero(_ sample: Double, alpha: Double, limit: Double) {
    let limited = min(max(sample, -limit), limit)
    if value == 0 {
      self = EWMA(limited)
    } else {
      add(limited, alpha: alpha)
    }
  }
}
