import Glibc
import Model
import Platform
import Synchronization
import TestSupport
import Testing

@testable import History

/// The storage thread's work in virtual time.
@Suite struct HistoryKeeperTests {
  /// A keeper with the queue before it and what it told.
  final class Desk {
    let folder: TemporaryFolder
    let queue: DropOldestQueue<HistoryEntry>
    let keeper: HistoryKeeper
    let told = Told()
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var wall: Int64 = 1_780_000_000

    final class Told: Sendable {
      private let events = Mutex<[HistoryEvent]>([])
      var all: [HistoryEvent] { events.withLock { $0 } }
      func add(_ event: HistoryEvent) { events.withLock { $0.append(event) } }
    }

    var path: String { folder.file(name) }
    private let name: String

    init(
      name: String = "metrics.db", capacity: Int = 1000, retentionDays: Int = 90,
      folder: TemporaryFolder? = nil
    ) throws {
      self.name = name
      self.folder = try folder ?? TemporaryFolder()
      queue = DropOldestQueue(capacity: capacity)
      keeper = HistoryKeeper(
        HistoryWriter.Options(
          path: self.folder.file(name), retentionDays: retentionDays, capacity: capacity),
        queue: queue
      ) { [told] in told.add($0) }
    }

    func push(_ value: Double, _ metric: MetricName = .rtt) {
      queue.push(.row(MetricRow(timestamp: wall, wan: "wan1", metric: metric, value: value)))
    }

    @discardableResult
    func work(after wait: Milliseconds = .zero, flush: Bool = false, isLast: Bool = false)
      -> Milliseconds
    {
      now = now + wait
      wall += Int64(wait.seconds)
      return keeper.work(
        now: now, wall: UnixTime(seconds: Double(wall)), flush: flush, isLast: isLast)
    }

    /// Works on until nothing is due before `time` from now.
    func work(for time: Milliseconds) {
      let end = now + time
      while now < end {
        let patience = work()
        let next = min(now + max(patience, Milliseconds(1)), end)
        wall += (next.rawValue / 1_000_000_000) - (now.rawValue / 1_000_000_000)
        now = next
      }
      work()
    }

    func values() throws -> [Double] {
      let reader = try SQLiteConnection(path: path, access: .readOnly)
      let query = try reader.prepare("SELECT value FROM metrics ORDER BY id")
      var values: [Double] = []
      while try query.step() { values.append(query.real(0)) }
      return values
    }
  }

  @Test func rowsAreCommittedOncePerInterval() throws {
    let desk = try Desk()
    desk.work()
    desk.push(1)
    desk.work(after: Milliseconds(9000))
    #expect(try desk.values().isEmpty)
    desk.push(2)
    desk.work(after: Milliseconds(1000))
    #expect(try desk.values() == [1, 2])
    #expect(desk.keeper.counters.commits == 1)
    desk.push(3)
    desk.work(flush: true)
    #expect(desk.keeper.counters.rows == 3)
    desk.push(4)
    desk.work(isLast: true)
    // What comes after this look leaves side files: it may not remove them.
    #expect(try desk.folder.names() == ["metrics.db", "metrics.db.lock"], "nothing is left open")
    #expect(try desk.values() == [1, 2, 3, 4])
    #expect(desk.keeper.counters.rows == 4)
    #expect(desk.told.all.isEmpty)
  }

  @Test func aFolderIsMadeAndTheModeIsWAL() throws {
    let desk = try Desk(name: "a/b/metrics.db")
    desk.push(1)
    desk.work()
    #expect(try desk.values() == [1])
    let reader = try SQLiteConnection(path: desk.path, access: .readOnly)
    #expect(try reader.text("PRAGMA journal_mode") == "wal")
  }

