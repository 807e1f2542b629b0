public import History

/// A stretch of time in slots of equal length.
public struct SlotAxis: Sendable, Equatable {
  /// Unix seconds at which the first slot begins.
  public let start: Int64
  /// The length of a slot, 1 or more.
  public let slotSeconds: Int64
  /// At least 1.
  public let count: Int

  /// Years 1 to 9999: what has a date.
  private static let earliest: Int64 = -62_135_596_800
  private static let latest: Int64 = 253_402_300_799
  /// More are never made, whatever is asked for.
  static let maximumSlots = 10_000

  /// At most `slots` slots up to the end of a range; each is whole seconds long, so that the first one
  /// may begin a little earlier.
  public init(_ range: HistoryRange, slots: Int) {
    let range = Self.limited(range)
    let wanted = Int64(min(max(slots, 1), Self.maximumSlots))
    let length = range.end - range.start + 1
    slotSeconds = max((length + wanted - 1) / wanted, 1)
    count = Int((length + slotSeconds - 1) / slotSeconds)
    start = range.end + 1 - Int64(count) * slotSeconds
  }

  /// Slots of a given length, aligned to 1970 as the buckets of history are; longer ones where the
  /// range would have too many.
  public init(_ range: HistoryRange, slotSeconds seconds: Int64) {
    let range = Self.limited(range)
    var seconds = max(seconds, 1)
    while (range.end - range.start) / seconds >= Int64(Self.maximumSlots) - 1 { seconds *= 2 }
    let remainder = range.start % seconds
    start = range.start - (remainder < 0 ? remainder + seconds : remainder)
    slotSeconds = seconds
    count = Int((range.end - start) / seconds) + 1
  }

  private static func limited(_ range: HistoryRange) -> HistoryRange {
    let start = min(max(range.start, earliest), latest)
    return HistoryRange(start: start, end: min(max(range.end, start), latest))
  }

  /// The first second behind the last slot.
  public var end: Int64 { start + Int64(count) * slotSeconds }

  public var length: Int64 { end - start }

  public func time(ofSlot slot: Int) -> Int64 { start + Int64(slot) * slotSeconds }

  /// The slots that `from..<to` touches.
  func slots(from: Int64, to: Int64) -> Range<Int> {
    let from = max(from, start)
    let to = min(to, end)
    guard from < to else { return 0..<0 }
    return Int((from - start) / slotSeconds)..<Int((to - 1 - start) / slotSeconds) + 1
  }

  /// How many seconds of `from..<to` are in a slot.
  func overlap(_ slot: Int, from: Int64, to: Int64) -> Int64 {
    let begin = time(ofSlot: slot)
    return max(min(to, begin + slotSeconds) - max(from, begin), 0)
  }

  /// Where a time is on the axis, 0...1.
  func share(of time: Int64) -> Double {
    min(max(Double(time - start) / Double(length), 0), 1)
  }
}
