import Foundation
import History
import Model
import TestSupport
import Testing

/// A database on a ladder: raw rows of the last hour, minutes of the day before, and so on.
@Suite struct HistoryReaderTests {
  private static let now: Int64 = 1_795_200_000

  private func reader(_ rows: [MetricRow]) throws -> (HistoryReader, TemporaryFolder) {
    let folder = try TemporaryFolder()
    let connection = try SQLiteConnection(path: folder.file("metrics.db"), access: .create)
    try MetricsSchema.create(on: connection)
    try connection.execute("BEGIN")
    let insertion = try MetricInsertion(on: connection)
    for row in rows { try insertion.insert(row) }
    try connection.execute("COMMIT")
    return (try HistoryReader(connection), folder)
  }

  private func rtt(
    _ age: Int64, _ value: Double, _ tier: Granularity = .raw, wan: String = "wan1"
  ) -> MetricRow {
    MetricRow(
      timestamp: Self.now - age, wan: wan, metric: .rtt, value: value, granularity: tier)
  }

  private func state(_ age: Int64, _ value: Double, _ labels: MetricLabels?) -> MetricRow {
    MetricRow(
      timestamp: Self.now - age, wan: "wan1", metric: .state, value: value, labels: labels?.text)
  }

  /// Ages, values and tiers of the rows of a range that ends now.
  private func shown(
    _ reader: HistoryReader, last seconds: Int64, _ filter: HistoryFilter = HistoryFilter(),
    skipping: Int = 0
  ) throws -> [String] {
    var rows: [String] = []
    try reader.forEachRow(
      in: HistoryRange(start: Self.now - seconds, end: Self.now), filter, skipping: skipping
    ) { row in
      rows.append("\(Self.now - row.timestamp) \(row.value) \(row.granularity.rawValue)")
      return true
    }
    return rows
  }

  @Test func rawRowsAreFollowedByCoarserOnes() throws {
    let (reader, _) = try reader([
      rtt(18_000, 1, .fiveMinutes), rtt(7200, 2, .minute), rtt(3660, 3, .minute),
      // Its minute ends within the raw rows.
      rtt(3600, 4, .minute), rtt(3590, 5), rtt(10, 6), rtt(10, 7),
    ])
    let all = [
      "10 7.0 raw", "10 6.0 raw", "3590 5.0 raw", "3660 3.0 1m", "7200 2.0 1m", "18000 1.0 5m",
    ]
    #expect(try shown(reader, last: 20_000) == all)
    #expect(try shown(reader, last: 20_000, skipping: 2) == Array(all.dropFirst(2)))
    #expect(try shown(reader, last: 3600) == Array(all.prefix(3)))
    let range = HistoryRange(start: Self.now - 20_000, end: Self.now)
    #expect(try reader.count(in: range, HistoryFilter()) == all.count)
  }

