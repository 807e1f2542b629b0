/// An event as it is stored: a change of state, of steering, or the configuration at a start.
public struct StoredEvent: Sendable, Equatable {
  /// Unix seconds.
  public var time: Int64
  public var series: HistorySeries
  public var value: Double

  public init(time: Int64, series: HistorySeries, value: Double) {
    self.time = time
    self.series = series
    self.value = value
  }
}

extension HistoryReader {
  /// Hands out the events of a range, oldest first, those of a second in the order of writing.
  /// Nothing is held, however many there are: hardly two have the same labels.
  ///
  /// - Parameter body: returns false to stop.
  public func forEachEvent(
    in range: HistoryRange, _ filter: HistoryFilter, _ body: (StoredEvent) -> Bool
  ) throws(SQLiteError) {
    let query = RowQuery(
      "timestamp, wan_name, metric_name, labels, value", .raw, in: range, filter,
      table: hasTable, tail: "AND \(MetricsSchema.isEvent) ORDER BY timestamp, id")
    guard let statement = try query.prepare(on: connection) else { return }
    while try statement.step() {
      let series = HistorySeries(
        wan: statement.text(1) ?? "", metric: statement.text(2) ?? "", labels: statement.text(3))
      let event = StoredEvent(
        time: statement.integer(0), series: series, value: statement.real(4))
      if !body(event) { return }
    }
  }

  /// Hands out the stored rows of one tier that are no events, newest first.
  ///
  /// - Parameter body: returns false to stop.
  public func forEachSample(
    of tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter,
    _ body: (HistoryRow) -> Bool
  ) throws(SQLiteError) {
    let query = RowQuery(
      "timestamp, wan_name, metric_name, labels, value", tier, in: range, filter,
      table: hasTable,
      tail: "AND NOT \(MetricsSchema.isEvent) ORDER BY timestamp DESC, id DESC")
    guard let statement = try query.prepare(on: connection) else { return }
    while try statement.step() {
      let row = HistoryRow(
        timestamp: statement.integer(0),
        series: series.number(of: statement, wan: 1, metric: 2, labels: 3),
        value: statement.real(4), granularity: tier)
      if !body(row) { return }
    }
  }
}

extension HistoryReader {
  /// Hands out the events of one metric of a WAN, newest first. It goes by the index of that metric,
  /// so that a rare one is found at once, however long ago it was.
  ///
  /// - Parameter body: returns false to stop.
  public func forEachEvent(
    of metric: MetricName, wan: String, newestFirstIn range: HistoryRange,
    _ body: (StoredEvent) -> Bool
  ) throws(SQLiteError) {
    guard hasTable, range.start <= range.end else { return }
    // The plus keeps SQLite from the index of the tier.
    let statement = try connection.prepare(
      """
      SELECT timestamp, labels, value FROM metrics \
      WHERE wan_name = ? AND metric_name = ? AND timestamp >= ? AND timestamp <= ? \
      AND +granularity = 'raw' AND \(MetricsSchema.isEvent) ORDER BY timestamp DESC, id DESC
      """)
    try statement.bind(wan, at: 1)
    try statement.bind(metric.rawValue, at: 2)
    try statement.bind(range.start, at: 3)
    try statement.bind(range.end, at: 4)
    while try statement.step() {
      let series = HistorySeries(wan: wan, metric: metric.rawValue, labels: statement.text(1))
      let event = StoredEvent(
        time: statement.integer(0), series: series, value: statement.real(2))
      if !body(event) { return }
    }
  }
}
