/// A row as a reader shows it.
public struct HistoryRow: Sendable, Equatable {
  /// Unix seconds; of an average the start of its bucket.
  public var timestamp: Int64
  /// A number in the reader's table of series.
  public var series: Int
  public var value: Double
  public var granularity: Granularity
}

/// Reads the rows of a range from whichever tiers hold them.
///
/// A range is shown in the tier that fits its length. Where that tier lacks a bucket the next finer
/// ones are averaged into it; where nothing as fine is left, rows of coarser tiers stand in. Raw rows
/// are streamed and never held; of the other tiers a range has some thousands.
///
/// All reads of one reader see the same moment of the database, whatever is written meanwhile.
public final class HistoryReader {
  let connection: SQLiteConnection
  public internal(set) var series = SeriesTable()

  /// - Throws: when the file cannot be opened; a database without our table is just empty.
  public init(_ connection: SQLiteConnection) throws(SQLiteError) {
    self.connection = connection
    hasTable = try MetricsSchema.exists(on: connection)
    try connection.execute("BEGIN")
  }

  deinit { try? connection.execute("COMMIT") }

  let hasTable: Bool

  /// Hands out the rows of a range, newest first.
  ///
  /// - Parameters:
  ///   - skipping: how many of the first rows to leave out.
  ///   - body: returns false to stop.
  public func forEachRow(
    in range: HistoryRange, _ filter: HistoryFilter, skipping: Int = 0,
    _ body: (HistoryRow) -> Bool
  ) throws(SQLiteError) {
    let tier = range.granularity
    guard tier == .raw else {
      let rows = try rows(of: tier, in: range, filter)
      for row in rows.dropFirst(skipping) where !body(row) { return }
      return
    }
    let older = try coarserRows(than: .raw, in: range, filter)
    guard !older.isEmpty else {
      return try forEachStoredRow(.raw, in: range, filter, skipping: skipping, body)
    }
    try forEachMerged(older, in: range, filter, skipping: skipping, body)
  }

  /// Raw rows, and rows of coarser tiers where their time is.
  private func forEachMerged(
    _ older: [HistoryRow], in range: HistoryRange, _ filter: HistoryFilter, skipping: Int,
    _ handOut: (HistoryRow) -> Bool
  ) throws(SQLiteError) {
    var skipped = 0
    func body(_ row: HistoryRow) -> Bool {
      guard skipped == skipping else {
        skipped += 1
        return true
      }
      return handOut(row)
    }
    var next = 0
    var goesOn = true
    try forEachStoredRow(.raw, in: range, filter) { row in
      while next < older.count, older[next].timestamp > row.timestamp {
        goesOn = body(older[next])
        next += 1
        if !goesOn { return false }
      }
      goesOn = body(row)
      return goesOn
    }
    while goesOn, next < older.count {
      goesOn = body(older[next])
      next += 1
    }
  }

  /// How many rows `forEachRow` has.
  public func count(in range: HistoryRange, _ filter: HistoryFilter) throws(SQLiteError) -> Int {
    guard range.granularity == .raw else {
      return try rows(of: range.granularity, in: range, filter).count
    }
    var count = try coarserRows(than: .raw, in: range, filter).count
    let query = RowQuery("count(*)", .raw, in: range, filter, table: hasTable)
    if let statement = try query.prepare(on: connection), try statement.step() {
      count += Int(statement.integer(0))
    }
    return count
  }

  /// The names of all metrics, or of all WANs, in order.
  public func names(of column: NameColumn) throws(SQLiteError) -> [String] {
    guard hasTable else { return [] }
    let all = try SeriesName.all(on: connection)
    if all.isComplete {
      return Set(all.names.map { column == .wan ? $0.wan : $0.metric.rawValue }).sorted()
    }
    let statement = try connection.prepare(
      "SELECT DISTINCT \(column.rawValue) FROM metrics ORDER BY 1")
    var names: [String] = []
    while try statement.step() { if let name = statement.text(0) { names.append(name) } }
    return names
  }

  public enum NameColumn: String, Sendable {
    case metric = "metric_name"
    case wan = "wan_name"
  }

  // MARK: - Tiers

