import Model
import Platform
import TestSupport
import Testing

@testable import History

/// A database in memory of the folder that goes with it.
final class ScratchDatabase {
  let folder: TemporaryFolder
  let connection: SQLiteConnection

  var path: String { folder.file("metrics.db") }

  init() throws {
    folder = try TemporaryFolder()
    connection = try SQLiteConnection(path: folder.file("metrics.db"), access: .create)
    try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
    try MetricsSchema.create(on: connection)
  }

  func store(_ rows: [MetricRow]) throws {
    let insertion = try MetricInsertion(on: connection)
    try connection.transaction { () throws(SQLiteError) in
      for row in rows { try insertion.insert(row) }
    }
  }

  /// All rows, in order of tier, time, name, label and `id`.
  func rows() throws -> [MetricRow] {
    let query = try connection.prepare(
      """
      SELECT timestamp, wan_name, metric_name, value, labels, granularity FROM metrics
      ORDER BY granularity, timestamp, wan_name, metric_name, labels, id
      """)
    var rows: [MetricRow] = []
    while try query.step() {
      guard let tier = query.text(5).flatMap(Granularity.init(rawValue:)) else { continue }
      rows.append(
        MetricRow(
          timestamp: query.integer(0), wan: query.text(1) ?? "",
          metric: MetricName(query.text(2) ?? ""), value: query.real(3), labels: query.text(4),
          granularity: tier))
    }
    return rows
  }

  @discardableResult
  func maintain(
    now: Int64, retentionDays: Int? = nil, sliceTime: Milliseconds = Milliseconds(10)
  ) throws -> MaintenancePass.Result {
    let pass = MaintenancePass(
      on: connection, now: now, retentionDays: retentionDays, sliceTime: sliceTime)
    while try pass.slice() {}
    return pass.result
  }

  func isSound() throws -> Bool {
    try connection.text("PRAGMA integrity_check") == "ok"
  }
}

@Suite struct LadderTests {
  let database: ScratchDatabase
  private let download = MetricLabels.direction(.download).text

  init() throws { database = try ScratchDatabase() }

  private func row(
    _ timestamp: Int64, _ value: Double, _ metric: MetricName = .rtt, labels: String? = nil,
    tier granularity: Granularity = .raw, wan: String = "wan1"
  ) -> MetricRow {
    MetricRow(
      timestamp: timestamp, wan: wan, metric: metric, value: value, labels: labels,
      granularity: granularity)
  }

