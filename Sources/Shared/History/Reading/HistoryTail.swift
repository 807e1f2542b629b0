import Glibc

/// The rows that are being stored, as they come: each once, in the order of storing. Averages are
/// none of them.
///
/// The database may be removed, replaced or set aside meanwhile: then it goes on with the next one.
/// What the ladder removes does not matter, as no row has the number of another.
public final class HistoryTail {
  /// How many rows are read in one go, so that a reader that is slow keeps no old state of the
  /// database alive.
  private static let portion = 2000

  public let path: String
  public private(set) var series = SeriesTable()
  private let filter: HistoryFilter
  private var connection: SQLiteConnection?
  /// The number of the last row that was handed out.
  private var last: Int64 = 0
  /// Rows up to this number were there before, and are shown by their time.
  private var firstNew: Int64 = 0
  private let start: Int64
  private var version: Int64?

  /// - Parameters:
  ///   - start: rows that are there already are handed out when their time is not before this; nil =
  ///     none is.
  /// - Throws: when there is no database that can be read.
  public init(path: String, _ filter: HistoryFilter, from start: Int64?) throws(SQLiteError) {
    self.path = path
    self.filter = filter
    self.start = start ?? .max
    let connection = try SQLiteConnection(path: path, access: .readOnly)
    self.connection = connection
    guard try MetricsSchema.exists(on: connection) else { return }
    firstNew = try connection.integer("SELECT max(id) FROM metrics") ?? 0
    last = firstNew
    guard let start else { return }
    let first = try connection.prepare(
      "SELECT min(id) FROM metrics WHERE granularity = 'raw' AND timestamp >= ?")
    try first.bind(start, at: 1)
    if try first.step(), first.type(0) == .integer { last = first.integer(0) - 1 }
  }

  /// The names that are stored now, for a table's columns.
  public func names() throws(SQLiteError) -> (metrics: [String], wans: [String]) {
    guard let connection, try MetricsSchema.exists(on: connection) else { return ([], []) }
    let all = try SeriesName.all(on: connection).names
    return (all.map(\.metric.rawValue), all.map(\.wan))
  }

  /// Hands out what was stored since the last time.
  ///
  /// - Parameter body: returns false to stop.
  /// - Throws: when the database cannot be read now; the next call tries again.
  public func read(_ body: (HistoryRow) -> Bool) throws(SQLiteError) {
    do throws(SQLiteError) {
      // What was stored before it was replaced is read first.
      let isReplaced = connection?.hasMoved ?? false
      try readNew(body)
      if isReplaced { connection = nil }
      guard connection == nil, access(path, F_OK) == 0 else { return }
      connection = try SQLiteConnection(path: path, access: .readOnly)
      (last, firstNew, version) = (0, 0, nil)
      try readNew(body)
    } catch {
      if error.kind != .locked { connection = nil }
      throw error
    }
  }

  private func readNew(_ body: (HistoryRow) -> Bool) throws(SQLiteError) {
    guard let connection else { return }
    // Changes with every commit of somebody else.
    let current = try connection.integer("PRAGMA data_version")
    if current == version { return }
    guard try MetricsSchema.exists(on: connection) else { return }
    while true {
      switch try readPortion(connection, body) {
      case .all:
        version = current
        return
      case .more: break
      case .stopped: return
      }
    }
  }

  private enum Progress {
    case all
    case more
    case stopped
  }

  private func readPortion(
    _ connection: SQLiteConnection, _ body: (HistoryRow) -> Bool
  ) throws(SQLiteError) -> Progress {
    let statement = try connection.prepare(
      """
      SELECT id, timestamp, wan_name, metric_name, labels, value, granularity FROM metrics \
      WHERE id > ?1 ORDER BY id LIMIT ?2
      """)
    try statement.bind(last, at: 1)
    try statement.bind(Int64(Self.portion), at: 2)
    var count = 0
    while try statement.step() {
      count += 1
      last = statement.integer(0)
      let time = statement.integer(1)
      guard last > firstNew || time >= start, statement.text(6) == Granularity.raw.rawValue else {
        continue
      }
      let number = series.number(of: statement, wan: 2, metric: 3, labels: 4)
      guard isWanted(series[number]) else { continue }
      let row = HistoryRow(
        timestamp: time, series: number, value: statement.real(5), granularity: .raw)
      if !body(row) { return .stopped }
    }
    return count < Self.portion ? .all : .more
  }

  private func isWanted(_ series: HistorySeries) -> Bool {
    (filter.wan ?? series.wan) == series.wan && filter.metrics?.contains(series.metric) ?? true
  }
}
