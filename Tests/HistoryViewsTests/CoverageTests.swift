import TestSupport
import Testing

@testable import HistoryViews

@Suite struct CoverageTests {
  @Test func whatIsMarkedIsObserved() {
    var coverage = Coverage(start: 1000, end: 1300)
    #expect(coverage.isEmpty && coverage.first == nil && coverage.last == nil)
    coverage.mark(from: 1010, to: 1020)
    coverage.mark(from: 1100, to: 1230)
    #expect(coverage.observed(from: 1000, to: 1300) == 140)
    #expect(coverage.observed(from: 1015, to: 1101) == 6)
    #expect(coverage.first == 1010)
    #expect(coverage.last == 1230)
    #expect(coverage.last(before: 1100) == 1020)
    #expect(coverage.last(before: 1010) == nil)
    #expect(gaps(coverage, 10) == [[1020, 1100]])
    #expect(gaps(coverage, 81) == [])
  }

  @Test func timesOutsideAreIgnored() {
    var coverage = Coverage(start: 0, end: 10)
    coverage.mark(from: .min, to: 2)
    coverage.mark(from: 8, to: .max)
    #expect(coverage.observed(from: .min, to: 5) == 2)
    #expect(gaps(coverage, 1) == [[2, 8]])
    #expect(Coverage(start: 5, end: 5).observed(from: 0, to: 9) == 0)
  }

  @Test func alongTimeHasCoarserBits() {
    var coverage = Coverage(start: 0, end: 1 << 32)
    #expect(coverage.resolution == 1024)
    coverage.mark(from: 0, to: 1 << 20)
    coverage.mark(from: 1 << 21, to: 1 << 32)
    #expect(gaps(coverage, 10) == [[1 << 20, 1 << 21]])
    #expect(coverage.observed(from: 0, to: 100) == 100)
  }

  private func gaps(_ coverage: Coverage, _ seconds: Int64) -> [[Int64]] {
    var gaps: [[Int64]] = []
    coverage.forEachGap(ofAtLeast: seconds) { gaps.append([$0, $1]) }
    return gaps
  }

  /// Against a set of seconds.
  @Test func itIsASetOfSeconds() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let length = Int64.random(in: 1...400, using: &random)
      var coverage = Coverage(start: 500, end: 500 + length)
      var seconds: Set<Int64> = []
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        let from = Int64.random(in: 490...900, using: &random)
        let to = from + Int64.random(in: 0...70, using: &random)
        coverage.mark(from: from, to: to)
        seconds.formUnion((from..<to).filter { $0 >= 500 && $0 < 500 + length })
      }
      let from = Int64.random(in: 490...900, using: &random)
      let to = from + Int64.random(in: 0...300, using: &random)
      let observed = seconds.filter { $0 >= from && $0 < to }.count
      #expect(coverage.observed(from: from, to: to) == Double(observed), "seed \(seed)")
      #expect(coverage.first == seconds.min(), "seed \(seed)")
      #expect(coverage.last == seconds.max().map { $0 + 1 }, "seed \(seed)")
      let before = seconds.filter { $0 < from }.max().map { $0 + 1 }
      #expect(coverage.last(before: from) == before, "seed \(seed)")
      let missing = gaps(coverage, 1).reduce(0) { $0 + $1[1] - $1[0] }
      let span = seconds.isEmpty ? 0 : seconds.max()! - seconds.min()! + 1
      #expect(missing == span - Int64(seconds.count), "seed \(seed)")
    }
  }
}
