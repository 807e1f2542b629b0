import Model

/// Sums up one bucket of one series: the mean of a metric, the most frequent value of a state, apart
/// for each label. The rows that went into it are removed; events stay.
///
/// The mean is SQLite's `avg`. Of equally frequent states the greatest wins, the worst.
struct SeriesAggregation {
  /// Older times are those of no clock; such rows wait for the end of the retention.
  static let earliest: Int64 = -62_135_596_800

  private let connection: SQLiteConnection
  private let step: LadderStep
  private let next: SQLiteStatement
  private let means: SQLiteStatement
  private let states: SQLiteStatement
  private let existing: SQLiteStatement
  private let removal: SQLiteStatement
  private let insertion: MetricInsertion

  private struct Aggregate {
    var labels: String?
    var value: Double
  }

  init(_ step: LadderStep, on connection: SQLiteConnection) throws(SQLiteError) {
    self.connection = connection
    self.step = step
    // The plus keeps SQLite from the index over granularity: that over the series has few rows to
    // pass by, the other one those of all series.
    let rows = """
      FROM metrics WHERE wan_name = ?1 AND metric_name = ?2 AND timestamp >= ?3 AND timestamp < ?4 \
      AND +granularity = '\(step.from.rawValue)' AND NOT \(MetricsSchema.isEvent)
      """
    next = try connection.prepare("SELECT timestamp \(rows) ORDER BY timestamp LIMIT 1")
    // Infinite values of both signs have no mean: then that of the finite ones, or one of them.
    means = try connection.prepare(
      """
      SELECT labels, coalesce(avg(value), avg(CASE WHEN abs(value) < 9e999 THEN value END), \
      max(value)) \(rows) GROUP BY labels
      """)
    // Rows without a label are those of former aggregates of the original: they join download.
    states = try connection.prepare(
      """
      SELECT CASE WHEN metric_name = 'wanctl_state' THEN coalesce(labels, '\(Self.download)') \
      ELSE labels END AS label, max(labels), value, count(*) \(rows) \
      GROUP BY label, value ORDER BY label, count(*) DESC, value DESC
      """)
    existing = try connection.prepare(
      """
      SELECT 1 FROM metrics WHERE wan_name = ?1 AND metric_name = ?2 AND timestamp = ?3 \
      AND +granularity = '\(step.to.rawValue)' AND (labels IS ?4 OR (metric_name = 'wanctl_state' \
      AND coalesce(labels, '\(Self.download)') = coalesce(?4, '\(Self.download)'))) LIMIT 1
      """)
    removal = try connection.prepare("DELETE \(rows)")
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
    var made = 0
    for aggregate in try aggregates(of: series, from: bucket, to: end) {
      if try exists(aggregate, series, at: bucket) { continue }
      try insertion.insert(
        timestamp: bucket, wan: series.wan, metric: series.metric.rawValue, value: aggregate.value,
        labels: aggregate.labels, granularity: step.to)
      made += 1
    }
    try bind(removal, series, from: bucket, to: end)
    try removal.run()
    return (made, connection.changes)
  }

  private func aggregates(
    of series: SeriesName, from start: Int64, to end: Int64
  ) throws(SQLiteError) -> [Aggregate] {
    var aggregates: [Aggregate] = []
    if series.metric.isState {
      try bind(states, series, from: start, to: end)
      defer { states.reset() }
      var last: String??
      while try states.step() {
        let label = states.text(0)
        if last != .some(label) {
          aggregates.append(Aggregate(labels: states.text(1), value: states.real(2)))
          last = .some(label)
        } else if let text = states.text(1), !aggregates.isEmpty {
          // A less frequent value of the same series may be the one that has the label.
          aggregates[aggregates.count - 1].labels = text
        }
      }
    } else {
      try bind(means, series, from: start, to: end)
      defer { means.reset() }
      while try means.step() {
        aggregates.append(Aggregate(labels: means.text(0), value: means.real(1)))
      }
    }
    return aggregates
  }

  private func exists(
    _ aggregate: Aggregate, _ series: SeriesName, at bucket: Int64
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
