import History
import Model
import TestSupport
import Testing

@Suite struct StoredEventTests {
  private func reader(_ rows: [MetricRow]) throws -> (HistoryReader, TemporaryFolder) {
    let folder = try TemporaryFolder()
    let connection = try SQLiteConnection(path: folder.file("metrics.db"), access: .create)
    try MetricsSchema.create(on: connection)
    let insertion = try MetricInsertion(on: connection)
    try connection.transaction { () throws(SQLiteError) in
      for row in rows { try insertion.insert(row) }
    }
    return (try HistoryReader(connection), folder)
  }

  private func row(
    _ time: Int64, _ metric: MetricName, _ value: Double, _ labels: MetricLabels? = nil,
    _ tier: Granularity = .raw, wan: String = "wan1"
  ) -> MetricRow {
    MetricRow(
      timestamp: time, wan: wan, metric: metric, value: value, labels: labels?.text,
      granularity: tier)
  }

  private func rows() -> [MetricRow] {
    [
      row(30, .state, 1, .transition(.upload, reason: "b")), row(10, .configSnapshot, 10),
      row(30, .state, 0, .transition(.upload, reason: "c")), row(20, .rtt, 5),
      row(20, .state, 3, .direction(.download)),
      row(25, .steeringTransition, 1, .steeringTransition(from: "A", to: "B"), wan: "wan2"),
      row(0, .rtt, 7, nil, .hour), row(60, .state, 2, .direction(.download), .minute),
    ]
  }

  @Test func eventsAndSamplesAreToldApart() throws {
    let (reader, _) = try reader(rows())
    var events: [String] = []
    try reader.forEachEvent(in: HistoryRange(start: 0, end: 100), HistoryFilter()) { event in
      events.append("\(event.time) \(event.series.wan) \(event.value)")
      return true
    }
    #expect(events == ["10 wan1 10.0", "25 wan2 1.0", "30 wan1 1.0", "30 wan1 0.0"])
    var samples: [String] = []
    for tier in Granularity.allCases {
      try reader.forEachSample(
        of: tier, in: HistoryRange(start: 0, end: 100), HistoryFilter()
      ) { row in
        samples.append("\(row.timestamp) \(reader.series[row.series].metric) \(row.value)")
        return true
      }
    }
    #expect(
      samples == [
        "20 wanctl_state 3.0", "20 wanctl_rtt_ms 5.0", "60 wanctl_state 2.0",
        "0 wanctl_rtt_ms 7.0",
      ])
  }

  @Test func theNewestEventsOfAMetricComeFirst() throws {
    let (reader, _) = try reader(rows())
    var reasons: [String?] = []
    try reader.forEachEvent(
      of: .state, wan: "wan1", newestFirstIn: HistoryRange(start: 0, end: 100)
    ) { event in
      reasons.append(event.series.text("reason"))
      return true
    }
    #expect(reasons == ["c", "b"])
    var count = 0
    try reader.forEachEvent(
      of: .state, wan: "wan1", newestFirstIn: HistoryRange(start: .min, end: .max)
    ) { _ in
      count += 1
      return false
    }
    #expect(count == 1)
  }

  @Test func theExtentIsThatOfSamples() throws {
    let (reader, _) = try reader(rows())
    let all = HistoryRange(start: .min, end: .max)
    #expect(try reader.firstSampleTime(in: all, HistoryFilter()) == 0)
    let later = HistoryRange(start: 1, end: 100)
    #expect(try reader.firstSampleTime(in: later, HistoryFilter()) == 20)
    #expect(
      try reader.firstSampleTime(in: later, HistoryFilter(metrics: ["wanctl_steering_transition"]))
        == nil)
    #expect(try reader.bucketCount(of: .raw, in: all, HistoryFilter()) == 4)
    #expect(try reader.bucketCount(of: .fiveMinutes, in: all, HistoryFilter()) == 0)
  }

  @Test func anEmptyDatabaseHasNone() throws {
    let folder = try TemporaryFolder()
    let connection = try SQLiteConnection(path: folder.file("empty.db"), access: .create)
    let reader = try HistoryReader(connection)
    let all = HistoryRange(start: .min, end: .max)
    try reader.forEachEvent(in: all, HistoryFilter()) { _ in
      Issue.record("an event of nothing")
      return false
    }
    try reader.forEachEvent(of: .state, wan: "wan1", newestFirstIn: all) { _ in
      Issue.record("an event of nothing")
      return false
    }
    #expect(try reader.firstSampleTime(in: all, HistoryFilter()) == nil)
    #expect(try reader.bucketCount(of: .raw, in: all, HistoryFilter()) == 0)
  }

  /// What `MetricLabels` writes is read back, whatever the text.
  @Test(arguments: [
    "plain", "", "quoted \"direction\": \"up\"", "back\\slash\n\t", "Zürich 🚀 \u{1}", "\u{FFFF}",
    "\"", "ends in \\",
  ])
  func textsAreReadBack(text: String) {
    let labels = MetricLabels([
      ("first", .text(text)), ("number", .real(-1.5e-7)), ("flag", .flag(true)),
      ("inner", .object(MetricLabels([("deep", .integer(42))]))), ("last", .text(text)),
    ])
    let series = HistorySeries(wan: "w", metric: "m", labels: labels.text)
    #expect(series.text("first") == text)
    #expect(series.text("last") == text)
    #expect(series.text("number") == nil)
    #expect(series.number("number") == -1.5e-7)
    #expect(series.number("deep") == 42)
    #expect(series.number("first") == nil)
    #expect(series.number("flag") == nil)
    #expect(series.text("direction") == nil)
    #expect(HistorySeries(wan: "w", metric: "m", labels: nil).text("first") == nil)
  }

  /// Labels that somebody else wrote, or a damaged page holds.
  @Test(arguments: [
    "{\"a\": \"", "{\"a\": \"\\", "{\"a\": \"\\u12", "{\"a\": ", "\"a\": \"x", "{\"a\": 1e999}",
    "{\"a\": \"\\uD83D\"}", "",
  ])
  func brokenLabelsDoNoHarm(labels: String) {
    let series = HistorySeries(wan: "w", metric: "m", labels: labels)
    _ = series.text("a")
    #expect(series.number("a") == nil)
  }
}
