import Model
import Platform

/// A whole pass over a database, for a tool: the daemons do it in slices beside their rows.
public enum Maintenance {
  /// Maintains the database at `path`, which must exist.
  ///
  /// - Parameters:
  ///   - now: Unix seconds.
  ///   - retentionDays: rows older than this are removed; nil = none.
  /// - Returns: nil when another process maintains it now.
  public static func run(
    database path: String, now: Int64, retentionDays: Int?
  ) throws(HistoryFailure) -> MaintenancePass.Result? {
    let connection: SQLiteConnection
    do throws(SQLiteError) {
      connection = try SQLiteConnection(
        path: path, access: .readWrite, busyTimeout: Milliseconds(30_000))
      try connection.execute("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF")
      guard try MetricsSchema.exists(on: connection) else { return MaintenancePass.Result() }
      try MetricsSchema.create(on: connection)
    } catch {
      throw .database(error)
    }
    let lock: MaintenanceLock?
    do throws(SystemError) { lock = try MaintenanceLock(database: path) } catch {
      throw .system(error)
    }
    guard let lock else { return nil }
    defer { withExtendedLifetime(lock) {} }
    do throws(SQLiteError) {
      let pass = MaintenancePass(on: connection, now: now, retentionDays: retentionDays)
      connection.takeOverCheckpoints()
      while try pass.slice() {
        if connection.logPages >= 4096 { try connection.checkpoint(.copy) }
        // Others get at the database between two slices.
        Clock.sleep(Milliseconds(5))
      }
      try connection.checkpoint(.truncate)
      return pass.result
    } catch {
      throw .database(error)
    }
  }
}
