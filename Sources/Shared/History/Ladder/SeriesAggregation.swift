import Model

/// Sums up one bucket of one series, apart for each label. The rows that went into it are removed;
/// events stay.
struct SeriesAggregation {
  /// Older times are those of no clock; such rows wait for the end of the retention.
  static let earliest: Int64 = -62_135_596_800

  private let connection: SQLiteConnection
  private let step: LadderStep
  private let next: SQLiteStatement
  private let samples: SQLiteStatement
  private let existing: SQLiteStatement
  private let removal: SQLiteStatement
  private let removalBesideEvents: SQLiteStatement
  private let insertion: MetricInsertion

  init(_ step: LadderStep, on connection: SQLiteConnection) throws(SQLiteError) {
    self.connection = connection
    self.step = step
    // The plus keeps SQLite from the index over granularity: that over the series has few rows to
    // pass by, and a removal that goes along it need not look for its entries there.
    let rows = """
      FROM metrics WHERE wan_name = ?1 AND metric_name = ?2 AND timestamp >= ?3 AND timestamp < ?4 \
      AND +granularity = '\(step.from.rawValue)'
      """
    let isSample = "AND NOT \(MetricsSchema.isEvent)"
    next = try connection.prepare("SELECT timestamp \(rows) \(isSample) ORDER BY timestamp LIMIT 1")
    samples = try connection.prepare("SELECT value, labels \(rows)")
    existing = try connection.prepare(
      """
      SELECT 1 FROM metrics WHERE wan_name = ?1 AND metric_name = ?2 AND timestamp = ?3 \
      AND +granularity = '\(step.to.rawValue)' AND (labels IS ?4 OR (metric_name = 'wanctl_state' \
      AND coalesce(labels, '\(Self.download)') = coalesce(?4, '\(Self.download)'))) LIMIT 1
      """)
    removal = try connection.prepare("DELETE \(rows)")
    removalBesideEvents = try connection.prepare("DELETE \(rows) \(isSample)")
    insertion = try MetricInsertion(on: connection)
  }

  private static let download = #"{"direction": "download"}"#

  /// The time of the first sample of a series in `[start, end)` that waits for its aggregation.
  func firstSample(
    of series: SeriesName, from start: Int64, to end: Int64
  ) throws(SQLiteError) -> Int64? {
    try bind(next, series, from: start, to: end)
    defer { next.reset() }
    return try next.step() ? next.integer(0) : nil
  }

  /// Replaces the samples of a bucket by their aggregates, within the caller's transaction. Where
  /// there is an aggregate already, of a pass that was killed or of a clock that was set back, it
  /// stands.
  ///
  /// - Returns: how many aggregates were made, and how many rows were removed.
  func aggregate(
    _ series: SeriesName, bucket: Int64
  ) throws(SQLiteError) -> (made: Int, removed: Int) {
    let end = bucket &+ step.to.seconds
    var collected = BucketSamples(of: series.metric)
    try bind(samples, series, from: bucket, to: end)
    defer { samples.reset() }
    while try samples.step() {
      let value = samples.real(0)
      samples.withText(1) { collected.add(value, label: $0) }
    }
    samples.reset()
    var made = 0
    for aggregate in collected.aggregates {
      if try exists(aggregate, series, at: bucket) { continue }
      try insertion.insert(
        timestamp: bucket, wan: series.wan, metric: series.metric.rawValue, value: aggregate.value,
        labels: aggregate.labels, granularity: step.to)
      made += 1
    }
    let removal = collected.hasEvents ? removalBesideEvents : removal
    try bind(removal, series, from: bucket, to: end)
    try removal.run()
    return (made, connection.changes)
  }

  private func exists(
    _ aggregate: BucketSamples.Aggregate, _ series: SeriesName, at bucket: Int64
  ) throws(SQLiteError) -> Bool {
    try existing.bind(series.wan, at: 1)
    try existing.bind(series.metric.rawValue, at: 2)
    try existing.bind(bucket, at: 3)
    try existing.bind(aggregate.labels, at: 4)
    defer { existing.reset() }
    return try existing.step()
  }

  private func bind(
    _ statement: SQLiteStatement, _ series: SeriesName, from start: Int64, to end: Int64
  ) throws(SQLiteError) {
    try statement.bind(series.wan, at: 1)
    try statement.bind(series.metric.rawValue, at: 2)
    try statement.bind(start, at: 3)
    try statement.bind(end, at: 4)
  }
}
