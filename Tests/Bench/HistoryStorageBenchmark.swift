import Control
import Daemon
import Glibc
import History
import Model
import Platform
import Synchronization
import TestSupport

extension Benchmark {
  /// What an installation's disk has to bear: bytes, size, and the time for which maintenance keeps
  /// others from writing.
  static let historyStorage = Benchmark(
    name: "history-storage",
    goal: "a day of a WAN at 20 Hz 8 GB written, 120 MB kept; an hour of 12 series summed up in 3 s"
      + " CPU, transactions of 50 ms"
  ) {
    // A line that is congested for three seconds every two minutes; one that changes its state all
    // the time, and has each change committed at once.
    let calm = { (cycle: Int) in cycle % 2400 < 60 ? 60.0 : 24 + Double(cycle % 7) / 10 }
    let restless = { (cycle: Int) in [24.0, 60, 160, 30][cycle / 40 % 4] }
    return [
      Row("written in a day by a WAN", try StoredHours(rtt: calm).figures),
      Row("the same, a change of state every 2 s", try StoredHours(rtt: restless).figures),
      Row("maintain an hour of 12 series", try maintenance()),
    ]
  }

  private static func maintenance() throws -> String {
    let folder = try TemporaryFolder()
    let path = folder.file("raw.db")
    let now: Int64 = 1_795_200_000
    try SyntheticHistory(.raw2h, now: now).write(to: path)
    sync()
    let connection = try SQLiteConnection(path: path, access: .readWrite)
    try connection.execute("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF")
    connection.takeOverCheckpoints()
    let before = Clock.threadCPUNanoseconds()
    let pass = MaintenancePass(on: connection, now: now, retentionDays: 90)
    while try pass.slice() {}
    let cpu = Double(Clock.threadCPUNanoseconds() - before) / 1e9
    let result = pass.result
    return "\(fixed(cpu, digits: 2)) s CPU for \(result.aggregatedRows) rows, transactions to "
      + "\(fixed(result.longestSlice.rawValue, digits: 0)) ms"
  }
}

/// The storage thread's work of two hours of one WAN at 20 Hz, in virtual time: in the first the
/// database grows, the second is as all that follow.
private struct StoredHours {
  var megabytesWritten: Double
  var megabytesKept: Double
  var cpu: Double
  var longest: Milliseconds

  init(rtt: (Int) -> Double) throws {
    let folder = try TemporaryFolder()
    let wan = try Identifier("wan1")
    let queue = DropOldestQueue<HistoryEntry>(capacity: 16_384)
    let longest = Mutex(Milliseconds.zero)
    let keeper = HistoryKeeper(
      HistoryWriter.Options(path: folder.file("metrics.db")), queue: queue
    ) { event in
      guard case .maintained(let result) = event else { return }
      longest.withLock { $0 = max($0, result.longestSlice) }
    }
    var engine = LoopEngine(try LoopSettings.bench())
    let start: Int64 = 1_795_200_000
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var due = now
    let hour = 20 * 3600
    var (written, cpu) = (0, Int64(0))
    var kept = 0
    // The first passes of the second hour still find a ladder without a tail.
    for cycle in 0..<2 * hour + hour / 6 {
      if cycle == hour + hour / 6 {
        (written, cpu) = (Self.bytesWritten(), Clock.threadCPUNanoseconds())
        longest.withLock { $0 = .zero }
      }
      let time = UnixTime(seconds: Double(start) + Double(cycle) / 20)
      let entry = HistoryEntry.cycle(
        wan: wan, engine.step(Milliseconds(rtt(cycle)), at: time).decision)
      queue.push(entry)
      now = now + Milliseconds(50)
      if entry.isUrgent || now >= due {
        due = now + keeper.work(now: now, wall: time, flush: entry.isUrgent, isLast: false)
      }
      if cycle % 1200 == 0 { kept = max(kept, Self.bytes(in: folder)) }
    }
    self.cpu = Double(Clock.threadCPUNanoseconds() - cpu) / 1e9
    megabytesWritten = Double(Self.bytesWritten() - written) / 1e6
    megabytesKept = Double(kept) / 1e6
    self.longest = longest.withLock { $0 }
  }

  var figures: String {
    "\(fixed(megabytesWritten * 24 / 1000, digits: 1)) GB, \(fixed(megabytesKept, digits: 0)) MB "
      + "kept with the log, \(fixed(cpu / 3600 * 100, digits: 2)) % CPU, transactions to "
      + "\(fixed(longest.rawValue, digits: 0)) ms"
  }

  /// What this process gave to the kernel to write. The kernel itself would count a page less often
  /// here than in operation, where it is on the disk before it is written again.
  private static func bytesWritten() -> Int {
    guard let file = fopen("/proc/self/io", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 200)
    while fgets(&line, CInt(line.count), file) != nil {
      let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
      if text.hasPrefix("wchar: ") { return Int(text.dropFirst(7).dropLast()) ?? 0 }
    }
    return 0
  }

  private static func bytes(in folder: TemporaryFolder) -> Int {
    ["metrics.db", "metrics.db-wal"].reduce(0) { sum, name in
      var status = stat()
      return sum + (stat(folder.file(name), &status) == 0 ? Int(status.st_size) : 0)
    }
  }
}
