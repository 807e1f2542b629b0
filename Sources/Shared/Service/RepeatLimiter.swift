public import Model

/// Lets a message through, counts it when it comes again and again, and tells the count later.
///
/// The first `burst` of equal messages within an interval pass. The rest are counted, and the
/// first one after the interval carries the count, so that a router that is away for a night costs
/// a line per interval and not a line per second. Pure: the time is an argument.
public struct RepeatLimiter: Sendable {
  /// What to do with a message.
  public enum Verdict: Sendable, Equatable {
    /// Print it. `repeats` equal ones before it were left out.
    case print(repeats: Int)
    case suppress
  }

  private struct Entry {
    var since: MonotonicTime
    var printed: Int
    var suppressed: Int
  }

  private let burst: Int
  private let interval: Milliseconds
  private let capacity: Int
  private var entries: [String: Entry] = [:]

  /// - Parameters:
  ///   - burst: how many equal messages pass per interval, at least 1.
  ///   - capacity: how many different messages are remembered, at least 1; the oldest is forgotten.
  public init(
    burst: Int = 3, interval: Milliseconds = Milliseconds(seconds: 60), capacity: Int = 256
  ) {
    self.burst = max(1, burst)
    self.interval = interval
    self.capacity = max(1, capacity)
  }

  /// Decides on `message` at `now`.
  public mutating func admit(_ message: String, at now: MonotonicTime) -> Verdict {
    guard var entry = entries[message] else {
      if entries.count >= capacity { forgetOldest() }
      entries[message] = Entry(since: now, printed: 1, suppressed: 0)
      return .print(repeats: 0)
    }
    defer { entries[message] = entry }
    if now - entry.since >= interval {
      let repeats = entry.suppressed
      entry = Entry(since: now, printed: 1, suppressed: 0)
      return .print(repeats: repeats)
    }
    if entry.printed < burst {
      entry.printed += 1
      return .print(repeats: 0)
    }
    entry.suppressed += 1
    return .suppress
  }

  /// Forgets everything, and hands out the messages that were left out since they were last
  /// printed, with their counts, in order of text: what a daemon says at its end.
  public mutating func drain() -> [(message: String, repeats: Int)] {
    defer { entries.removeAll() }
    return entries.filter { $0.value.suppressed > 0 }
      .map { (message: $0.key, repeats: $0.value.suppressed) }
      .sorted { $0.message < $1.message }
  }

  private mutating func forgetOldest() {
    // One whose count is still to be told is the last to go.
    let oldest = entries.min {
      ($0.value.suppressed > 0 ? 1 : 0, $0.value.since)
        < ($1.value.suppressed > 0 ? 1 : 0, $1.value.since)
    }
    if let oldest { entries[oldest.key] = nil }
  }
}
