import History
import TestSupport
import Testing

@testable import HistoryViews

@Suite struct AxisTests {
  /// Chicago, whose clocks went back on 2026-11-01 at 07:00 UTC and ahead on 2026-03-08 at 08:00.
  static let chicago = ClockZone { time in
    time >= 1_772_956_800 && time < 1_793_516_400 ? -18_000 : -21_600
  }

  @Test func ticksAreAtRoundMoments() {
    let axis = SlotAxis(HistoryRange(start: 1_795_200_000, end: 1_795_221_599), slots: 100)
    let ticks = TimeTicks.ticks(axis, count: 8, .utc)
    #expect(
      ticks.map(\.text)
        == ["18:40", "19:00", "20:00", "21:00", "22:00", "23:00", "Sat 21"]
        .suffix(ticks.count)
        || ticks.map(\.text) == [
          "19:00", "20:00", "21:00", "22:00", "23:00", "Sat 21",
        ])
  }

  /// A day of 25 hours has midnights where the local clock shows them.
  @Test func ticksFollowTheClock() {
    let start = LocalTime.start(ofDay: 20_757, Self.chicago)
    #expect(LocalTime(start, Self.chicago).momentText == "Sat 31 Oct 00:00")
    let axis = SlotAxis(HistoryRange(start: start, end: start + 3 * 86_400 + 3599), slots: 100)
    let days = TimeTicks.ticks(axis, count: 4, Self.chicago)
    #expect(days.map(\.text) == ["Sat 31", "Sun 1", "Mon 2"])
    #expect(days.map { $0.time - start } == [0, 86_400, 86_400 + 90_000])
    let hours = TimeTicks.ticks(axis, count: 13, Self.chicago)
    #expect(hours.allSatisfy { LocalTime($0.time, Self.chicago).hour % 6 == 0 })
    #expect(hours.filter(\.isDay).count == 3)
  }

  /// However long a range, there are some ticks and not many.
  @Test func everyRangeHasTicks() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let exponent = Double.random(in: 1...11.4, using: &random)
      let start = Int64.random(in: -60_000_000_000...4_000_000_000, using: &random)
      let length = Int64(pow10(exponent))
      let axis = SlotAxis(HistoryRange(start: start, end: start + length), slots: 100)
      let ticks = TimeTicks.ticks(axis, count: 10, Self.chicago)
      #expect((2...16).contains(ticks.count), "seed \(seed): \(start) \(length)")
      #expect(ticks.allSatisfy { $0.time >= axis.start && $0.time < axis.end }, "seed \(seed)")
      #expect(ticks.map(\.time) == ticks.map(\.time).sorted(), "seed \(seed)")
    }
  }

  private func pow10(_ exponent: Double) -> Double {
    var value = 1.0
    var rest = exponent
    while rest >= 1 {
      value *= 10
      rest -= 1
    }
    return value * (1 + rest * 9)
  }

  @Test(
    arguments: [
      (0.0...97.3, 5, ["0", "20", "40", "60", "80", "100"]),
      (0.0...1.0, 4, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
      (0.0...0.0, 3, ["0.0000000"]), (-12.0...30.0, 4, ["-20", "0", "20", "40"]),
      (0.0...500.0, 3, ["0", "200", "400", "600"]),
    ] as [(ClosedRange<Double>, Int, [String])])
  func scalesAreRound(range: ClosedRange<Double>, steps: Int, texts: [String]) {
    let scale = ValueScale(range, steps: steps)
    #expect(scale.low <= range.lowerBound && scale.high >= range.upperBound)
    if range.upperBound > range.lowerBound { #expect(scale.ticks.map(scale.text) == texts) }
  }

  @Test(
    arguments: [1e-300...1e-299, 0...1e308, -1e308...1e308, 5...5, 0...1e15]
      as [ClosedRange<Double>])
  func absurdScalesEnd(range: ClosedRange<Double>) {
    let scale = ValueScale(range, steps: 4)
    #expect(scale.ticks.count <= 50)
    #expect((0...1).contains(scale.share(of: range.lowerBound)))
    #expect(scale.share(of: .infinity) == 1)
  }
}
