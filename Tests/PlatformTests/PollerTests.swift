import Glibc
import Model
import Platform
import Synchronization
import Testing

@Suite struct PollerTests {
  @Test func readyDescriptorsAreTold() throws {
    let pipes = try (0..<3).map { _ in try Pipe() }
    let poller = try Poller()
    for (index, pipe) in pipes.enumerated() {
      try poller.add(pipe.reader, token: UInt64(index + 10))
    }
    #expect(try poller.wait(upTo: .zero) == 0)
    try pipes[1].write("x")
    #expect(try poller.wait(upTo: nil) == 1)
    #expect(poller[0].token == 11)
    #expect(poller[0].isReadable && !poller[0].isWritable && !poller[0].hasError)

    try poller.add(pipes[0].writer, token: 20, interest: .write)
    #expect(try poller.wait(upTo: nil) == 2)
    #expect((0..<2).contains { poller[$0].token == 20 && poller[$0].isWritable })
    try poller.remove(pipes[0].writer)
    try poller.modify(pipes[1].reader, token: 12, interest: [])
    #expect(try poller.wait(upTo: .zero) == 0)
    try poller.modify(pipes[1].reader, token: 12, interest: .read)
    #expect(try poller.wait(upTo: nil) == 1)
    #expect(poller[0].token == 12)
  }

  @Test func aClosedOtherSideIsReadableAndAnError() throws {
    var ends: [CInt] = [0, 0]
    try systemCall("pipe") { pipe(&ends) }
    let reader = FileDescriptor(owning: ends[0])
    let poller = try Poller(capacity: 1)
    try poller.add(reader.rawValue, token: 1)
    close(ends[1])
    #expect(try poller.wait(upTo: nil) == 1)
    #expect(poller[0].isReadable && poller[0].hasError)
  }

  @Test func mistakesAreErrors() throws {
    let poller = try Poller()
    let pipe = try Pipe()
    try poller.add(pipe.reader, token: 1)
    #expect(throws: SystemError("epoll_ctl", code: EEXIST)) {
      try poller.add(pipe.reader, token: 2)
    }
    #expect(throws: SystemError("epoll_ctl", code: ENOENT)) { try poller.remove(pipe.writer) }
  }

  @Test func aDescriptorMayBeWatchedAlready() throws {
    let poller = try Poller()
    let wakeUp = try WakeUp()
    for _ in 0..<2 { try poller.addIfNew(wakeUp.rawValue, token: 7) }
    wakeUp.notify()
    #expect(try poller.wait(upTo: .zero) == 1)
    #expect(poller[0].token == 7)
    #expect(throws: SystemError.self) { try poller.addIfNew(-1, token: 7) }
  }

  @Test func theTimeUpEndsAWait() throws {
    let poller = try Poller()
    let start = Clock.monotonic()
    #expect(try poller.wait(upTo: Milliseconds(5.5)) == 0)
    #expect(Clock.monotonic() - start >= Milliseconds(5.5))
    #expect(try poller.wait(upTo: Milliseconds(-3)) == 0)
  }

  @Test func anotherThreadWakesTheWaiter() throws {
    let wakeUp = try WakeUp()
    let poller = try Poller()
    try poller.add(wakeUp.rawValue, token: 5)
    let thread = try Thread(name: "notifier") {
      wakeUp.notify()
      wakeUp.notify()
    }
    #expect(try poller.wait(upTo: nil) == 1)
    thread.join()
    wakeUp.drain()
    #expect(try poller.wait(upTo: .zero) == 0)
    wakeUp.drain()

    wakeUp.notify()
    wakeUp.wait(upTo: nil)
    let start = Clock.monotonic()
    wakeUp.wait(upTo: Milliseconds(5))
    #expect(Clock.monotonic() - start >= Milliseconds(5))
  }
}

@Suite struct TimerTests {
  @Test func aTickerKeepsItsTimes() throws {
    let first = Clock.monotonic() + Milliseconds(2)
    var ticker = try Ticker(every: Milliseconds(3), from: first)
    #expect(try ticker.read() == 0)
    let poller = try Poller()
    try poller.add(ticker.rawValue, token: 1)
    var ticks = 0
    while ticks < 5 {
      _ = try poller.wait(upTo: nil)
      let now = Clock.monotonic()
      ticks += try ticker.read()
      #expect(ticker.lastExpiration == first + Milliseconds(3 * Double(ticks - 1)))
      #expect(ticker.lastExpiration <= now)
    }
  }

  @Test func missedTicksAreCounted() throws {
    // A start 10 intervals ago: the kernel counts all of them at once.
    let first = MonotonicTime(nanoseconds: Clock.monotonic().rawValue - 10_000_000_000)
    var ticker = try Ticker(every: Milliseconds(1000), from: first)
    #expect(try ticker.read() >= 10)
  }

  @Test func anAlarmGoesOffOnceAtItsTime() throws {
    let alarm = try Alarm()
    let poller = try Poller()
    try poller.add(alarm.rawValue, token: 1)
    #expect(try poller.wait(upTo: .zero) == 0)
    let deadline = Clock.monotonic() + Milliseconds(3)
    try alarm.set(deadline)
    #expect(try poller.wait(upTo: nil) == 1)
    #expect(Clock.monotonic() >= deadline)
    try alarm.set(nil)
    #expect(try poller.wait(upTo: .zero) == 0)
    try alarm.set(MonotonicTime(nanoseconds: -5))
    #expect(try poller.wait(upTo: nil) == 1)
    try alarm.set(Clock.monotonic() + Milliseconds(3_600_000))
    #expect(try poller.wait(upTo: .zero) == 0)
  }
}

@Suite struct ThreadTests {
  @Test func aThreadHasItsNameAndIsWaitedFor() throws {
    let name = Mutex("")
    let thread = try Thread(name: "a-name-that-is-too-long") {
      let text = try? FileText.read("/proc/thread-self/comm", limit: 100)
      name.withLock { $0 = text ?? "" }
    }
    thread.join()
    #expect(name.withLock { $0 } == "a-name-that-is-\n")
  }

  @Test func signalsAreRead() throws {
    // On a thread of its own, whose mask nobody else needs.
    let read = Mutex<[CInt?]>([])
    let thread = try Thread(name: "signals") {
      guard let signals = try? SignalSource([SIGUSR2, SIGWINCH]), let poller = try? Poller() else {
        return
      }
      try? poller.add(signals.rawValue, token: 1)
      func next() -> CInt? { (try? signals.read()) ?? nil }
      let before = next()
      pthread_kill(pthread_self(), SIGUSR2)
      _ = try? poller.wait(upTo: nil)
      let first = next()
      let after = next()
      read.withLock { $0 = [before, first, after] }
      signals.restoreDefaults()
    }
    thread.join()
    #expect(read.withLock { $0 } == [nil, SIGUSR2, nil])
  }
}
