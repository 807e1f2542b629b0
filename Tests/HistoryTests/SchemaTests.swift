import History
import Model
import TestSupport
import Testing

@Suite struct SchemaTests {
  @Test func theSchemaIsThatOfTheOriginal() throws {
    let folder = try TemporaryFolder()
    let database = try SQLiteConnection(path: folder.file("m.db"), access: .create)
    #expect(try !MetricsSchema.exists(on: database))
    for _ in 0..<2 { try MetricsSchema.create(on: database) }
    #expect(try MetricsSchema.exists(on: database))
    let query = try database.prepare(
      "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid")
    var statements: [String] = []
    while try query.step() { statements.append(query.text(0) ?? "") }
    #expect(
      statements == [
        """
        CREATE TABLE metrics (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            timestamp INTEGER NOT NULL,
            wan_name TEXT NOT NULL,
            metric_name TEXT NOT NULL,
            value REAL NOT NULL,
            labels TEXT,
            granularity TEXT DEFAULT 'raw'
        )
        """,
        "CREATE INDEX idx_metrics_timestamp\n    ON metrics(timestamp)",
        "CREATE INDEX idx_metrics_wan_metric_time\n    ON metrics(wan_name, metric_name, timestamp)",
        "CREATE INDEX idx_metrics_granularity_time\n    ON metrics(granularity, timestamp)",
      ])
  }

  @Test func rowsAreStoredAsTheyAre() throws {
    let folder = try TemporaryFolder()
    let database = try SQLiteConnection(path: folder.file("m.db"), access: .create)
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    try insertion.insert(
      MetricRow(timestamp: -1, wan: "wan1", metric: .rtt, value: .infinity))
    try insertion.insert(
      MetricRow(
        timestamp: .max, wan: "wan1", metric: .state, value: 3,
        labels: MetricLabels.direction(.download).text, granularity: .hour))
    let refused = #expect(throws: SQLiteError.self) {
      try insertion.insert(MetricRow(timestamp: 1, wan: "w", metric: .rtt, value: .nan))
    }
    #expect(refused?.kind == .constraint)
    let query = try database.prepare("SELECT * FROM metrics ORDER BY id")
    #expect(try query.step())
    #expect(query.integer(1) == -1)
    #expect(query.real(4) == .infinity)
    #expect(query.type(5) == .null)
    #expect(query.text(6) == "raw")
    #expect(try query.step())
    #expect(query.integer(1) == .max)
    #expect(query.text(5) == #"{"direction": "download"}"#)
    #expect(query.text(6) == "1h")
    #expect(try !query.step())
  }

  @Test func labelsAreThoseOfTheOriginalToTheByte() {
    let labels = MetricLabels([
      ("trigger", .text("a \"b\" \\ / \n Zürich \u{1F600}\u{7F}")),
      (
        "autorate",
        .object(
          MetricLabels([
            ("baseline_rtt_initial", .integer(25)), ("target_bloat_ms", .real(25)),
            ("warn_bloat_ms", .real(1e-5)), ("large", .real(1e16)), ("nothing", .null),
            ("on", .flag(true)),
          ]))
      ),
      ("empty", .object(MetricLabels([]))),
    ])
    #expect(
      labels.text == #"{"trigger": "a \"b\" \\ / \n Z\u00fcrich \ud83d\ude00\u007f", "#
        + #""autorate": {"baseline_rtt_initial": 25, "target_bloat_ms": 25.0, "#
        + #""warn_bloat_ms": 1e-05, "large": 1e+16, "nothing": null, "on": true}, "empty": {}}"#)
    #expect(MetricLabels([]).text == nil)
    #expect(
      MetricLabels.transition(.upload, reason: "x").text
        == #"{"direction": "upload", "reason": "x"}"#)
    #expect(MetricLabels.steering.text == #"{"source": "steering"}"#)
    #expect(
      MetricLabels.steeringTransition(from: "A", to: "B").text
        == #"{"reason": "Transitioned from A to B", "from_state": "A", "to_state": "B"}"#)
  }

  @Test(arguments: [
    ("wanctl_state", #"{"direction": "download", "reason": "x"}"#, true),
    ("wanctl_state", #"{"direction": "download"}"#, false),
    ("wanctl_state", nil, false),
    ("wanctl_rtt_ms", #"{"note": "the \"reason\": none"}"#, false),
    ("wanctl_config_snapshot", nil, true),
    ("wanctl_steering_transition", nil, true),
    ("other", #"{"reason":"compact"}"#, true),
  ])
  func eventsAreTold(metric: String, labels: String?, isEvent: Bool) throws {
    let folder = try TemporaryFolder()
    let database = try SQLiteConnection(path: folder.file("m.db"), access: .create)
    try MetricsSchema.create(on: database)
    try MetricInsertion(on: database).insert(
      MetricRow(timestamp: 1, wan: "w", metric: MetricName(metric), value: 1, labels: labels))
    #expect(
      try database.integer("SELECT \(MetricsSchema.isEvent) FROM metrics") == (isEvent ? 1 : 0))
  }

  @Test func bucketsAreAlignedTo1970() {
    #expect(Granularity.minute.bucket(of: 119) == 60)
    #expect(Granularity.minute.bucket(of: 60) == 60)
    #expect(Granularity.minute.bucket(of: -1) == -60)
    #expect(Granularity.hour.bucket(of: -3600) == -3600)
    #expect(Granularity.raw.bucket(of: -7) == -7)
    #expect(Granularity.fiveMinutes.bucket(of: 1_795_200_137) == 1_795_200_000)
  }
}
