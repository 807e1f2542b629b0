import Measure
public import Model

/// How long something took, over and over, as quantiles for a line of the log: `LatencyHistogram`
/// with the greatest one beside it. Counting allocates nothing.
public struct DurationHistogram: Sendable {
  private var durations = LatencyHistogram()
  public private(set) var count = 0
  public private(set) var maximum = Milliseconds.zero

  public init() {}

  /// Counts a duration; a negative one counts as none.
  public mutating func add(_ duration: Milliseconds) {
    durations.add(duration)
    count += 1
    maximum = max(maximum, duration)
  }

  /// What `share` (0...1) of the durations are not above, within 2 %.
  public func quantile(_ share: Double) -> Milliseconds? {
    guard count > 0 else { return nil }
    return min(durations.bound(atRank: Int((share * Double(count)).rounded(.up))), maximum)
  }

  /// `p50 0.05, p99 0.31, at most 1.20 ms`.
  var summary: String {
    guard let median = quantile(0.5), let tail = quantile(0.99) else { return "never" }
    func text(_ value: Milliseconds) -> String { fixed(value.rawValue, digits: 2) }
    return "p50 \(text(median)), p99 \(text(tail)), at most \(text(maximum)) ms"
  }
}
