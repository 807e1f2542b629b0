import Control
import Model
import Router
import Testing

/// What a budget of writes must never do to a congested line.
@Suite struct StarvationTests {
  /// The decisions of a loop at 20 Hz on a line that is congested in the given seconds: rates fall
  /// by 15 % a cycle to their floor, and rise by a step every five cycles after that.
  static func drive(
    _ virtual: VirtualSession, seconds: Double, congested: (Double) -> Bool,
    each: (Double) -> Void = { _ in }
  ) {
    var download = 940e6
    var upload = 38e6
    for cycle in 0..<Int(seconds * 20) {
      let time = Double(cycle) / 20
      virtual.run(until: MonotonicTime(nanoseconds: Int64(time * 1e9)))
      if congested(time) {
        download = max(200e6, download * 0.85)
        upload = max(8e6, upload * 0.9)
      } else if cycle % 5 == 0 {
        download = min(940e6, download + 10e6)
        upload = min(38e6, upload + 1e6)
      }
      virtual.submit(BitsPerSecond(Int64(download)), BitsPerSecond(Int64(upload)))
      each(time)
    }
  }

  /// The original's limiter (10 writes in 60 s) was used up by the first congestion; the router
  /// heard nothing of the second one.
  @Test func theRouterFollowsTheSecondCongestionWithin200Milliseconds() throws {
    let virtual = VirtualSession()
    Self.drive(virtual, seconds: 30) { ($0 >= 1 && $0 < 3) || ($0 >= 10 && $0 < 20) }
    for begin in [1.0, 10.0] {
      let began = MonotonicTime(nanoseconds: Int64(begin * 1e9))
      for queue in [down, up] {
        let first = try #require(
          virtual.confirmations.first {
            $0.queue.name == queue && $0.confirmedAt > began && $0.limit < $0.previous
          })
        #expect(first.confirmedAt - began <= Milliseconds(200))
      }
      // And it goes on following: no decrease is older than that when it is confirmed.
      let during = virtual.confirmations.filter {
        $0.confirmedAt > began && $0.confirmedAt < began + Milliseconds(seconds: 2)
          && $0.limit < $0.previous
      }
      #expect(during.allSatisfy { $0.age <= Milliseconds(200) })
    }
    let floor = virtual.confirmations.filter { $0.queue.name == down }.map(\.limit).min()
    #expect(floor == BitsPerSecond(200_000_000))
  }

  @Test func increasesOfAWANComeOncePerSecond() {
    let virtual = VirtualSession()
    Self.drive(virtual, seconds: 40) { $0 >= 1 && $0 < 3 }
    let increases = virtual.confirmations.filter {
      $0.limit > $0.previous && $0.age < Milliseconds(seconds: 30)
    }
    let rising = increases.filter { $0.confirmedAt > MonotonicTime(nanoseconds: 4_000_000_000) }
    #expect(rising.count >= 10)
    for (before, after) in zip(rising, rising.dropFirst()) {
      #expect(after.confirmedAt - before.confirmedAt >= Milliseconds(999))
    }
    // The end is reached.
    #expect(virtual.router.limits == [down.text: mega(940), up.text: mega(38)])
  }

  /// A line that never comes to rest: the bucket is emptied, and decreases still go out within
  /// about a second, always the newest.
  @Test func anEmptyBucketDelaysADecreaseByASecondAtMost() {
    let virtual = VirtualSession()
    virtual.router.latency = Milliseconds(8)
    var rate = 900.0
    for cycle in 0..<(20 * 120) {
      virtual.run(until: MonotonicTime(nanoseconds: Int64(cycle) * 50_000_000))
      rate -= 0.2
      virtual.submit(mega(rate), mega(rate / 30))
      if cycle > 20 {
        let lag = virtual.router.limits[down.text]!.megabits - rate
        // Two queues share one token a second.
        #expect(lag <= 0.2 * 20 * 2 + 1, "at \(Double(cycle) / 20) s")
      }
    }
    // 120 at once, then one a second.
    #expect(virtual.router.writes.count <= 120 + 120)
    #expect(virtual.router.writes.count > 200)
  }

  /// Each new process finds what the one before has left.
  @Test func aBurstOfRestartsWritesNoMoreThanTheBudget() throws {
    let file = TemporaryFile()
    var writes = 0
    for restart in 0..<40 {
      let virtual = VirtualSession(budgetFile: file.path)
      virtual.router.now = MonotonicTime(nanoseconds: Int64(restart) * 100_000_000)
      for cycle in 0..<10 {
        virtual.submit(mega(700 - Double(cycle) * 10), mega(30 - Double(cycle)))
        virtual.run(for: Milliseconds(10))
      }
      writes += virtual.router.writes.count
    }
    // The burst, and a token for each of the few seconds that all of this took.
    #expect((120...130).contains(writes))
  }
}
