import Model
import TestSupport
import Testing

@testable import Daemon

@Suite struct RecentCountTests {
  private func time(_ seconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: seconds * 1_000_000_000)
  }

  @Test func whatIsOldFallsOut() {
    var count = RecentCount()
    for second in 0..<10 { count.add(at: time(Int64(second))) }
    #expect(count.lastHour == 10 && count.lastDay == 10)
    count.advance(to: time(3599))
    #expect(count.lastHour == 10)
    count.advance(to: time(3600))
    #expect(count.lastHour == 0 && count.lastDay == 10)
    count.advance(to: time(86_400))
    #expect(count.lastDay == 0)
    count.advance(to: time(10))
    count.add(at: time(1_000_000_000))
    #expect(count.lastHour == 1 && count.lastDay == 1)
  }

  @Test func countsThoseOfTheLastWholeMinutes() {
    for seed in 1...50 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var count = RecentCount()
      var times: [Int64] = []
      var now: Int64 = 1000
      for _ in 0..<200 {
        now += Int64.random(in: 0...400, using: &random)
        times.append(now)
        count.add(at: time(now))
        let hour = times.filter { now / 60 - $0 / 60 < 60 }.count
        let day = times.filter { now / 3600 - $0 / 3600 < 24 }.count
        #expect(count.lastHour == hour && count.lastDay == day, "seed \(seed)")
      }
    }
  }
}

@Suite struct SampleTimesTests {
  @Test func theNewestDecisionsAreRemembered() {
    var times = SampleTimes()
    for number in 0..<1000 as Range<Int64> {
      times.note(
        decidedAt: MonotonicTime(nanoseconds: number * 10),
        answeredAt: MonotonicTime(nanoseconds: number * 10 - 3))
    }
    let newest = times.answer(ofDecisionAt: MonotonicTime(nanoseconds: 9990))
    #expect(newest == MonotonicTime(nanoseconds: 9987))
    #expect(times.answer(ofDecisionAt: MonotonicTime(nanoseconds: 7450)) != nil)
    #expect(times.answer(ofDecisionAt: MonotonicTime(nanoseconds: 10)) == nil)
    #expect(times.answer(ofDecisionAt: MonotonicTime(nanoseconds: 9991)) == nil)
  }
}
