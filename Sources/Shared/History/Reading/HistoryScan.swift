extension HistoryReader {
  /// Hands out the stored rows of one tier in the order that costs least: for sums and counts.
  func forEachRowInAnyOrder(
    of tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter,
    _ body: (HistoryRow) -> Void
  ) throws(SQLiteError) {
    func take(_ query: RowQuery) throws(SQLiteError) {
      guard let statement = try query.prepare(on: connection) else { return }
      while try statement.step() {
        let row = HistoryRow(
          timestamp: statement.integer(0),
          series: series.number(of: statement, wan: 1, metric: 2, labels: 3),
          value: statement.real(4), granularity: tier)
        body(row)
      }
    }
    guard tier == .raw, let few = try fewSeries(filter) else {
      return try take(
        RowQuery(
          RowQuery.columns, tier, in: range, filter, table: hasTable, tail: "ORDER BY timestamp, id"
        ))
    }
    for name in few {
      try take(
        RowQuery(
          RowQuery.columns, tier, in: range,
          HistoryFilter(metrics: [name.metric.rawValue], wan: name.wan), table: hasTable,
          tail: "ORDER BY timestamp, id"))
    }
  }

  /// The series that a filter lets through, where they are so few that going along each of them takes
  /// less than passing by all rows of the tier. nil where they are not.
  private func fewSeries(_ filter: HistoryFilter) throws(SQLiteError) -> [SeriesName]? {
    guard hasTable, filter.metrics != nil || filter.wan != nil else { return nil }
    let all = try SeriesName.all(on: connection)
    guard all.isComplete else { return nil }
    let wanted = all.names.filter { name in
      // A WAN without a name cannot be asked for alone.
      !name.wan.isEmpty && (filter.wan ?? name.wan) == name.wan
        && filter.metrics?.contains(name.metric.rawValue) ?? true
    }
    return wanted.count * 3 <= all.names.count ? wanted : nil
  }
}