  @Test func bucketsThatAreNotStoredAreMadeOfFinerRows() throws {
    let (reader, _) = try reader([
      rtt(7200, 10, .minute),
      // The bucket of 120 seconds ago is stored: its raw rows are not looked at.
      rtt(120, 20, .minute), rtt(119, 99), rtt(118, 99),
      rtt(60, 30), rtt(59, 40), rtt(2, 50),
    ])
    #expect(
      try shown(reader, last: 30_000)
        == ["60 40.0 1m", "120 20.0 1m", "7200 10.0 1m"])
    // Minutes are averaged, not their rows; the newest five minutes are made of minutes.
    #expect(try shown(reader, last: 90_000) == ["300 30.0 5m", "7200 10.0 5m"])
  }

  @Test func statesAreCountedPerOriginAndEventsLeftOut() throws {
    let up = MetricLabels([("direction", .text("upload"))])
    var rows: [MetricRow] = []
    for (age, value) in [(60, 1), (59, 1), (58, 3), (57, 3), (56, 0)] as [(Int64, Double)] {
      rows.append(state(age, value, .direction(.download)))
    }
    rows.append(state(55, 2, up))
    for age in 40..<50 as Range<Int64> {
      rows.append(state(age, 0, .transition(.download, reason: "RTT delta 1.0ms fell")))
    }
    let (reader, _) = try reader(rows)
    // Of equally frequent states the greatest.
    #expect(try shown(reader, last: 30_000).sorted() == ["60 2.0 1m", "60 3.0 1m"])
    let summaries = try reader.summaries(
      of: HistoryRange(start: Self.now - 100, end: Self.now), HistoryFilter())
    #expect(summaries.map(\.origin) == ["direction=download", "direction=upload"])
    #expect(summaries.map(\.count) == [5, 1])
    #expect(summaries[0].text.contains("  RED: 40.0%"))
  }

  @Test func aRowWithoutLabelStandsForAllOrigins() throws {
    var whole = state(60, 1, nil)
    whole.granularity = .minute
    let (reader, _) = try reader([
      whole, state(59, 3, .direction(.download)), state(58, 2, .steering),
    ])
    #expect(try shown(reader, last: 30_000) == ["60 1.0 1m"])
  }

  @Test func aSummaryIsOfTheFinestTierThatCoversTheRange() throws {
    let (reader, _) = try reader([
      rtt(7200, 10, .minute), rtt(3660, 20, .minute), rtt(60, 30), rtt(59, 50), rtt(1, 70),
    ])
    func summary(_ seconds: Int64) throws -> SampleStatistics? {
      let range = HistoryRange(start: Self.now - seconds, end: Self.now)
      guard
        case .values(let values) = try reader.summaries(of: range, HistoryFilter()).first?.figures
      else { return nil }
      return values
    }
    #expect(try summary(3600)?.count == 3)
    let minutes = try summary(10_000)
    #expect(minutes?.count == 3)
    #expect(minutes?.maximum == 50)
    #expect(minutes?.minimum == 10)
  }

  @Test func filtersNameMetricsAndWANs() throws {
    let (reader, _) = try reader([rtt(3, 1), rtt(2, 2, wan: "wan2"), state(1, 0, .steering)])
    #expect(try shown(reader, last: 60, HistoryFilter(metrics: ["wanctl_rtt_ms"])).count == 2)
    #expect(try shown(reader, last: 60, HistoryFilter(wan: "wan2")) == ["2 2.0 raw"])
    #expect(try shown(reader, last: 60, HistoryFilter(metrics: [])) == [])
    #expect(try shown(reader, last: 60, HistoryFilter(metrics: [""])) == [])
    #expect(try shown(reader, last: 60, HistoryFilter(wan: "")).count == 3)
    #expect(try reader.names(of: .wan) == ["wan1", "wan2"])
    #expect(try reader.names(of: .metric) == ["wanctl_rtt_ms", "wanctl_state"])
  }

  @Test func absurdTimesAreNoTrouble() throws {
    let (reader, _) = try reader([
      MetricRow(timestamp: .min, wan: "wan1", metric: .rtt, value: 1, granularity: .hour),
      MetricRow(timestamp: .max, wan: "wan1", metric: .rtt, value: 2),
      rtt(5, 3),
    ])
    var values: [Double] = []
    try reader.forEachRow(in: HistoryRange(start: .min, end: .max), HistoryFilter()) { row in
      values.append(row.value)
      return true
    }
    #expect(values.contains(3))
  }

  /// Whatever is stored, rows come newest first, none outside the range and none twice.
  @Test func rowsAreInOrderAndInside() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    let rows = (0..<3000).map { _ in
      rtt(
        Int64.random(in: -100...700_000, using: &random), Double.random(in: 0...9, using: &random),
        Granularity.allCases.randomElement(using: &random) ?? .raw,
        wan: Bool.random(using: &random) ? "wan1" : "wan2")
    }
    let (reader, _) = try reader(rows)
    for seconds in [60, 3600, 20_000, 50_000, 100_000, 650_000] as [Int64] {
      var last = Int64.max
      var count = 0
      let range = HistoryRange(start: Self.now - seconds, end: Self.now)
      try reader.forEachRow(in: range, HistoryFilter()) { row in
        #expect(row.timestamp <= last && row.timestamp >= range.start, "seed \(seed)")
        #expect(row.timestamp <= range.end, "seed \(seed)")
        last = row.timestamp
        count += 1
        return true
      }
      #expect(try reader.count(in: range, HistoryFilter()) == count, "seed \(seed)")
    }
  }
}
