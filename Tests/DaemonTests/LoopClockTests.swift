import Model
import Testing

@testable import Daemon

@Suite struct LoopClockTests {
  private let start = MonotonicTime(nanoseconds: 5_000_000_000)

  @Test func itFollowsTheMonotonicClock() {
    let clock = LoopClock(wall: at(0), monotonic: start)
    #expect(clock.time(at: start + Milliseconds(1234.5)) == at(1234.5))
  }

  @Test func smallDifferencesAreMadeGoodSlowly() {
    var clock = LoopClock(wall: at(0), monotonic: start)
    // The host's clock was slewed 10 ms ahead.
    for tick in 1...400 {
      let elapsed = Milliseconds(Double(tick) * 50)
      #expect(clock.discipline(wall: at(10) + elapsed, monotonic: start + elapsed) == nil)
    }
    let now = Milliseconds(400 * 50)
    #expect(clock.time(at: start + now) == at(10) + now)
  }

  @Test(arguments: [-3_600_000.0, 1500])
  func aStepIsReportedOnce(milliseconds: Double) {
    var clock = LoopClock(wall: at(0), monotonic: start)
    let later = start + Milliseconds(50)
    #expect(
      clock.discipline(wall: at(50 + milliseconds), monotonic: later)
        == Milliseconds(milliseconds))
    #expect(clock.time(at: later) == at(50 + milliseconds))
    #expect(clock.discipline(wall: at(50 + milliseconds), monotonic: later) == nil)
  }
}
