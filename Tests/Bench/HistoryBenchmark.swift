import Daemon
import Glibc
import History
import Model
import Platform
import TestSupport

extension Benchmark {
  /// What history costs the control thread and the storage thread.
  static let history = Benchmark(
    name: "history", goal: "handing a cycle over in 5 µs, without a malloc"
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
    try database.checkpoint(.truncate)
    let rows = try database.integer("SELECT count(*) FROM metrics") ?? 1
    let perRow = Double(bytes(path)) / Double(max(rows, 1))

    return [
      Row(operation: "hand a cycle over", cost: push),
      Row(operation: "store a cycle, \(fixed(perRow, digits: 1)) B a row", cost: store),
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
