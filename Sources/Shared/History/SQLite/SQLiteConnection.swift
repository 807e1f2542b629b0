import CSQLite
public import Model

/// A connection to a SQLite database, for one thread at a time.
///
/// Nothing more than the library: connection, statements, transactions, errors. It is closed with
/// its last reference; statements keep it alive.
public final class SQLiteConnection {
  /// How a database is opened.
  public enum Access: Sendable, Equatable {
    /// An existing file. Beside a live writer the `-shm` file must be writable or there already.
    case readOnly
    /// An existing file that nobody changes meanwhile: no lock and no side file is needed, and rows
    /// that are only in its `-wal` are not seen. For a file in a folder that cannot be written.
    case immutable
    /// An existing file.
    case readWrite
    /// As `readWrite`; a missing file is made (its folder is not).
    case create
  }

  /// What kind of lock a transaction begins with.
  public enum Transaction: String, Sendable {
    /// None until the first statement; for readers.
    case deferred = "BEGIN"
    /// That of the only writer, at once: nothing in the transaction fails as `locked` later.
    case immediate = "BEGIN IMMEDIATE"
  }

  /// How far a checkpoint goes.
  public enum Checkpoint: Sendable, Equatable {
    /// Copies what it can without waiting for anybody; the `-wal` keeps its size and is written from
    /// its beginning again.
    case copy
    /// Waits for those who read or write as long as the busy timeout says, and cuts the `-wal` to
    /// nothing when they are done.
    case truncate
  }

  public let path: String
  let handle: OpaquePointer
  /// Written by SQLite after each commit.
  private let logFrames: UnsafeMutablePointer<CInt>

  /// Opens `path`.
  ///
  /// - Parameters:
  ///   - path: taken as it is: `%`, `?` and `#` mean nothing.
  ///   - busyTimeout: how long a statement waits for another connection's lock.
  public init(
    path: String, access: Access, busyTimeout: Milliseconds = Milliseconds(5000)
  ) throws(SQLiteError) {
    self.path = path
    // A connection belongs to one thread: SQLite's own mutex would only cost.
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    var name = path
    switch access {
    case .readOnly: flags |= SQLITE_OPEN_READONLY
    case .immutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      name = "file:\(Self.percentEncoded(path))?immutable=1"
    case .readWrite: flags |= SQLITE_OPEN_READWRITE
    case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    }
    // Without the URI flag a path that begins with `file:` could still be one by the library's
    // build; a leading `./` makes it a path for good.
    if access != .immutable, name.hasPrefix("file:") || name.hasPrefix(":") { name = "./" + name }
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(name, &handle, flags, nil)
    guard code == SQLITE_OK, let handle else {
      defer { sqlite3_close_v2(handle) }
      throw Self.failure(path, "open", code: code, handle: handle)
    }
    self.handle = handle
    logFrames = .allocate(capacity: 1)
    logFrames.initialize(to: 0)
    setBusyTimeout(busyTimeout)
  }

  deinit {
    sqlite3_close_v2(handle)
    logFrames.deallocate()
  }

  /// How long a statement waits for another connection's lock before it fails as `locked`.
  public func setBusyTimeout(_ timeout: Milliseconds) {
    let limited = min(max(timeout.rawValue, 0), 3_600_000)
    sqlite3_busy_timeout(handle, limited.isNaN ? 0 : CInt(limited))
  }

  /// Runs one or several statements without values; rows are ignored.
  public func execute(_ sql: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(Self.head(of: sql), code: code) }
  }

  /// Compiles one statement.
  public func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
    try SQLiteStatement(self, sql)
  }

  /// The first column of the first row as an integer; nil without a row.
  public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : nil
  }

  /// The first column of the first row as text; nil without a row, and for NULL.
  public func text(_ sql: String) throws(SQLiteError) -> String? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
  public func transaction<Result>(
    _ kind: Transaction = .immediate, _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    try execute(kind.rawValue)
    do throws(SQLiteError) {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // SQLite has rolled back some errors itself; a rollback that fails changes nothing.
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }

  public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// How many rows the last statement changed.
  public var changes: Int { Int(sqlite3_changes64(handle)) }

  /// Whether the file at the path is not the open one any more: it was removed or replaced.
  public var hasMoved: Bool {
    var moved: CInt = 0
    return sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK
      && moved != 0
  }

  // MARK: - The write-ahead log

  /// Keeps commits from copying the `-wal` into the database, which SQLite does by itself when it has
  /// 1000 pages: from now on the caller does it by `checkpoint`, and sees by `logPages` when.
  public func takeOverCheckpoints() {
    sqlite3_wal_hook(
      handle,
      { context, _, _, frames in
        context?.assumingMemoryBound(to: CInt.self).pointee = frames
        return SQLITE_OK
      }, logFrames)
  }

  /// How many pages the `-wal` had after the last commit of this connection, since
  /// `takeOverCheckpoints`.
  public var logPages: Int { Int(logFrames.pointee) }

  /// Copies the `-wal` into the database as far as others allow. That they do not is no error.
  ///
  /// - Returns: whether all of it was copied.
  @discardableResult
  public func checkpoint(_ kind: Checkpoint) throws(SQLiteError) -> Bool {
    let mode = kind == .copy ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
    var frames: CInt = 0
    var copied: CInt = 0
    let code = sqlite3_wal_checkpoint_v2(handle, "main", mode, &frames, &copied)
    if code & 0xFF == SQLITE_BUSY || code & 0xFF == SQLITE_LOCKED { return false }
    guard code == SQLITE_OK else { throw failure("checkpoint", code: code) }
    guard copied >= frames else { return false }
    logFrames.pointee = 0
    return true
  }

  // MARK: - Errors

  func failure(_ operation: String, code: CInt) -> SQLiteError {
    Self.failure(path, operation, code: code, handle: handle)
  }

  private static func failure(
    _ path: String, _ operation: String, code: CInt, handle: OpaquePointer?
  ) -> SQLiteError {
    let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
    // The handle keeps the last error; a code that differs is not about it.
    let isOfHandle = extended & 0xFF == code & 0xFF
    let words = isOfHandle ? handle.flatMap(sqlite3_errmsg) : sqlite3_errstr(code)
    let primary = code & 0xFF
    let isOfSystem = primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR
    return SQLiteError(
      path: path, operation: operation, extendedCode: isOfHandle ? extended : code,
      systemCode: isOfSystem ? handle.map(sqlite3_system_errno) ?? 0 : 0,
      message: words.map { String(cString: $0) } ?? "unknown error")
  }

  /// The first word of a statement, in the error of one that failed.
  static func head(of sql: String) -> String {
    sql.split(separator: " ", maxSplits: 1).first.map { $0.lowercased() } ?? "execute"
  }

  private static func percentEncoded(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return text
  }
}
