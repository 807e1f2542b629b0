/// Stores rows by one compiled statement.
public struct MetricInsertion {
  private let statement: SQLiteStatement

  public init(on connection: SQLiteConnection) throws(SQLiteError) {
    statement = try connection.prepare(
      """
      INSERT INTO metrics (timestamp, wan_name, metric_name, value, labels, granularity) \
      VALUES (?, ?, ?, ?, ?, ?)
      """)
  }

  /// Stores `row`. A value that is not a number is refused as `constraint`.
  public func insert(_ row: MetricRow) throws(SQLiteError) {
    try insert(
      timestamp: row.timestamp, wan: row.wan, metric: row.metric.rawValue, value: row.value,
      labels: row.labels, granularity: row.granularity)
  }

  func insert(
    timestamp: Int64, wan: String, metric: String, value: Double, labels: String?,
    granularity: Granularity
  ) throws(SQLiteError) {
    try statement.bind(timestamp, at: 1)
    try statement.bind(wan, at: 2)
    try statement.bind(metric, at: 3)
    try statement.bind(value, at: 4)
    try statement.bind(labels, at: 5)
    try statement.bind(granularity.rawValue, at: 6)
    try statement.run()
  }
}
