import Model
import Platform
import TestSupport
import Testing

@testable import History

/// Random histories, maintained at random times by passes that end at random slices.
@Suite struct LadderProperties {
  private static let labels = [
    nil, MetricLabels.direction(.download).text, MetricLabels.steering.text,
  ]

  private func rows(_ random: inout SeededGenerator, until end: Int64) -> [MetricRow] {
    (0..<Int.random(in: 200...2000, using: &random)).map { _ in
      let metric = [MetricName.rtt, .delta, .state, .steeringEnabled].randomElement(using: &random)!
      let isEvent = Int.random(in: 0..<40, using: &random) == 0
      return MetricRow(
        timestamp: Int64.random(
          in: (end - Int64.random(in: 600...90_000, using: &random))..<end, using: &random),
        wan: ["wan1", "wan2"].randomElement(using: &random)!, metric: metric,
        value: metric.isState
          ? Double(Int.random(in: 0...3, using: &random))
          : Double.random(in: -5...200, using: &random),
        labels: isEvent
          ? MetricLabels.transition(.upload, reason: "r").text
          : metric == .state ? Self.labels.randomElement(using: &random)! : nil)
    }
  }

  /// What a bucket of raw rows is summed up to, computed without SQL.
  private struct Key: Hashable {
    var bucket: Int64
    var wan: String
    var metric: MetricName
    var label: String?
  }

  private func minutes(_ rows: [MetricRow], before end: Int64) -> [Key: Double] {
    var values: [Key: [Double]] = [:]
    for row in rows where row.timestamp < end && row.labels?.contains("reason") != true {
      let label = row.metric == .state ? row.labels ?? Self.labels[1] : row.labels
      values[
        Key(
          bucket: Granularity.minute.bucket(of: row.timestamp), wan: row.wan, metric: row.metric,
          label: label), default: []
      ].append(row.value)
    }
    return values.reduce(into: [:]) { result, entry in
      let counts = Dictionary(entry.value.map { ($0, 1) }, uniquingKeysWith: +)
      result[entry.key] =
        entry.key.metric.isState
        ? counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
        : entry.value.reduce(0, +) / Double(entry.value.count)
    }
  }

  @Test(arguments: 0..<12)
  func minutesAreWhatTheirRowsSay(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let database = try ScratchDatabase()
    let end: Int64 = 1_780_000_000
    let rows = rows(&random, until: end)
    try database.store(rows)
    // Passes on the way, some of them killed, change nothing of the outcome.
    let now = end + Int64.random(in: 0...3700, using: &random)
    for _ in 0..<4 {
      let pass = MaintenancePass(
        on: database.connection, now: now - Int64.random(in: 0...40_000, using: &random),
        ladder: [LadderStep.all[0]], retentionDays: nil, sliceTime: .zero, clock: Clock.monotonic)
      for _ in 0..<Int.random(in: 0...200, using: &random) { guard try pass.slice() else { break } }
    }
    let pass = MaintenancePass(
      on: database.connection, now: now, ladder: [LadderStep.all[0]], retentionDays: nil,
      sliceTime: .zero, clock: Clock.monotonic)
    while try pass.slice() {}

    let limit = Granularity.minute.bucket(of: now - 3600)
    let stored = try database.rows()
    var ours: [Key: Double] = [:]
    for row in stored where row.granularity == .minute {
      let label = row.metric == .state ? row.labels ?? Self.labels[1] : row.labels
      let key = Key(bucket: row.timestamp, wan: row.wan, metric: row.metric, label: label)
      #expect(ours.updateValue(row.value, forKey: key) == nil, "twice: \(key), seed \(seed)")
    }
    let wanted = minutes(rows, before: limit)
    #expect(Set(ours.keys) == Set(wanted.keys), "seed \(seed)")
    for (key, value) in wanted {
      let our = ours[key] ?? .nan
      #expect(abs(our - value) <= 1e-12 * max(1, abs(value)) * 10, "\(key), seed \(seed)")
    }
    // Everything else is as it was.
    let kept = rows.filter { $0.timestamp >= limit || $0.labels?.contains("reason") == true }
    #expect(stored.filter { $0.granularity == .raw }.count == kept.count, "seed \(seed)")
  }

  @Test(arguments: 0..<6)
  func wherePassesAreKilledMakesNoDifference(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(100 + seed))
    let end: Int64 = 1_780_000_000
    let rows = rows(&random, until: end)
    let now = end + Int64.random(in: 3600...20 * 86_400, using: &random)
    let whole = try ScratchDatabase()
    try whole.store(rows)
    try whole.maintain(now: now, retentionDays: 10)
    let pieces = try ScratchDatabase()
    try pieces.store(rows)
    for _ in 0..<20 {
      let pass = MaintenancePass(
        on: pieces.connection, now: now, retentionDays: nil, sliceTime: .zero)
      for _ in 0..<Int.random(in: 0...100, using: &random) { guard try pass.slice() else { break } }
    }
    try pieces.maintain(now: now, retentionDays: 10, sliceTime: .zero)
    #expect(try pieces.rows() == whole.rows(), "seed \(seed)")
    #expect(try pieces.isSound())
  }

  /// At no moment, and however the passes fall, is a time without a row that had one.
  @Test func tiersAreContinuous() throws {
    let database = try ScratchDatabase()
    let start: Int64 = 1_780_000_020
    let days: Int64 = 9
    try database.store(
      stride(from: start, to: start + days * 86_400, by: 30).map {
        MetricRow(timestamp: $0, wan: "w", metric: .rtt, value: Double($0 % 100))
      })
    for now in stride(from: start + 3600, through: start + days * 86_400, by: 7919 * 6) {
      try database.maintain(now: now)
      var covered = start
      for row in try database.rows().sorted(by: { $0.timestamp < $1.timestamp }) {
        if row.timestamp > covered + 30 { Issue.record("a gap before \(row) at \(now)") }
        covered = max(covered, row.timestamp + row.granularity.seconds)
      }
      #expect(covered >= start + days * 86_400 - 30)
    }
    #expect(Set(try database.rows().map(\.granularity)) == Set(Granularity.allCases))
  }
}
