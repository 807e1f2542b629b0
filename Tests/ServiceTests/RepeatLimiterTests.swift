import Model
import Service
import TestSupport
import Testing

@Suite struct RepeatLimiterTests {
  func at(_ seconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: 0) + Milliseconds(seconds: seconds)
  }

  @Test func passesTheBurstThenCounts() {
    var limiter = RepeatLimiter(burst: 2, interval: Milliseconds(seconds: 60))
    #expect(limiter.admit("a", at: at(0)) == .print(repeats: 0))
    #expect(limiter.admit("a", at: at(1)) == .print(repeats: 0))
    for second in 2..<60 {
      #expect(limiter.admit("a", at: at(Double(second))) == .suppress)
    }
    #expect(limiter.admit("b", at: at(59)) == .print(repeats: 0))
    #expect(limiter.admit("a", at: at(60)) == .print(repeats: 58))
    #expect(limiter.admit("a", at: at(61)) == .print(repeats: 0))
    #expect(limiter.admit("a", at: at(62)) == .suppress)
  }

  @Test func tellsWhatIsLeftAtTheEnd() {
    var limiter = RepeatLimiter(burst: 1)
    for _ in 0..<3 { _ = limiter.admit("b", at: at(0)) }
    for _ in 0..<2 { _ = limiter.admit("a", at: at(0)) }
    _ = limiter.admit("c", at: at(0))
    let left = limiter.drain()
    #expect(left.map(\.message) == ["a", "b"])
    #expect(left.map(\.repeats) == [1, 2])
    #expect(limiter.drain().isEmpty)
    #expect(limiter.admit("b", at: at(0)) == .print(repeats: 0))
  }

  @Test func forgetsTheOldestWithoutACount() {
    var limiter = RepeatLimiter(burst: 1, capacity: 2)
    _ = limiter.admit("counted", at: at(0))
    _ = limiter.admit("counted", at: at(0))
    _ = limiter.admit("plain", at: at(1))
    _ = limiter.admit("newer", at: at(2))
    #expect(limiter.admit("counted", at: at(3)) == .suppress)
    #expect(limiter.admit("plain", at: at(3)) == .print(repeats: 0))
  }

  /// However the messages come, each is printed or counted: none is lost.
  @Test func losesNothing() {
    for seed in 0..<20 as Range<UInt64> { countMessages(seed: seed) }
  }

  private func countMessages(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var limiter = RepeatLimiter(burst: Int.random(in: 1...4, using: &random))
    var offered = 0
    var accounted = 0
    var now = 0.0
    for _ in 0..<500 {
      now += Double.random(in: 0...5, using: &random)
      offered += 1
      let message = String(Int.random(in: 0..<10, using: &random))
      if case .print(let repeats) = limiter.admit(message, at: at(now)) { accounted += 1 + repeats }
    }
    accounted += limiter.drain().reduce(0) { $0 + $1.repeats }
    #expect(accounted == offered, "seed \(seed)")
  }
}
