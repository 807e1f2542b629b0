import History

/// Latency by the hour of the local day.
public struct HeatMap: Sendable, Equatable {
  /// What the samples of an hour come to, in ms. Samples are the means of slots.
  public struct Cell: Sendable, Equatable {
    public var count: Int
    public var p50: Double
    public var p95: Double
    public var p99: Double
    /// The greatest sample of whatever tier, not a mean of a slot.
    public var maximum: Double
    /// The median of the baseline at the same time; nil when it is not known.
    public var baseline: Double?
  }

  public struct Day: Sendable, Equatable {
    /// Unix seconds at which it begins.
    public var start: Int64
    /// 24, by the hour that the clock shows: an hour that comes twice is one, one that is skipped
    /// is empty.
    public var cells: [Cell?]
  }

  /// More are not shown one by one.
  static let maximumDays = 31

  /// All days taken together, 24.
  public var hours: [Cell?]
  /// The last `maximumDays` of them, oldest first.
  public var days: [Day]

  /// - Parameters: one value per slot. Slots longer than an hour have no place here.
  init(
    rtt: [SlotValue?], baseline: [SlotValue?], _ axis: SlotAxis, _ clock: ClockZone
  ) {
    hours = Array(repeating: nil, count: 24)
    days = []
    guard axis.slotSeconds <= 3600 else { return }
    var byHour = Array(repeating: Collector(), count: 24)
    var byDay: [Int64: [Collector]] = [:]
    for (slot, value) in rtt.enumerated() {
      guard let value else { continue }
      let time = axis.time(ofSlot: slot)
      let hour = LocalTime(time, clock).hour
      let number = LocalTime.dayNumber(time, clock)
      let base = baseline.indices.contains(slot) ? baseline[slot]?.mean : nil
      byHour[hour].add(value, base)
      byDay[number, default: Array(repeating: Collector(), count: 24)][hour].add(value, base)
    }
    hours = byHour.map(\.cell)
    days = byDay.sorted { $0.key < $1.key }.suffix(Self.maximumDays).map { number, cells in
      Day(start: LocalTime.start(ofDay: number, clock), cells: cells.map(\.cell))
    }
  }

  private struct Collector {
    private var values: [Double] = []
    private var baselines: [Double] = []
    private var maximum = -Double.infinity

    mutating func add(_ value: SlotValue, _ baseline: Double?) {
      values.append(value.mean)
      if let baseline { baselines.append(baseline) }
      maximum = max(maximum, value.maximum)
    }

    var cell: Cell? {
      guard let statistics = SampleStatistics(values) else { return nil }
      return Cell(
        count: values.count, p50: statistics.p50, p95: statistics.p95, p99: statistics.p99,
        maximum: maximum, baseline: SampleStatistics(baselines)?.p50)
    }
  }
}
