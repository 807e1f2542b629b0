public import History
public import Model

/// What a database holds of a stretch of time, by WAN, in slots: what plots and reports are drawn
/// from.
///
/// It is made in one pass over the samples and one over the events; both are streamed. What is held
/// depends on the number of slots and WANs, not on that of rows.
public struct HistorySurvey: Sendable {
  /// More WANs are left out; `--wan` names one.
  public static let maximumWANs = 32

  public let axis: SlotAxis
  /// In order of their names.
  public private(set) var wans: [WANSurvey] = []
  /// How many there were no room for.
  public private(set) var furtherWANs = 0

  /// - Parameters:
  ///   - metrics: which to read beside what states and coverage rest on.
  ///   - settings: of WANs whose configuration is at hand; of others the newest snapshot tells.
  public init(
    _ reader: HistoryReader, _ axis: SlotAxis, metrics: [MetricName], wan: String?,
    settings: [String: LineSettings] = [:]
  ) throws(SQLiteError) {
    self.axis = axis
    var names = metrics
    for name in [MetricName.state, .downloadRate, .rtt] where !names.contains(name) {
      names.append(name)
    }
    var collector = SampleCollector(axis)
    for tier in Granularity.allCases.reversed() {
      // A bucket that began before the range may reach into it.
      let range = HistoryRange(start: axis.start - tier.seconds + 1, end: axis.end - 1)
      let filter = HistoryFilter(metrics: names.map(\.rawValue), wan: wan)
      try reader.forEachSample(of: tier, in: range, filter) { row in
        collector.take(row, reader.series)
        return true
      }
    }
    // Those of all WANs: a snapshot is stored for the first one of a process alone.
    let filter = HistoryFilter(
      metrics: [
        MetricName.state, .configSnapshot, .steeringTransition, .steeringWould,
      ].map(\.rawValue))
    var builders: [WANSurveyBuilder] = []
    for samples in collector.wans {
      builders.append(
        try WANSurveyBuilder(samples, axis, reader, settings: settings[samples.name]))
    }
    try reader.forEachEvent(
      in: HistoryRange(start: axis.start, end: axis.end - 1), filter
    ) { event in
      for index in builders.indices { builders[index].take(event) }
      return true
    }
    wans = builders.map { $0.survey() }.sorted { $0.name < $1.name }
    furtherWANs = collector.leftOut.count
  }
}

/// One WAN in slots.
public struct WANSurvey: Sendable {
  public var name: String
  public var settings: LineSettings
  /// By metric, one value per slot.
  public var values: [MetricName: [SlotValue?]]
  /// Observed seconds by zone, per slot.
  public var zones: PerDirection<[ZoneSeconds]>
  public var episodes: PerDirection<EpisodeCollection>
  /// Seconds of the states that rest on averages alone.
  public var averagedStateSeconds: Double
  public var coverage: Coverage
  public var steering: SteeringHistory
  /// What confidence scoring would have done in its dry run.
  public var scoring: SteeringHistory
  /// When a daemon was started; the first 1000.
  public var starts: [Int64]
  /// Of the raw rows.
  public var cycles: CycleRate
  /// Rows with values that cannot be, and were left out.
  public var implausibleRows: Int

  public subscript(metric: MetricName) -> [SlotValue?] { values[metric] ?? [] }
}

/// How regular the cycles were, as far as raw rows tell.
public struct CycleRate: Sendable, Equatable {
  /// Seconds with rows.
  public var seconds = 0
  public var cycles = 0
  /// Seconds with less than three quarters of the usual number.
  public var slowSeconds = 0
  /// The most in a second.
  public var most = 0
}
