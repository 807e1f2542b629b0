public import Model

/// Counts latencies in steps that grow with them: each power of two of nanoseconds is parted into
/// 64 equal steps, so that the middle of a step is within 1/128 of what fell into it.
///
/// 20 KiB, from 1 ns to 9 hours; what is longer counts as the last step.
public struct LatencyHistogram: Sendable {
  private static let stepBits = 6
  private static let steps = 1 << stepBits
  private static let powers = 40

  private var counts = [UInt64](repeating: 0, count: powers * steps)

  public init() {}

  public mutating func add(_ latency: Milliseconds) {
    counts[Self.step(of: UInt64(max(latency.nanoseconds, 0)))] += 1
  }

  /// The middle of the step that holds the latency of this rank; the smallest has rank 1.
  public func value(atRank rank: Int) -> Milliseconds { Self.middle(of: step(atRank: rank)) }

  /// What no latency of this rank is above: the end of its step.
  public func bound(atRank rank: Int) -> Milliseconds { Self.end(of: step(atRank: rank)) }

  private func step(atRank rank: Int) -> Int {
    var seen: UInt64 = 0
    for (step, count) in counts.enumerated() {
      seen += count
      if seen >= UInt64(max(rank, 1)) { return step }
    }
    return counts.count - 1
  }

  private static func step(of nanoseconds: UInt64) -> Int {
    // Below 64 ns each has a step of its own.
    guard nanoseconds >= steps else { return Int(nanoseconds) }
    let power = 63 - nanoseconds.leadingZeroBitCount
    let shift = power - stepBits
    let step = (shift + 1) * steps + Int(nanoseconds >> UInt64(shift)) - steps
    return min(step, powers * steps - 1)
  }

  private static func end(of step: Int) -> Milliseconds {
    guard step >= steps else { return Milliseconds(nanoseconds: Int64(step)) }
    let shift = step / steps - 1
    return Milliseconds(Double(step % steps + steps + 1) * Double(1 << shift) / 1e6)
  }

  private static func middle(of step: Int) -> Milliseconds {
    guard step >= steps else { return Milliseconds(nanoseconds: Int64(step)) }
    let shift = step / steps - 1
    let low = Double(step % steps + steps) * Double(1 << shift)
    return Milliseconds((low + Double(1 << shift) / 2) / 1e6)
  }
}
