import Model
import TestSupport
import Testing

@testable import Alerts

@Suite struct AlertBookTests {
  /// A book whose clock the test moves.
  struct Run {
    var book: AlertBook
    var seconds = 0.0

    init(cooldown: Double = 300, grouping: Double = 5, tellsRecovery: Bool = true) {
      book = AlertBook(
        AlertSettings(
          url: Secret("http://x/"), cooldown: Milliseconds(seconds: cooldown),
          grouping: Milliseconds(seconds: grouping), tellsRecovery: tellsRecovery))
    }

    var now: MonotonicTime { MonotonicTime(nanoseconds: Int64(seconds * 1e9)) }
    var wall: UnixTime { UnixTime(microseconds: 1_800_000_000_000_000 + Int64(seconds * 1e6)) }

    /// Says every second for `duration` whether the condition holds; returns what was handed out.
    mutating func hold(
      _ holds: Bool, for duration: Double, _ condition: AlertCondition = .wanDown,
      of subject: String = "wan1", after waiting: Double? = 10
    ) -> [AlertNotice] {
      var told: [AlertNotice] = []
      for _ in 0..<Int(duration) {
        book.observe(
          condition, of: subject, holds: holds, after: waiting.map { Milliseconds(seconds: $0) },
          at: now, wall: wall
        ) { "what was seen" }
        told += book.due(at: now)
        seconds += 1
      }
      return told
    }
  }

  @Test func `a trouble is told once, after its waiting time and that of the group`() throws {
    var run = Run()
    #expect(run.hold(true, for: 15).isEmpty)
    let told = run.hold(true, for: 100)
    let notice = try #require(told.first)
    #expect(told.count == 1)
    #expect(notice.status == .raised)
    #expect(notice.title == "wan1: WAN down")
    #expect(notice.text == "what was seen")
    #expect(notice.since == UnixTime(microseconds: 1_800_000_000_000_000))
    #expect(notice.time - notice.since == Milliseconds(seconds: 10))
  }

  @Test func `one that ends before its time is not told`() {
    var run = Run()
    for _ in 0..<20 { #expect(run.hold(true, for: 9).isEmpty && run.hold(false, for: 2).isEmpty) }
    #expect(run.hold(false, for: 60).isEmpty)
  }

  @Test func `its end is told after a quiet time, with how long it took`() throws {
    var run = Run()
    _ = run.hold(true, for: 60)
    #expect(run.hold(false, for: 14).isEmpty)
    let told = run.hold(false, for: 20)
    #expect(told.map(\.status) == [.recovered])
    #expect(told.first?.title == "wan1: WAN up again")
    #expect(told.first?.text.hasPrefix("after 75 s") == true)
    #expect(run.hold(false, for: 600).isEmpty)
  }

  @Test func `one that comes back at once was not over`() {
    var run = Run()
    #expect(run.hold(true, for: 60).count == 1)
    for _ in 0..<30 {
      #expect(run.hold(false, for: 10).isEmpty)
      #expect(run.hold(true, for: 10).isEmpty)
    }
    #expect(run.hold(false, for: 60).map(\.status) == [.recovered])
  }

  @Test func `without recovery only the beginning is told`() {
    var run = Run(tellsRecovery: false)
    #expect(run.hold(true, for: 60).count == 1)
    #expect(run.hold(false, for: 600).isEmpty)
    #expect(run.hold(true, for: 60).count == 1)
  }

  @Test func `within the cooldown the same is kept back and counted`() {
    var run = Run(cooldown: 1000)
    #expect(run.hold(true, for: 30).map(\.status) == [.raised])
    #expect(run.hold(false, for: 30).map(\.status) == [.recovered])
    for _ in 0..<3 {
      #expect(run.hold(true, for: 30).isEmpty)
      // What was not told has no end either.
      #expect(run.hold(false, for: 30).isEmpty)
    }
    _ = run.hold(false, for: 1000)
    let told = run.hold(true, for: 30)
    #expect(told.map(\.repeats) == [3])
    #expect(told.first?.text == "what was seen (3 more since the last message)")
  }

  @Test func `one that outlasts the cooldown is told then`() {
    var run = Run(cooldown: 300)
    #expect(run.hold(true, for: 30).count == 1)
    #expect(run.hold(false, for: 30).count == 1)
    let told = run.hold(true, for: 600)
    #expect(told.map(\.status) == [.raised])
    #expect(told.first?.repeats == 0)
  }

  @Test func `what happens together becomes one group, in order`() {
    var run = Run(grouping: 5)
    for (condition, subject) in [
      (AlertCondition.routerUnreachable, "wan1"), (.wanDown, "wan1"), (.wanDown, "wan2"),
    ] {
      run.book.observe(
        condition, of: subject, holds: true, after: .zero, at: run.now, wall: run.wall
      ) { "" }
      #expect(run.book.due(at: run.now).isEmpty)
      run.seconds += 1
    }
    run.seconds += 2
    #expect(
      run.book.due(at: run.now).map(\.title)
        == ["wan1: router unreachable", "wan1: WAN down", "wan2: WAN down"])
    #expect(run.book.due(at: run.now).isEmpty)
  }

  @Test func `a rule that is off tells nothing`() {
    var run = Run()
    #expect(run.hold(true, for: 1000, after: nil).isEmpty)
  }

  @Test func `too many notices lose the oldest, and say so`() {
    var run = Run()
    for number in 0..<(AlertBook.capacity + 7) {
      run.book.observe(
        .errors, of: "wan\(number)", holds: true, after: .zero, at: run.now, wall: run.wall
      ) { "" }
    }
    run.seconds += 10
    let told = run.book.due(at: run.now)
    #expect(told.count == AlertBook.capacity)
    #expect(told.first?.subject == "wan7")
    #expect(run.book.lostNotices == 7)
  }

  /// Whatever happens: beginnings and ends of a subject alternate, and beginnings keep their
  /// distance.
  @Test(arguments: 0..<20) func `beginnings and ends alternate`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var run = Run(cooldown: 120, grouping: 0)
    var status = AlertNotice.Status.recovered
    var raisedAt = -1e9
    for _ in 0..<400 {
      let before = run.seconds
      for notice in run.hold(
        Bool.random(using: &random), for: Double.random(in: 1...40, using: &random))
      {
        #expect(notice.status != status)
        status = notice.status
        guard notice.status == .raised else { continue }
        #expect(before + 41 - raisedAt >= 120)
        raisedAt = before
      }
    }
  }
}

@Suite struct EventRateTests {
  private func at(_ seconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(seconds * 1e9))
  }

  @Test func `more than the limit within a minute is too much`() {
    var rate = EventRate(limit: 2)
    rate.note(at: at(0))
    rate.note(at: at(30))
    #expect(!rate.isExceeded(at: at(30)))
    rate.note(at: at(59))
    #expect(rate.isExceeded(at: at(59)))
    #expect(!rate.isExceeded(at: at(60)))
    rate.note(at: at(80))
    #expect(rate.isExceeded(at: at(80)))
    #expect(!rate.isExceeded(at: at(91)))
  }

  @Test func `a burst counts whole, and no number does harm`() {
    var rate = EventRate(limit: 60)
    rate.note(1_000_000, at: at(0))
    rate.note(-5, at: at(0))
    #expect(rate.isExceeded(at: at(1)))
    #expect(!rate.isExceeded(at: at(61)))
  }
}
