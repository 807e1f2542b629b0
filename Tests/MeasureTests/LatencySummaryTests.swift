import Glibc
import Model
import TestSupport
import Testing

@testable import Measure

@Suite struct LatencySummaryTests {
  private func summary(_ values: [Double]) -> LatencySummary {
    var summary = LatencySummary()
    for value in values { summary.add(Milliseconds(value)) }
    return summary
  }

  @Test func nothingIsKnownOfNothing() {
    var empty = LatencySummary()
    #expect(empty.count == 0 && empty.lossPercent == 0)
    #expect(empty.minimum == nil && empty.mean == nil && empty.maximum == nil)
    #expect(empty.standardDeviation == nil && empty.percentile(50) == nil)
    empty.addLoss()
    #expect(empty.count == 1 && empty.lost == 1 && empty.lossPercent == 100)
    #expect(empty.percentile(50) == nil)
  }

  @Test func aHandfulIsExact() {
    var some = summary([2, 4, 4, 4, 5, 5, 7, 9])
    some.addLoss()
    some.addLoss()
    #expect(some.answered == 8 && some.count == 10 && some.lossPercent == 20)
    #expect(some.minimum == Milliseconds(2) && some.maximum == Milliseconds(9))
    #expect(some.mean == Milliseconds(5))
    #expect(some.standardDeviation == Milliseconds(2))
    #expect(some.percentile(50) == Milliseconds(4))
    #expect(some.percentile(51) == Milliseconds(5))
    #expect(some.percentile(100) == Milliseconds(9))
    #expect(some.percentile(0.001) == Milliseconds(2))
    for wrong in [0, -1, 100.1, .nan, .infinity] { #expect(some.percentile(wrong) == nil) }
  }

  @Test func whatIsNoLatencyIsLeftOut() {
    let some = summary([.nan, .infinity, -.infinity, -0.001, 3])
    #expect(some.answered == 1 && some.mean == Milliseconds(3))
  }

  @Test(arguments: 1...20)
  func percentilesOfManyAreWithinTheirBound(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...20_000, using: &generator)
    let values = (0..<count).map { _ in
      exp(Double.random(in: -12...12, using: &generator))
    }
    let many = summary(values)
    let sorted = values.sorted()
    #expect(many.minimum?.rawValue == sorted.first && many.maximum?.rawValue == sorted.last)
    let mean = values.reduce(0, +) / Double(count)
    #expect(abs((many.mean?.rawValue ?? 0) - mean) <= 1e-9 * mean)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let deviation = many.standardDeviation?.rawValue ?? -1
    #expect(abs(deviation - variance.squareRoot()) <= 1e-6 * (1 + variance.squareRoot()))
    let bound = count <= LatencySummary.exactSamples ? 0 : 1.0 / 128
    var last = 0.0
    for percent in [0.1, 1, 25, 50, 75, 90, 95, 99, 99.9, 100] {
      let value = many.percentile(percent)?.rawValue ?? -1
      let exact = sorted[max(Int((percent / 100 * Double(count)).rounded(.up)), 1) - 1]
      // Latencies are counted in whole nanoseconds.
      #expect(abs(value - exact) <= bound * exact + 1e-6, "seed \(seed), \(percent) %")
      #expect(value >= last)
      last = value
    }
  }

  @Test func theHistogramHoldsEveryLatency() {
    var histogram = LatencyHistogram()
    for value in [0, 1e-6, 63e-6, 64e-6, 1e300, .infinity] { histogram.add(Milliseconds(value)) }
    let values = (0...7).map { histogram.value(atRank: $0).rawValue }
    #expect(Array(values[..<4]) == [0, 0, 1e-6, 63e-6])
    #expect(values == values.sorted())
    #expect(values[6] > 9 * 3_600_000)
  }
}
