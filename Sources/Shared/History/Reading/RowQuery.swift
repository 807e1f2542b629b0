/// A question to the table of metrics.
struct RowQuery {
  static let columns = "timestamp, wan_name, metric_name, labels, value"

  private let sql: String
  private let range: HistoryRange
  private let tier: Granularity
  private let filter: HistoryFilter
  private let isEmpty: Bool

  /// - Parameters:
  ///   - columns: what to select.
  ///   - table: whether there is one.
  ///   - tail: further conditions and the order.
  init(
    _ columns: String, _ tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter,
    table: Bool, tail: String = ""
  ) {
    self.range = range
    self.tier = tier
    self.filter = filter
    isEmpty = !table || range.start > range.end
    // Of one series alone the plus makes SQLite go along its own index, which has the same order.
    let isSeries = tier == .raw && filter.metrics?.count == 1 && filter.wan != nil
    var conditions = "\(isSeries ? "+" : "")granularity = ? AND timestamp >= ? AND timestamp <= ?"
    if let metrics = filter.metrics {
      // An empty list is in no row; SQLite takes `IN ()`.
      let places = Array(repeating: "?", count: metrics.count).joined(separator: ", ")
      conditions += " AND metric_name IN (\(places))"
    }
    if filter.wan != nil { conditions += " AND wan_name = ?" }
    sql = "SELECT \(columns) FROM metrics WHERE \(conditions) \(tail)"
  }

  /// The statement with its values; nil when nothing can come of it.
  func prepare(on connection: SQLiteConnection) throws(SQLiteError) -> SQLiteStatement? {
    guard !isEmpty else { return nil }
    let statement = try connection.prepare(sql)
    try statement.bind(tier.rawValue, at: 1)
    try statement.bind(range.start, at: 2)
    try statement.bind(range.end, at: 3)
    var place = 4
    for metric in filter.metrics ?? [] {
      try statement.bind(metric, at: place)
      place += 1
    }
    if let wan = filter.wan { try statement.bind(wan, at: place) }
    return statement
  }
}

extension Granularity {
  /// What its buckets are made of.
  var finer: Granularity? {
    switch self {
    case .raw: nil
    case .minute: .raw
    case .fiveMinutes: .minute
    case .hour: .fiveMinutes
    }
  }

  /// What is made of its buckets.
  var coarser: Granularity? {
    switch self {
    case .raw: .minute
    case .minute: .fiveMinutes
    case .fiveMinutes: .hour
    case .hour: nil
    }
  }
}
