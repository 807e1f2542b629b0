import History
import Testing

@testable import HistoryViews

@Suite struct SlotAxisTests {
  @Test func slotsCoverTheRange() {
    let axis = SlotAxis(HistoryRange(start: 1000, end: 1999), slots: 300)
    #expect(axis.slotSeconds == 4)
    #expect(axis.count == 250)
    #expect(axis.end == 2000)
    #expect(axis.slots(from: 0, to: 5000) == 0..<250)
    #expect(axis.slots(from: 1003, to: 1005) == 0..<2)
    #expect(axis.slots(from: 1004, to: 1004).isEmpty)
    #expect(axis.overlap(0, from: 1003, to: 1005) == 1)
  }

  @Test func alignedSlotsBeginAtMultiples() {
    let axis = SlotAxis(HistoryRange(start: -7, end: 599), slotSeconds: 300)
    #expect(axis.start == -300)
    #expect(axis.count == 3)
    #expect(axis.end == 600)
  }

  /// Whatever range is asked for, there are few slots, and nothing overflows.
  @Test(arguments: [
    HistoryRange(start: .min, end: .max), HistoryRange(start: .max, end: .min),
    HistoryRange(start: 0, end: 0), HistoryRange(start: .min, end: .min),
    HistoryRange(start: .max, end: .max), HistoryRange(start: 0, end: .max),
  ])
  func absurdRangesAreLimited(range: HistoryRange) {
    for axis in [
      SlotAxis(range, slots: 5000), SlotAxis(range, slots: .max), SlotAxis(range, slotSeconds: 1),
      SlotAxis(range, slotSeconds: -5),
    ] {
      #expect((1...10_000).contains(axis.count))
      #expect(axis.slots(from: .min, to: .max) == 0..<axis.count)
    }
  }
}
