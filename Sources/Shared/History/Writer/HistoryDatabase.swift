import Glibc
import Model
import Platform

/// The open database of a writer: made, opened, checked and replaced as needed. For one thread.
///
/// Nothing here is trusted to stay: the file may be removed, damaged or given to somebody else while
/// it is open.
final class HistoryDatabase {
  let path: String
  private(set) var connection: SQLiteConnection?
  private var insertion: MetricInsertion?

  /// How long a write waits for another writer. The storage thread tries again anyway, and between
  /// two attempts it can be stopped.
  private static let patience = Milliseconds(500)
  /// The `-wal` is copied into the database when it has so many pages, if it was not before.
  private static let logPages = 8192
  /// It is cut to this after that: to about what it has at most.
  private static let logBytes = logPages * 4096 + (1 << 20)

  init(path: String) {
    self.path = path
  }

  /// Opens the database where it is not open, or not the file at the path any more.
  func open() throws(HistoryFailure) -> SQLiteConnection {
    if let connection, !connection.hasMoved { return connection }
    close()
    do throws(SystemError) { try Self.makeFolder(of: path) } catch { throw .system(error) }
    do throws(SQLiteError) {
      let connection = try SQLiteConnection(
        path: path, access: .create, busyTimeout: Self.patience)
      try connection.execute(
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
        PRAGMA journal_size_limit = \(Self.logBytes); PRAGMA secure_delete = OFF
        """)
      connection.takeOverCheckpoints()
      try MetricsSchema.create(on: connection)
      insertion = try MetricInsertion(on: connection)
      self.connection = connection
      return connection
    } catch {
      throw .database(error)
    }
  }

  func close() {
    insertion = nil
    connection = nil
  }

  /// Stores entries in one transaction: all of them or none.
  ///
  /// - Returns: how many rows were stored, and how many have no value that can be.
  func store(
    _ entries: some Sequence<HistoryEntry>
  ) throws(HistoryFailure) -> (stored: Int, refused: Int) {
    let connection = try open()
    guard let insertion else { return (0, 0) }
    var stored = 0
    var refused = 0
    do throws(SQLiteError) {
      try connection.transaction(.immediate) { () throws(SQLiteError) in
        for entry in entries {
          try entry.forEachRow { (row) throws(SQLiteError) in
            if row.value.isNaN {
              refused += 1
            } else {
              try insertion.insert(row)
              stored += 1
            }
          }
        }
      }
    } catch {
      // A disk that failed may leave the connection in any state; a lock does not.
      if error.kind != .locked { close() }
      throw .database(error)
    }
    return (stored, refused)
  }

  /// Keeps the `-wal` from growing without end.
  func limitLog() throws(HistoryFailure) {
    guard let connection, connection.logPages >= Self.logPages else { return }
    do throws(SQLiteError) { try connection.checkpoint(.copy) } catch { throw .database(error) }
  }

  /// Renames a damaged database, with what belongs to it, so that a new one can begin.
  ///
  /// - Parameter seconds: Unix time, a part of the new name.
  /// - Returns: the new name; nil when the file is sound after all, when another process takes care
  ///   of it now, or when it is none of ours by its name.
  func setAside(at seconds: Int64) throws(HistoryFailure) -> String? {
    close()
    do throws(SystemError) {
      guard let lock = try MaintenanceLock(database: path) else { return nil }
      defer { withExtendedLifetime(lock) {} }
      guard Self.isDamaged(path) else { return nil }
      var name = "\(path).corrupt-\(seconds)"
      var number = 1
      while access(name, F_OK) == 0 {
        number += 1
        name = "\(path).corrupt-\(seconds)-\(number)"
      }
      try systemCall("rename \(path)") { rename(path, name) }
      // The log belongs to it: with it somebody may still save rows. That there is none is fine.
      _ = rename(path + "-wal", name + "-wal")
      unlink(path + "-shm")
      return name
    } catch {
      throw .system(error)
    }
  }

  /// Whether SQLite cannot read the file. What is no database at all counts only if it is named as
  /// one: a wrong path in a configuration must not rename somebody's file.
  private static func isDamaged(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    do {
      let connection = try SQLiteConnection(path: path, access: .readWrite, busyTimeout: patience)
      return try connection.text("PRAGMA quick_check(1)") != "ok"
    } catch {
      return error.kind == .corrupt && path.hasSuffix(".db")
    }
  }

  private static func makeFolder(of path: String) throws(SystemError) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let folder = String(path[..<slash])
    if access(folder, F_OK) == 0 { return }
    try makeFolder(of: folder)
    do throws(SystemError) {
      try systemCall("mkdir \(folder)") { mkdir(folder, 0o755) }
    } catch {
      if error.code != EEXIST { throw error }
    }
  }
}
