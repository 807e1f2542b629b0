public import History
public import Model

/// What happened in a stretch of time, WAN by WAN: all figures, no words yet.
public struct HistoryReport: Sendable {
  /// As asked for.
  public var range: HistoryRange
  public var axis: SlotAxis
  public var clock: ClockZone
  /// The database.
  public var source: String
  public var wans: [WANReport]
  public var furtherWANs: Int

  /// Which metrics a report reads.
  static let metrics: [MetricName] = [
    .rtt, .baseline, .delta, .downloadRate, .uploadRate, .steeringEnabled, .routerWrites,
    .confirmationAge, .sampleAge, .routerOutage, .heldCycles, .missedTicks,
  ]

  public init(
    _ reader: HistoryReader, range: HistoryRange, wan: String?, settings: [String: LineSettings],
    clock: ClockZone, source: String
  ) throws(SQLiteError) {
    let axis = try Self.axis(reader, range, wan)
    let survey = try HistorySurvey(
      reader, axis, metrics: Self.metrics, wan: wan, settings: settings)
    self.init(survey, range: range, clock: clock, source: source)
  }

  init(_ survey: HistorySurvey, range: HistoryRange, clock: ClockZone, source: String) {
    self.range = range
    axis = survey.axis
    self.clock = clock
    self.source = source
    wans = survey.wans.map { WANReport($0, survey.axis, among: survey.wans, clock) }
      .filter { $0.first != nil }
    furtherWANs = survey.furtherWANs
  }

  /// Slots as long as the buckets of the coarsest tier that matters, so that their means can be
  /// compared, and from the first row on.
  private static func axis(
    _ reader: HistoryReader, _ range: HistoryRange, _ wan: String?
  ) throws(SQLiteError) -> SlotAxis {
    let filter = HistoryFilter(metrics: [MetricName.rtt.rawValue], wan: wan)
    var range = range
    if let first = try reader.firstSampleTime(in: range, filter) { range.start = first }
    let length = max(Double(range.end) - Double(range.start), 1)
    var seconds: Int64 = length > 7200 ? 60 : 10
    for tier in [Granularity.fiveMinutes, .hour] {
      let buckets = try reader.bucketCount(of: tier, in: range, filter)
      if Double(buckets) * Double(tier.seconds) > length / 20 { seconds = tier.seconds }
    }
    let steps: [Int64] = [10, 60, 300, 900, 3600, 21_600, 86_400, 604_800]
    return SlotAxis(
      range,
      slotSeconds: steps.first { $0 >= seconds && length / Double($0) <= 2200 } ?? 2_592_000)
  }
}

/// One WAN of a report.
public struct WANReport: Sendable {
  public var name: String
  public var survey: WANSurvey
  public var plot: HistoryPlot
  /// The first second with rows, and the one behind the last; nil without rows.
  public var first: Int64?
  public var last: Int64?
  public var observedSeconds: Double
  /// Of the means of slots, in ms; nil without rows.
  public var latency: SampleStatistics?
  /// The greatest sample.
  public var latencyPeak: Double?
  /// Of the slots' RTT above the baseline of the same time, in ms.
  public var addedLatency: SampleStatistics?
  public var heatMap: HeatMap
  /// Seconds by zone.
  public var zones: PerDirection<ZoneSeconds>
  public var rates: PerDirection<RateFigures?>
  public var outages: OutageList
  public var router: RouterFigures?
  /// Totals; nil where they are not recorded.
  public var heldCycles: Double?
  public var missedTicks: Double?
  /// Of the samples that were decided on, in ms; nil where it is not recorded.
  public var sampleAge: SampleStatistics?
  /// For how many seconds of RTT there are rows of each tier.
  public var tierSeconds: [(tier: Granularity, seconds: Double)]
  public var hints: [TuningHint]

  init(_ survey: WANSurvey, _ axis: SlotAxis, among all: [WANSurvey], _ clock: ClockZone) {
    name = survey.name
    self.survey = survey
    plot = HistoryPlot(survey, axis, metrics: HistoryPlot.defaultMetrics, clock: clock)
    first = survey.coverage.first
    last = survey.coverage.last
    observedSeconds = survey.coverage.observed(from: axis.start, to: axis.end)
    let rtt = survey[.rtt]
    let known = rtt.compactMap { $0 }
    latency = SampleStatistics(known.map(\.mean))
    latencyPeak = known.map(\.maximum).max()
    addedLatency = SampleStatistics(
      zip(rtt, survey[.baseline]).compactMap { value, base in
        value.flatMap { value in base.map { value.mean - $0.mean } }
      })
    heatMap = HeatMap(rtt: rtt, baseline: survey[.baseline], axis, clock)
    zones = survey.zones.map { $0.reduce(ZoneSeconds(), +) }
    let rates = PerDirection(
      download: RateFigures(survey, .download), upload: RateFigures(survey, .upload))
    self.rates = rates
    outages = OutageList(survey, among: all)
    router = RouterFigures(survey, axis)
    func total(_ metric: MetricName) -> Double? {
      survey.values[metric].map(RouterFigures.total)
    }
    heldCycles = total(.heldCycles)
    missedTicks = total(.missedTicks)
    sampleAge = SampleStatistics(survey[.sampleAge].compactMap { $0?.mean })
    tierSeconds = Granularity.allCases.compactMap { tier in
      let seconds = known.reduce(0) { $0 + ($1.tier == tier ? $1.seconds : 0) }
      return seconds > 0 ? (tier, seconds) : nil
    }
    hints = TuningHint.hints(survey, rates)
  }

  /// Share of the time in which a direction was not GREEN, 0...1; nil when nothing is known.
  public func congestedShare(_ direction: Direction) -> Double? {
    let seconds = zones[direction]
    return seconds.sum() > 0 ? 1 - seconds[.green] / seconds.sum() : nil
  }
}