  @Test func aLockIsWaitedForAndToldLate() throws {
    let desk = try Desk()
    desk.push(1)
    desk.work()
    let other = try SQLiteConnection(path: desk.path, access: .readWrite)
    try other.execute("BEGIN IMMEDIATE")
    for value in 2...40 {
      desk.push(Double(value))
      desk.work(after: Milliseconds(1000), flush: true)
      if value == 20 { #expect(desk.told.all.isEmpty) }
      if value == 6 { break }
    }
    desk.work(after: Milliseconds(31_000))
    #expect(desk.told.all.count == 1)
    guard case .failed(.database(let error))? = desk.told.all.first else {
      Issue.record("\(desk.told.all)")
      return
    }
    #expect(error.kind == .locked)
    #expect(desk.keeper.counters.isFailing)
    try other.execute("COMMIT")
    desk.work(after: Milliseconds(1000))
    #expect(try desk.values() == [1, 2, 3, 4, 5, 6])
    guard case .recovered? = desk.told.all.last else {
      Issue.record("\(desk.told.all)")
      return
    }
    #expect(!desk.keeper.counters.isFailing)
  }

  @Test func whatCannotBeOpenedIsToldOnceAndTriedAgain() throws {
    let folder = try TemporaryFolder()
    try folder.write("a file where a folder should be", to: "a")
    let desk = try Desk(name: "a/metrics.db", folder: folder)
    for value in 0..<5 {
      desk.push(Double(value))
      desk.work(after: Milliseconds(6000))
    }
    #expect(desk.told.all.count == 1)
    #expect(desk.keeper.counters.failures == 5)
    unlink(folder.file("a"))
    desk.work(after: Milliseconds(6000))
    #expect(try desk.values() == [0, 1, 2, 3, 4])
    #expect(desk.told.all.count == 2)
  }

  @Test func tooManyRowsLoseTheOldest() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "a")
    let desk = try Desk(name: "a/metrics.db", capacity: 10, folder: folder)
    for value in 0..<50 {
      desk.push(Double(value))
      desk.work(after: Milliseconds(6000))
    }
    unlink(folder.file("a"))
    desk.work(after: Milliseconds(6000))
    let values = try desk.values()
    #expect(values.suffix(10) == (40..<50).map { Double($0) }[...])
    #expect(values == values.sorted())
    #expect(values.count + desk.keeper.counters.lostEntries == 50)
    #expect(desk.told.all.filter { if case .lost = $0 { true } else { false } }.count == 2)
  }

  @Test func aDamagedDatabaseIsSetAside() throws {
    let desk = try Desk()
    try desk.folder.write(
      "this was a database, before the disk had its way with it", to: "metrics.db")
    desk.push(1)
    desk.work()
    desk.work()
    #expect(try desk.values() == [1])
    let aside = "metrics.db.corrupt-1780000000"
    #expect(try desk.folder.text(of: aside).hasPrefix("this was a database"))
    #expect(desk.told.all == [.setAside(path: desk.path, as: desk.folder.file(aside))])
  }

  @Test func pagesThatAreDamagedLaterAreFoundToo() throws {
    let desk = try Desk()
    for value in 0..<2000 { desk.push(Double(value)) }
    desk.work(isLast: true)
    // All pages but the first two.
    let file = FileDescriptor(owning: open(desk.path, O_RDWR))
    for page in 2..<20 {
      var noise = [UInt8](repeating: UInt8(truncatingIfNeeded: page * 37), count: 4096)
      #expect(pwrite(file.rawValue, &noise, 4096, 4096 * page) == 4096)
    }
    let second = try Desk(folder: desk.folder)
    second.push(5)
    second.work()
    second.work()
    #expect(try second.values() == [5])
    #expect(second.told.all.count == 1)
  }

  @Test func aFileThatIsNotNamedAsADatabaseIsLeftAlone() throws {
    let desk = try Desk(name: "passwords")
    try desk.folder.write("root:x:0:0:root:/root:/bin/sh and more of that kind", to: "passwords")
    desk.push(1)
    desk.work()
    desk.work(after: Milliseconds(6000))
    #expect(try desk.folder.text(of: "passwords").hasPrefix("root:x"))
    guard case .failed(.database(let error)) = desk.told.all.first else {
      Issue.record("\(desk.told.all)")
      return
    }
    #expect(error.kind == .corrupt)
    #expect(desk.told.all.count == 1)
  }

  @Test func aDatabaseThatWasRemovedIsMadeAgain() throws {
    let desk = try Desk()
    desk.push(1)
    desk.work()
    unlink(desk.path)
    desk.push(2)
    desk.work(after: Milliseconds(10_000))
    #expect(try desk.values() == [2])
    unlink(desk.path)
    unlink(desk.path + "-wal")
    unlink(desk.path + "-shm")
    desk.work(after: Milliseconds(10_000))
    #expect(try desk.values() == [])
    desk.work(isLast: true)
    #expect(desk.told.all.isEmpty)
  }

  @Test func whatIsNoNumberIsLeftOutAndCounted() throws {
    let desk = try Desk()
    desk.push(.nan)
    desk.push(.infinity)
    desk.work()
    #expect(try desk.values() == [.infinity])
    #expect(desk.keeper.counters.refusedRows == 1)
  }

  @Test func aClockThatIsSetBackLosesNothing() throws {
    let desk = try Desk()
    for value in 0..<120 {
      desk.push(Double(value))
      desk.work(after: Milliseconds(1000))
    }
    desk.wall -= 3600
    for value in 120..<240 {
      desk.push(Double(value))
      desk.work(after: Milliseconds(1000))
    }
    desk.work(for: Milliseconds(301_000))
    #expect(try desk.values() == (0..<240).map { Double($0) })
  }

  @Test func theLadderIsMaintainedBesideTheRows() throws {
    let desk = try Desk(retentionDays: 1)
    desk.wall -= 2 * 86_400
    desk.push(100)
    desk.work()
    desk.wall += 86_400 + 3600
    for second in 0..<600 {
      desk.wall += 1
      desk.push(Double(second))
    }
    desk.wall = 1_780_000_000
    desk.work(for: Milliseconds(301_000))
    // A day old: removed. An hour old: one row per minute, or five.
    let values = try desk.values()
    #expect(!values.contains(100))
    #expect(values.count < 20)
    let maintained = desk.told.all.compactMap { event -> MaintenancePass.Result? in
      if case .maintained(let result) = event { result } else { nil }
    }
    #expect(maintained.map(\.expiredRows).reduce(0, +) == 1)
    #expect(maintained.map(\.aggregatedRows).reduce(0, +) >= 600)
    // The log is emptied when the next pass begins: what this one freed is filled again by then.
    func logBytes() -> Int {
      var status = stat()
      return stat(desk.path + "-wal", &status) == 0 ? Int(status.st_size) : 0
    }
    #expect(logBytes() > 0)
    desk.work(for: Milliseconds(300_000))
    #expect(logBytes() == 0)
  }

  @Test func theLogIsBoundedBetweenPasses() throws {
    let desk = try Desk(capacity: 100_000)
    var longest = 0
    for _ in 0..<60 {
      for value in 0..<5000 { desk.push(Double(value)) }
      desk.work(flush: true)
      var status = stat()
      #expect(stat(desk.path + "-wal", &status) == 0)
      longest = max(longest, Int(status.st_size))
    }
    // 300 000 rows have more than that.
    #expect((20 << 20...36 << 20).contains(longest), "\(longest) bytes")
    let database = try SQLiteConnection(path: desk.path, access: .readWrite)
    #expect(try database.integer("SELECT count(*) FROM metrics") == 300_000)
  }

  @Test func anotherProcessThatMaintainsIsNotDisturbed() throws {
    let desk = try Desk(retentionDays: 1)
    let lock = try MaintenanceLock(database: desk.path)
    #expect(lock != nil)
    desk.wall -= 3 * 86_400
    desk.push(1)
    desk.work()
    desk.wall += 3 * 86_400
    desk.work(for: Milliseconds(301_000))
    #expect(try desk.values() == [1])
    #expect(desk.told.all.isEmpty)
    withExtendedLifetime(lock) {}
  }
}
