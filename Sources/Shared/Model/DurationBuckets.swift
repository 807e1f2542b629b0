/// Counts durations below fixed bounds, as Prometheus wants its histograms. Counting and copying
/// allocate nothing: the control thread counts, and publishes a copy in every cycle.
public struct DurationBuckets: Sendable, Equatable {
  /// The inclusive upper bounds; what is longer has a bucket of its own.
  public static let bounds: [Milliseconds] = [
    0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 40, 50, 75, 100, 250, 500, 1000, 2500, 5000,
  ].map { Milliseconds($0) }

  /// One more than there are bounds.
  private static let buckets = 19
  private var counts = InlineArray<19, UInt64>(repeating: 0)
  public private(set) var count: UInt64 = 0
  public private(set) var sum = Milliseconds.zero
  /// The newest one; nil before the first.
  public private(set) var last: Milliseconds?

  public init() {}

  /// Counts a duration; a negative one counts as none, and what is no number not at all.
  public mutating func add(_ duration: Milliseconds) {
    guard duration.rawValue.isFinite else { return }
    let duration = max(duration, .zero)
    var bucket = 0
    while bucket < Self.buckets - 1, duration > Self.bounds[bucket] { bucket += 1 }
    counts[bucket] &+= 1
    count &+= 1
    sum = sum + duration
    last = duration
  }

  /// How many durations each bound has below or at it, ascending; the rest is in `count` alone.
  public var cumulative: [(bound: Milliseconds, count: UInt64)] {
    var below: UInt64 = 0
    return Self.bounds.indices.map { index in
      below &+= counts[index]
      return (Self.bounds[index], below)
    }
  }

  /// What `share` (0...1) of the durations are not above, interpolated within its bucket as
  /// Prometheus does; the greatest bound for what is longer. nil without any.
  public func quantile(_ share: Double) -> Milliseconds? {
    guard count > 0 else { return nil }
    let rank = min(max(share, 0), 1) * Double(count)
    var lower = Milliseconds.zero
    var below: UInt64 = 0
    for (bound, upTo) in cumulative {
      if upTo > below, Double(upTo) >= rank {
        let part = (rank - Double(below)) / Double(upTo - below)
        return Milliseconds(lower.rawValue + (bound - lower).rawValue * max(part, 0))
      }
      (lower, below) = (bound, upTo)
    }
    return lower
  }

  public static func == (left: Self, right: Self) -> Bool {
    guard left.count == right.count, left.sum == right.sum, left.last == right.last else {
      return false
    }
    return left.counts.indices.allSatisfy { left.counts[$0] == right.counts[$0] }
  }
}
