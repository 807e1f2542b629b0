import Daemon
import Glibc
import History
import Model
import Platform
import TestSupport

extension Benchmark {
  /// What history costs the control thread, the storage thread, and the disk.
  static let history = Benchmark(
    name: "history", goal: "handing a cycle over in 1 µs, without a malloc"
  ) {
    let folder = try TemporaryFolder()
    let wan = try Identifier("wan1")
    let entries = try decisions(count: 4000).map { HistoryEntry.cycle(wan: wan, $0) }
    let queue = DropOldestQueue<HistoryEntry>(capacity: 8192)
    let push = Cost.measure(operations: entries.count) {
      for entry in entries { queue.push(entry) }
      let count = queue.take()
      queue.dropTaken(count)
      return count
    }

    let path = folder.file("store.db")
    let database = try SQLiteConnection(path: path, access: .create)
    try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    let store = try Cost.measure(operations: entries.count) {
      // Ten seconds at 20 cycles a second.
      for begin in stride(from: 0, to: entries.count, by: 200) {
        try database.transaction { () throws(SQLiteError) in
          for entry in entries[begin..<begin + 200] {
            try entry.forEachRow { (row) throws(SQLiteError) in try insertion.insert(row) }
          }
        }
      }
      return database.changes
    }
    try database.truncateLog()
    let rows = try database.integer("SELECT count(*) FROM metrics") ?? 1
    let perRow = Double(bytes(path)) / Double(max(rows, 1))

    let now: Int64 = 1_795_200_000
    var longest = Milliseconds.zero
    // One WAN, ten minutes of rows to sum up in each repetition.
    let maintained = 600 * 20 * 6
    var repetition: Int64 = 0
    let synthetic = SyntheticHistory(.raw2h, now: now, wans: ["wan1"])
    let template = folder.file("raw.db")
    try synthetic.write(to: template)
    let maintenance = try Cost.measure(repeats: 3, operations: maintained) {
      // Each repetition goes ten minutes on in the same database.
      let connection = try SQLiteConnection(path: template, access: .readWrite)
      try connection.execute("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF")
      repetition += 1
      let pass = MaintenancePass(
        on: connection, now: now - 3600 + repetition * 600, retentionDays: nil)
      while try pass.slice() {}
      longest = max(longest, pass.result.longestSlice)
      return pass.result.aggregatedRows
    }
    return [
      Row(operation: "hand a cycle over", cost: push),
      Row(operation: "store a cycle, \(fixed(perRow, digits: 1)) B a row", cost: store),
      Row(
        operation: "sum a row up, slices to \(fixed(longest.rawValue, digits: 1)) ms",
        cost: maintenance),
    ]
  }

  private static func decisions(count: Int) throws -> [Decision] {
    var engine = LoopEngine(try LoopSettings.bench())
    let rtts = benchRTTs(count: count)
    return rtts.enumerated().map { index, rtt in
      engine.step(
        Milliseconds(rtt), at: UnixTime(seconds: 1_795_200_000 + Double(index) * 0.05)
      ).decision
    }
  }

  private static func bytes(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
