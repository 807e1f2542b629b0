import Model
import TestSupport
import Testing

@testable import History

/// The quick ways through the table against the plain one.
@Suite struct HistoryScanTests {
  private func filled(_ random: inout SeededGenerator) throws -> ScratchDatabase {
    let database = try ScratchDatabase()
    let metrics: [MetricName] = [.rtt, .delta, .state, .uploadRate]
    try database.store(
      (0..<800).map { _ in
        let metric = metrics.randomElement(using: &random)!
        let label =
          Int.random(in: 0..<20, using: &random) == 0
          ? MetricLabels.transition(.upload, reason: "\(random.next() % 9)")
          : metric == .state ? .direction(.download) : nil
        return MetricRow(
          timestamp: Int64.random(in: 0..<600, using: &random),
          wan: ["wan1", "wan2", "3"].randomElement(using: &random)!, metric: metric,
          value: Double(Int.random(in: 0...3, using: &random)), labels: label?.text,
          granularity: Bool.random(using: &random) ? .raw : .minute)
      })
    return database
  }

  private func text(_ row: HistoryRow, _ reader: HistoryReader) -> String {
    let series = reader.series[row.series]
    return "\(row.timestamp) \(series) \(row.value) \(row.granularity)"
  }

  @Test(arguments: 0..<20)
  func anyOrderHasTheSameRows(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let reader = try HistoryReader(filled(&random).connection)
    for filter in [
      HistoryFilter(), HistoryFilter(metrics: ["wanctl_rtt_ms"]), HistoryFilter(metrics: []),
      HistoryFilter(metrics: ["wanctl_state", "none"], wan: "wan2"), HistoryFilter(wan: "3"),
      HistoryFilter(metrics: ["wanctl_rtt_ms"], wan: "wan1"), HistoryFilter(wan: "none"),
    ] {
      let range = HistoryRange(
        start: Int64.random(in: -10..<300, using: &random),
        end: Int64.random(in: 200..<700, using: &random))
      for tier in [Granularity.raw, .minute] {
        var rows: [String] = []
        try reader.forEachStoredRow(tier, in: range, filter) { row in
          rows.append(text(row, reader))
          return true
        }
        var scanned: [String] = []
        try reader.forEachRowInAnyOrder(of: tier, in: range, filter) { row in
          scanned.append(text(row, reader))
        }
        #expect(scanned.sorted() == rows.sorted(), "\(filter), seed \(seed)")
        let plain = try plainRows(reader.connection, tier, range, filter)
        #expect(rows == plain, "\(filter), seed \(seed)")
      }
    }
  }

  /// Time, series and value in the order that is promised, without any index of ours.
  private func plainRows(
    _ connection: SQLiteConnection, _ tier: Granularity, _ range: HistoryRange,
    _ filter: HistoryFilter
  ) throws -> [String] {
    let query = try connection.prepare(
      """
      SELECT timestamp, wan_name, metric_name, labels, value FROM metrics NOT INDEXED
      WHERE granularity = ? ORDER BY timestamp DESC, id DESC
      """)
    try query.bind(tier.rawValue, at: 1)
    var rows: [String] = []
    while try query.step() {
      let series = HistorySeries(
        wan: query.text(1) ?? "", metric: query.text(2) ?? "", labels: query.text(3))
      guard (range.start...max(range.start, range.end)).contains(query.integer(0)),
        range.start <= range.end, (filter.wan ?? series.wan) == series.wan,
        filter.metrics?.contains(series.metric) ?? true
      else { continue }
      rows.append("\(query.integer(0)) \(series) \(query.real(4)) \(tier)")
    }
    return rows
  }

  @Test func namesAreFoundBesideOnesThatAreNoText() throws {
    let database = try ScratchDatabase()
    try database.store([
      MetricRow(timestamp: 1, wan: "b", metric: .rtt, value: 1),
      MetricRow(timestamp: 1, wan: "a", metric: .state, value: 1),
    ])
    do {
      let reader = try HistoryReader(database.connection)
      #expect(try reader.names(of: .wan) == ["a", "b"])
      #expect(try reader.names(of: .metric) == ["wanctl_rtt_ms", "wanctl_state"])
    }
    try database.connection.execute(
      "INSERT INTO metrics (timestamp, wan_name, metric_name, value) VALUES (1, x'61FF', 'm', 1)")
    let reader = try HistoryReader(database.connection)
    #expect(try reader.names(of: .metric).contains("wanctl_state"))
    var rows = 0
    try reader.forEachRowInAnyOrder(
      of: .raw, in: HistoryRange(start: 0, end: 9), HistoryFilter(metrics: ["wanctl_state"])
    ) { _ in rows += 1 }
    #expect(rows == 1)
  }
}