  @Test func aBucketWaitsUntilItIsComplete() throws {
    try database.store((6000...6119).map { row($0, Double($0)) })
    let first = try database.maintain(now: 6100 + 3600)
    #expect(first.aggregates == [.minute: 1, .fiveMinutes: 0, .hour: 0])
    #expect(try database.rows().first == row(6000, 6029.5, tier: .minute))
    #expect(try database.rows().count == 1 + 60)
    try database.maintain(now: 6200 + 3600)
    #expect(
      try database.rows() == [row(6000, 6029.5, tier: .minute), row(6060, 6089.5, tier: .minute)])
  }

  @Test func veryOldRowsFallThroughTheWholeLadder() throws {
    try database.store((0..<7200).map { row($0, Double($0 % 10)) })
    let result = try database.maintain(now: 9 * 86_400)
    #expect(result.aggregates == [.minute: 120, .fiveMinutes: 24, .hour: 2])
    #expect(result.aggregatedRows == 7200 + 120 + 24)
    #expect(try database.rows() == [row(0, 4.5, tier: .hour), row(3600, 4.5, tier: .hour)])
    #expect(try database.maintain(now: 9 * 86_400).isEmpty)
  }

  @Test func theMostFrequentStateStandsAndTheWorstOfEqualOnes() throws {
    for (bucket, values) in [[0, 0, 3], [3, 1, 1, 3], [2, 0], [1]].enumerated() {
      try database.store(
        values.map { row(Int64(bucket) * 60, Double($0), .state, labels: download) })
    }
    try database.store([row(0, 1, .steeringEnabled), row(1, 0, .steeringEnabled)])
    try database.maintain(now: 7200)
    let rows = try database.rows()
    #expect(rows.filter { $0.metric == .state }.map(\.value) == [0, 3, 2, 1])
    #expect(rows.filter { $0.metric == .steeringEnabled }.map(\.value) == [1])
  }

  @Test func seriesStayApartByLabel() throws {
    let steering = MetricLabels.steering.text
    try database.store([
      row(0, 3, .state, labels: download), row(1, 2, .state, labels: steering),
      row(2, 2, .state, labels: steering), row(3, 3, .state), row(4, 1, .state, labels: download),
      row(60, 1, .state), row(0, 10, labels: #"{"host": "a"}"#), row(1, 30), row(2, 50),
    ])
    try database.maintain(now: 7200)
    #expect(
      try database.rows() == [
        row(0, 40, tier: .minute), row(0, 10, .rtt, labels: #"{"host": "a"}"#, tier: .minute),
        row(0, 3, .state, labels: download, tier: .minute),
        row(0, 2, .state, labels: steering, tier: .minute),
        // Only an unlabelled row of a former aggregate: it stays so.
        row(60, 1, .state, tier: .minute),
      ])
  }

  @Test func eventsStayAsTheyAre() throws {
    let events = [
      row(5, 1, .configSnapshot, labels: #"{"trigger": "startup"}"#),
      row(
        6, 3, .state, labels: MetricLabels.transition(.download, reason: "x").text),
      row(7, 1, .steeringTransition), row(8, 0, .steeringTransition, tier: .minute),
    ]
    try database.store(events + [row(9, 0, .state, labels: download)])
    try database.maintain(now: 100 * 86_400)
    let rows = try database.rows()
    #expect(rows.filter { $0.granularity == .raw || $0.metric == .steeringTransition }.count == 4)
    #expect(rows.contains(row(0, 0, .state, labels: download, tier: .hour)))
    try database.maintain(now: 100 * 86_400, retentionDays: 99)
    #expect(try database.rows().isEmpty)
  }

  @Test func anAggregateThatIsThereStands() throws {
    // The original was killed between its aggregates and its removal.
    try database.store([
      row(0, 24, tier: .minute), row(60, 2, .state, tier: .minute), row(0, 20), row(1, 28),
      row(60, 3, .state, labels: download),
    ])
    let result = try database.maintain(now: 7200)
    #expect(result.aggregates[.minute] == 0)
    #expect(try database.rows() == [row(0, 24, tier: .minute), row(60, 2, .state, tier: .minute)])
  }

  @Test func theRetentionRemovesWhatIsOlderWhateverItsTier() throws {
    let day: Int64 = 86_400
    try database.store(
      (0..<3000).map { row($0 * 60, 1, tier: .hour) } + [
        row(30 * day, 1, tier: .hour), row(.min, 1), row(.max, 1),
      ]
    )
    let result = try database.maintain(now: 40 * day, retentionDays: 10, sliceTime: .zero)
    #expect(result.expiredRows == 3001)
    #expect(try database.rows().map(\.timestamp) == [30 * day, .max])
  }

  @Test func absurdRowsDoNoHarm() throws {
    try database.store([
      row(.min, 1), row(.min + 1, 1, tier: .minute), row(-62_135_596_801, 1), row(.max, 1),
      row(-100, 5), row(-61, 7), row(0, .infinity), row(1, -.infinity), row(2, 4),
      row(60, .infinity), row(61, -.infinity), row(120, .infinity), row(121, 3),
      row(180, 1e308), row(181, 1e308), row(0, 1, MetricName("")), row(0, 1, wan: ""),
    ])
    try database.connection.execute(
      """
      INSERT INTO metrics (timestamp, wan_name, metric_name, value, labels, granularity) VALUES
        ('soon', 'wan1', 'wanctl_rtt_ms', 1, NULL, 'raw'),
        (1.5, 'wan1', 'real', 'text', 'no json', 'raw'),
        (5, CAST(x'FF' AS TEXT), 'wanctl_rtt_ms', 1, NULL, 'raw'),
        (5, x'00', x'01', x'02', x'03', 'raw'), (5, 'wan1', 'm', 1, NULL, NULL),
        (5, 'wan1', 'm', 1, NULL, '10m')
      """)
    try database.maintain(now: 10_000)
    try database.maintain(now: .max)
    try database.maintain(now: .min, retentionDays: .max)
    #expect(try database.isSound())
    let rtts = try database.rows().filter { $0.metric == .rtt && $0.wan == "wan1" }
    #expect(!rtts.map(\.timestamp).contains(.min), "older than any retention")
    #expect(rtts.map(\.timestamp).contains(-62_135_596_801), "older than any clock")
    #expect(rtts.map(\.timestamp).contains(.max))
    #expect(rtts.contains { $0.granularity == .hour && $0.timestamp == -3600 && $0.value == 6 })
  }

  @Test func onlyOneProcessMaintains() throws {
    let lock = try MaintenanceLock(database: database.path)
    #expect(lock != nil)
    #expect(try MaintenanceLock(database: database.path) == nil)
    withExtendedLifetime(lock) {}
  }

  @Test func theLockGoesWithItsHolder() throws {
    do { _ = try MaintenanceLock(database: database.path) }
    #expect(try MaintenanceLock(database: database.path) != nil)
    #expect(throws: SystemError.self) {
      try MaintenanceLock(database: database.folder.file("no/metrics.db"))
    }
  }
}
