import CSQLite

/// A compiled statement. It may be run again and again: `bind`, `step` until false, `reset`.
///
/// Values are bound at places from 1 on, columns are read at places from 0 on, as in SQLite.
public final class SQLiteStatement {
  /// What a column of the current row holds.
  public enum ColumnType: Sendable, Equatable {
    case integer
    case real
    case text
    case blob
    case null
  }

  private let connection: SQLiteConnection
  private let handle: OpaquePointer

  init(_ connection: SQLiteConnection, _ sql: String) throws(SQLiteError) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else {
      throw connection.failure("prepare \(SQLiteConnection.head(of: sql))", code: code)
    }
    self.connection = connection
    self.handle = handle
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: - Running

  /// Goes to the next row, the first after `reset`; false when there is none.
  public func step() throws(SQLiteError) -> Bool {
    let code = sqlite3_step(handle)
    switch code & 0xFF {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let error = connection.failure(name, code: code)
      // A statement that is left where it failed would keep its transaction open.
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Ends the run; what was bound stays.
  public func reset() {
    // Reports the error of the last step, which was thrown already.
    sqlite3_reset(handle)
  }

  /// Runs a statement that gives no rows, with what is bound.
  public func run() throws(SQLiteError) {
    defer { reset() }
    while try step() {}
  }

  // MARK: - Values

  public func bind(_ value: Int64, at place: Int) throws(SQLiteError) {
    try check(sqlite3_bind_int64(handle, CInt(truncatingIfNeeded: place), value))
  }

  public func bind(_ value: Double, at place: Int) throws(SQLiteError) {
    try check(sqlite3_bind_double(handle, CInt(truncatingIfNeeded: place), value))
  }

  /// nil becomes NULL.
  public func bind(_ value: String?, at place: Int) throws(SQLiteError) {
    let place = CInt(truncatingIfNeeded: place)
    guard let value else { return try check(sqlite3_bind_null(handle, place)) }
    guard let length = CInt(exactly: value.utf8.count) else { return try check(SQLITE_TOOBIG) }
    try check(wanctl_sqlite_bind_text(handle, place, value, length))
  }

  // MARK: - The current row

  public var columnCount: Int { Int(sqlite3_column_count(handle)) }

  public func type(_ column: Int) -> ColumnType {
    switch sqlite3_column_type(handle, CInt(truncatingIfNeeded: column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  /// 0 for NULL; text and reals are converted as SQLite does.
  public func integer(_ column: Int) -> Int64 {
    sqlite3_column_int64(handle, CInt(truncatingIfNeeded: column))
  }

  /// 0 for NULL; text and integers are converted as SQLite does.
  public func real(_ column: Int) -> Double {
    sqlite3_column_double(handle, CInt(truncatingIfNeeded: column))
  }

  /// nil for NULL; bytes that are no UTF-8 become U+FFFD.
  public func text(_ column: Int) -> String? {
    withText(column) { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// Hands out the UTF-8 bytes of a column, nil for NULL, without a copy.
  ///
  /// - Parameter body: must not keep the bytes, nor step, nor read the column as another type.
  public func withText<Result>(
    _ column: Int, _ body: (UnsafeBufferPointer<UInt8>?) -> Result
  ) -> Result {
    let column = CInt(truncatingIfNeeded: column)
    guard let bytes = sqlite3_column_text(handle, column) else { return body(nil) }
    // After column_text, as SQLite asks: it may have converted the value.
    let count = Int(sqlite3_column_bytes(handle, column))
    return body(UnsafeBufferPointer(start: bytes, count: count))
  }

  private func check(_ code: CInt) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw connection.failure("bind", code: code) }
  }

  private var name: String {
    sqlite3_sql(handle).map { SQLiteConnection.head(of: String(cString: $0)) } ?? "step"
  }
}
