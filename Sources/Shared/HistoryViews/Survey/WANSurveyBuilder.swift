import History
import Model

/// Follows the events of one WAN once its samples are known.
struct WANSurveyBuilder {
  /// A state that has not changed for so long is looked for no further.
  private static let lookback: Int64 = 604_800

  private let samples: WANSamples
  private let axis: SlotAxis
  private let coverage: Coverage
  private var settings: LineSettings
  private let isConfigured: Bool
  private var timelines: PerDirection<StateTimeline>
  private var steering: SteeringHistory
  private var scoring: SteeringHistory
  private var starts: [Int64] = []

  init(
    _ samples: WANSamples, _ axis: SlotAxis, _ reader: HistoryReader, settings: LineSettings?
  ) throws(SQLiteError) {
    self.samples = samples
    self.axis = axis
    let coverage = samples.coverage
    self.coverage = coverage
    isConfigured = settings != nil
    let known: LineSettings
    if let settings {
      known = settings
    } else {
      known = try Self.newestSettings(samples.name, axis, reader)
    }
    self.settings = known
    let before = try Self.zones(samples.name, before: axis.start, reader)
    func timeline(_ direction: Direction) -> StateTimeline {
      StateTimeline(
        direction, axis: axis, coverage: coverage, averages: samples.states,
        before: before[direction], firstThreshold: known.targetBloat)
    }
    timelines = PerDirection(download: timeline(.download), upload: timeline(.upload))
    func history(_ metric: MetricName) throws(SQLiteError) -> SteeringHistory {
      let isOn = try Self.isOn(metric, samples.name, before: axis.start, reader)
      return SteeringHistory(onSince: isOn ? axis.start : nil)
    }
    steering = try history(.steeringTransition)
    scoring = try history(.steeringWould)
  }

  mutating func take(_ event: StoredEvent) {
    if event.series.metric == MetricName.configSnapshot.rawValue {
      takeStart(event)
    } else if event.series.wan != samples.name {
      return
    } else if event.series.metric == MetricName.steeringTransition.rawValue {
      steering.turn(on: event.value > 0, at: event.time, reason: event.series.text("reason"))
    } else if event.series.metric == MetricName.steeringWould.rawValue {
      scoring.turn(
        on: event.value > 0, at: event.time, reason: event.series.text("contributors"))
    } else if let direction = Self.direction(event.series),
      let reason = event.series.text("reason"),
      let zone = Self.zone(event.value)
    {
      let reason = ChangeReason(reason)
      timelines[direction].change(to: zone, at: event.time, reason)
      if !isConfigured, reason.threshold == "hard_red", let limit = reason.limit {
        settings.hardRedBloat = limit
      }
    }
  }

  /// A snapshot is of the first WAN of a process; whether another one was started with it is told
  /// by the pause in its rows.
  private mutating func takeStart(_ event: StoredEvent) {
    guard event.series.number("target_bloat_ms") != nil else { return }
    let isOurs = event.series.wan == samples.name
    guard isOurs || coverage.observed(from: event.time - 3, to: event.time) == 0 else { return }
    if starts.count < 1000 { starts.append(event.time) }
    for direction in Direction.allCases { timelines[direction].restart(at: event.time) }
  }

  consuming func survey() -> WANSurvey {
    for direction in Direction.allCases { timelines[direction].finish() }
    steering.finish(at: axis.end)
    scoring.finish(at: axis.end)
    steering.isRecorded = steering.isRecorded || samples.hasSteering
    let values = samples.grids.mapValues(\.values)
    for direction in Direction.allCases {
      let rates = values[direction == .download ? .downloadRate : .uploadRate] ?? []
      guard !rates.isEmpty else { continue }
      let axis = axis
      timelines[direction].describeEpisodes { Self.describe(&$0, rates, axis) }
    }
    return WANSurvey(
      name: samples.name, settings: settings, values: values, zones: timelines.map(\.slots),
      episodes: timelines.map(\.episodes),
      averagedStateSeconds: timelines.download.averagedSeconds, coverage: coverage,
      steering: steering, scoring: scoring, starts: starts, cycles: samples.cycles.rate,
      implausibleRows: samples.implausibleRows)
  }

  /// The rate in the slot before an episode, its least within, and that in the slot after it.
  private static func describe(_ episode: inout Episode, _ rates: [SlotValue?], _ axis: SlotAxis) {
    func rate(_ value: Double?) -> BitsPerSecond? { value.map { BitsPerSecond(Int64($0 * 1e6)) } }
    let slots = axis.slots(from: episode.start, to: (episode.end ?? axis.end) + 1)
    guard let first = slots.first, let last = slots.last else { return }
    episode.rateLowest = rate(rates[slots].compactMap { $0?.minimum }.min())
    if first > 0 { episode.rateBefore = rate(rates[first - 1]?.mean) }
    if episode.end != nil, last + 1 < rates.count {
      episode.rateAfter = rate(rates[last + 1]?.mean)
    }
  }
}

// MARK: - Before the range

extension WANSurveyBuilder {
  private static func direction(_ series: HistorySeries) -> Direction? {
    let name = series.text("direction")
    return Direction.allCases.first { $0.name == name }
  }

  private static func zone(_ value: Double) -> Zone? {
    UInt8(exactly: value).flatMap(Zone.init(rawValue:))
  }

  private static func newestSettings(
    _ wan: String, _ axis: SlotAxis, _ reader: HistoryReader
  ) throws(SQLiteError) -> LineSettings {
    var settings = LineSettings()
    var rest = 20
    try reader.forEachEvent(
      of: .configSnapshot, wan: wan,
      newestFirstIn: HistoryRange(start: .min, end: axis.end - 1)
    ) { event in
      rest -= 1
      guard let found = LineSettings(snapshot: event.series) else { return rest > 0 }
      settings = found
      return false
    }
    return settings
  }

  /// The states when the range begins: those of the last changes before it.
  private static func zones(
    _ wan: String, before time: Int64, _ reader: HistoryReader
  ) throws(SQLiteError) -> PerDirection<Zone?> {
    var zones = PerDirection<Zone?>(download: nil, upload: nil)
    try reader.forEachEvent(
      of: .state, wan: wan, newestFirstIn: HistoryRange(start: time - lookback, end: time - 1)
    ) { event in
      if let direction = direction(event.series), zones[direction] == nil {
        zones[direction] = zone(event.value)
      }
      return zones.download == nil || zones.upload == nil
    }
    return zones
  }

  private static func isOn(
    _ metric: MetricName, _ wan: String, before time: Int64, _ reader: HistoryReader
  ) throws(SQLiteError) -> Bool {
    var isOn = false
    try reader.forEachEvent(
      of: metric, wan: wan,
      newestFirstIn: HistoryRange(start: .min, end: time - 1)
    ) { event in
      isOn = event.value > 0
      return false
    }
    return isOn
  }
}
