extension HistoryReader {
  /// When the first sample of a range was stored, in whichever tier; nil without any.
  public func firstSampleTime(
    in range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> Int64? {
    var first: Int64?
    for tier in Granularity.allCases {
      let query = RowQuery(
        "timestamp", tier, in: range, filter, table: hasTable,
        tail: "AND NOT \(MetricsSchema.isEvent) ORDER BY timestamp LIMIT 1")
      guard let statement = try query.prepare(on: connection), try statement.step() else {
        continue
      }
      first = min(first ?? .max, statement.integer(0))
    }
    return first
  }

  /// How many buckets of a tier a range has rows in.
  public func bucketCount(
    of tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> Int {
    let query = RowQuery("count(DISTINCT timestamp)", tier, in: range, filter, table: hasTable)
    guard let statement = try query.prepare(on: connection), try statement.step() else { return 0 }
    return Int(clamping: statement.integer(0))
  }
}
