import Glibc
import History
import Model
import Platform

/// Writes and maintains a history without end, in a time of its own that runs fast, until it is
/// killed: `history-workload PATH`. It goes on where the database ends.
///
/// There is a row every ten seconds, and its value follows from its time: whoever looks at the
/// database afterwards knows what must be there. See `HistoryKillTests`.
@main
struct HistoryWorkload {
  static let interval: Int64 = 10
  static let start: Int64 = 1_780_000_200

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 2 else {
      print("usage: history-workload PATH")
      exit(2)
    }
    let path = arguments[1]
    let database = try SQLiteConnection(path: path, access: .create)
    try database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 50")
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    var time =
      try database.integer("SELECT max(timestamp) FROM metrics WHERE granularity = 'raw'")
      .flatMap { $0 == 0 ? nil : $0 + interval } ?? start
    while true {
      for _ in 0..<8 {
        try database.transaction { () throws(SQLiteError) in
          for _ in 0..<60 {
            try insertion.insert(
              MetricRow(
                timestamp: time, wan: "wan1", metric: .rtt,
                value: Double(time / interval % 997)))
            time += interval
          }
        }
      }
      guard let lock = try MaintenanceLock(database: path) else { exit(3) }
      let pass = MaintenancePass(
        on: database, now: time, retentionDays: 365, sliceTime: Milliseconds(1))
      while try pass.slice() {}
      withExtendedLifetime(lock) {}
    }
  }
}
