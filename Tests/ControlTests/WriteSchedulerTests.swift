import Control
import Model
import Testing

@Suite struct WriteSchedulerTests {
  static let second = Milliseconds(1000)

  /// Two WANs: queues 0 and 1 of the first, 2 and 3 of the second, all at 100M.
  static func scheduler() -> WriteScheduler {
    var scheduler = WriteScheduler(wans: [0, 0, 1, 1], increaseInterval: second)
    for queue in 0..<4 {
      scheduler.observe(queue: queue, limit: mega(100))
      // What was found wants no haste any more once it was written by us.
      scheduler.submit(queue: queue, target: mega(99), decidedAt: time(0))
      write(&scheduler, at: 0)
      scheduler.submit(queue: queue, target: mega(100), decidedAt: time(0))
      write(&scheduler, at: 0)
    }
    #expect(scheduler.isSettled)
    return scheduler
  }

  static func mega(_ rate: Int64) -> BitsPerSecond { BitsPerSecond(rate * 1_000_000) }
  static func time(_ milliseconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: 0) + Milliseconds(milliseconds)
  }

  /// Writes what comes next, however long it takes to come, and confirms it at `at`.
  @discardableResult
  static func write(_ scheduler: inout WriteScheduler, at: Double) -> WriteScheduler.Write? {
    guard case .write(let write) = scheduler.next(at: time(at), isLeaving: true) else {
      return nil
    }
    scheduler.confirm(write, at: time(at))
    return write
  }

  @Test func nothingIsWrittenThatTheRouterHas() {
    var scheduler = Self.scheduler()
    for queue in 0..<4 {
      scheduler.submit(queue: queue, target: Self.mega(100), decidedAt: Self.time(1))
    }
    #expect(scheduler.next(at: Self.time(5000)) == .nothing)
  }

  @Test func theNewestTargetIsTheOnlyOne() throws {
    var scheduler = Self.scheduler()
    for rate in stride(from: Int64(99), through: 50, by: -1) {
      scheduler.submit(
        queue: 0, target: Self.mega(rate), decidedAt: Self.time(Double(100 - rate) * 50))
    }
    let write = try #require(Self.write(&scheduler, at: 5000))
    #expect(write.target == Self.mega(50))
    #expect(write.decidedAt == Self.time(2500))
    #expect(scheduler.next(at: Self.time(5000)) == .nothing)
  }

  @Test func theDeepestRelativeDecreaseGoesFirst() {
    var scheduler = Self.scheduler()
    scheduler.submit(queue: 0, target: Self.mega(120), decidedAt: Self.time(2000))
    scheduler.submit(queue: 1, target: Self.mega(80), decidedAt: Self.time(2000))
    scheduler.submit(queue: 2, target: Self.mega(30), decidedAt: Self.time(2000))
    scheduler.submit(queue: 3, target: Self.mega(60), decidedAt: Self.time(2000))
    var order: [Int] = []
    while case .write(let write) = scheduler.next(at: Self.time(2000)) {
      order.append(write.queue)
      scheduler.confirm(write, at: Self.time(2000))
    }
    #expect(order == [2, 3, 1, 0])
  }

  @Test func increasesOfAWANTakeTurnsOncePerInterval() {
    var scheduler = Self.scheduler()
    var writes: [(at: Double, queue: Int)] = []
    for tick in 0..<200 {
      let now = 1000 + Double(tick) * 50
      for queue in 0..<3 {
        scheduler.submit(
          queue: queue, target: Self.mega(101 + Int64(tick)), decidedAt: Self.time(now))
      }
      while case .write(let write) = scheduler.next(at: Self.time(now)) {
        #expect(write.urgency == .increase)
        writes.append((now, write.queue))
        scheduler.confirm(write, at: Self.time(now))
      }
    }
    #expect(writes.filter { $0.queue == 0 }.count == 5)
    #expect(writes.filter { $0.queue == 1 }.count == 5)
    #expect(writes.filter { $0.queue == 2 }.count == 10)
  }

  @Test func anIncreaseTellsWhenItsTimeComes() {
    var scheduler = Self.scheduler()
    scheduler.submit(queue: 0, target: Self.mega(110), decidedAt: Self.time(100))
    #expect(scheduler.next(at: Self.time(100)) == .wait(until: Self.time(1000)))
    guard case .write = scheduler.next(at: Self.time(1000)) else {
      Issue.record("the increase does not come")
      return
    }
  }

  @Test func aDecreaseDoesNotWaitForAnIncreaseOfItsWAN() throws {
    var scheduler = Self.scheduler()
    scheduler.submit(queue: 0, target: Self.mega(110), decidedAt: Self.time(1000))
    _ = Self.write(&scheduler, at: 1000)
    scheduler.submit(queue: 0, target: Self.mega(70), decidedAt: Self.time(1050))
    let write = try #require(Self.write(&scheduler, at: 1050))
    #expect(write.urgency == .decrease)
    #expect(write.current == Self.mega(110))
  }

  @Test func aLimitThatWasFoundIsMendedAtOnce() throws {
    var scheduler = Self.scheduler()
    scheduler.submit(queue: 0, target: Self.mega(110), decidedAt: Self.time(1000))
    _ = Self.write(&scheduler, at: 1000)
    #expect(scheduler.observe(queue: 1, limit: Self.mega(40)) == Self.mega(100))
    let write = try #require(Self.write(&scheduler, at: 1001))
    #expect(write.queue == 1 && write.urgency == .decrease && write.target == Self.mega(100))
  }

  @Test func whatIsInDoubtIsReadFirst() {
    var scheduler = Self.scheduler()
    #expect(scheduler.readDue(at: Self.time(0)) == nil)
    scheduler.forget(queue: 1)
    scheduler.submit(queue: 1, target: Self.mega(10), decidedAt: Self.time(0))
    #expect(scheduler.next(at: Self.time(0)) == .nothing)
    #expect(scheduler.readDue(at: Self.time(5)) == Self.time(5))
    #expect(!scheduler.isSettled)
    scheduler.hold(queue: 1, until: Self.time(3000))
    #expect(scheduler.readDue(at: Self.time(5)) == Self.time(3000))
  }

  @Test func aHeldQueueWaitsAndTheOthersDoNot() {
    var scheduler = Self.scheduler()
    scheduler.hold(queue: 0, until: Self.time(4000))
    scheduler.submit(queue: 0, target: Self.mega(10), decidedAt: Self.time(2000))
    #expect(scheduler.next(at: Self.time(2000)) == .wait(until: Self.time(4000)))
    scheduler.submit(queue: 1, target: Self.mega(90), decidedAt: Self.time(2000))
    guard case .write(let write) = scheduler.next(at: Self.time(2000)) else {
      Issue.record("nothing is written")
      return
    }
    #expect(write.queue == 1)
  }

  @Test func unlimitedIsAboveEveryRate() throws {
    var scheduler = Self.scheduler()
    scheduler.submit(queue: 0, target: .zero, decidedAt: Self.time(1000))
    var write = try #require(Self.write(&scheduler, at: 1000))
    #expect(write.urgency == .decrease || write.target == .zero)
    scheduler.submit(queue: 0, target: Self.mega(99), decidedAt: Self.time(1001))
    scheduler.submit(queue: 1, target: Self.mega(10), decidedAt: Self.time(1001))
    write = try #require(Self.write(&scheduler, at: 1001))
    #expect(write.queue == 0, "from unlimited to anything is the deepest decrease")
  }

  @Test func aQueueThatIsAddedIsOneMore() throws {
    var scheduler = Self.scheduler()
    let queue = scheduler.addQueue(wan: 7)
    #expect(queue == 4)
    #expect(scheduler.readDue(at: Self.time(0)) != nil)
    scheduler.observe(queue: queue, limit: Self.mega(5))
    scheduler.submit(queue: queue, target: Self.mega(6), decidedAt: Self.time(0))
    #expect(try #require(Self.write(&scheduler, at: 0)).queue == queue)
    #expect(scheduler.target(of: queue) == scheduler.confirmed(of: queue))
  }
}