  /// All rows of a tier other than raw, newest first: those stored, those made of finer tiers, and
  /// where the tier does not reach back those of coarser ones.
  private func rows(
    of tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> [HistoryRow] {
    let filled = try filledRows(of: tier, in: range, filter)
    let older = try coarserRows(than: tier, in: range, filter)
    return older.isEmpty ? filled : (filled + older).sorted(by: isShownBefore)
  }

  /// Stored rows of a tier and those made of finer ones, newest first.
  func filledRows(
    of tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> [HistoryRow] {
    var rows: [HistoryRow] = []
    try forEachStoredRow(tier, in: range, filter) { row in
      rows.append(row)
      return true
    }
    guard let finer = tier.finer else { return rows }
    var averages = BucketAverages(tier, stored: rows, in: series)
    // Buckets that begin inside the range; the last one is whole all the same.
    let first = tier.bucket(of: range.start &+ tier.seconds &- 1)
    let last = tier.bucket(of: range.end &- 1)
    guard first <= last else { return rows }
    let whole = HistoryRange(start: first, end: last &+ tier.seconds &- 1)
    if finer == .raw {
      try forEachRowInAnyOrder(of: .raw, in: whole, filter) { averages.add($0, in: series) }
    } else {
      for row in try filledRows(of: finer, in: whole, filter).reversed() {
        averages.add(row, in: series)
      }
    }
    let made = averages.rows
    return made.isEmpty ? rows : (rows + made).sorted(by: isShownBefore)
  }

  /// The rows of coarser tiers that reach further back than `tier` does.
  private func coarserRows(
    than tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> [HistoryRow] {
    var rows: [HistoryRow] = []
    var first = try firstTime(of: tier, in: range, filter) ?? range.end &+ 1
    var tier = tier
    while let coarser = tier.coarser {
      // A bucket that ends before the first finer row begins.
      let older = HistoryRange(
        start: range.start, end: min(range.end, first &- coarser.seconds))
      try forEachStoredRow(coarser, in: older, filter) { row in
        rows.append(row)
        return true
      }
      first = min(first, rows.last?.timestamp ?? first)
      tier = coarser
    }
    return rows
  }

  /// The finest tier, from that of the range on, to which no coarser one has anything to add.
  func coveringTier(
    of range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> Granularity {
    var tier = range.granularity
    while let coarser = tier.coarser {
      if try coarserRows(than: tier, in: range, filter).isEmpty { return tier }
      tier = coarser
    }
    return tier
  }

  /// The time of the first row of a tier in the range, one made of finer rows included.
  private func firstTime(
    of tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> Int64? {
    var first = try storedTime(of: tier, in: range, filter)
    var finer = tier.finer
    while let source = finer {
      let begin = tier.bucket(of: range.start &+ tier.seconds &- 1)
      let part = HistoryRange(start: begin, end: range.end &- 1)
      if let time = try storedTime(of: source, in: part, filter).map(tier.bucket(of:)) {
        first = min(first ?? time, time)
      }
      finer = source.finer
    }
    return first
  }

  /// The time of a tier's first stored sample in the range.
  private func storedTime(
    of tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> Int64? {
    let query = RowQuery(
      "timestamp", tier, in: range, filter, table: hasTable,
      tail: "AND NOT \(MetricsSchema.isEvent) ORDER BY timestamp LIMIT 1")
    guard let statement = try query.prepare(on: connection), try statement.step() else {
      return nil
    }
    return statement.integer(0)
  }

  /// Stored rows of one tier, newest first, those of the same second in the order of writing
  /// backwards.
  public func forEachStoredRow(
    _ tier: Granularity, in range: HistoryRange, _ filter: HistoryFilter, skipping: Int = 0,
    _ body: (HistoryRow) -> Bool
  ) throws(SQLiteError) {
    let query = RowQuery(
      RowQuery.columns, tier, in: range, filter, table: hasTable,
      tail: "ORDER BY timestamp DESC, id DESC"
        + (skipping > 0 ? " LIMIT -1 OFFSET \(skipping)" : ""))
    guard let statement = try query.prepare(on: connection) else { return }
    while try statement.step() {
      let row = HistoryRow(
        timestamp: statement.integer(0),
        series: series.number(of: statement, wan: 1, metric: 2, labels: 3),
        value: statement.real(4), granularity: tier)
      if !body(row) { return }
    }
  }

  private func isShownBefore(_ one: HistoryRow, _ other: HistoryRow) -> Bool {
    if one.timestamp != other.timestamp { return one.timestamp > other.timestamp }
    let (first, second) = (series[one.series], series[other.series])
    if first.metric != second.metric { return first.metric > second.metric }
    return first.wan > second.wan
  }
}
