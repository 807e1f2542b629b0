public import Model

/// The search for the highest rate whose latency under load is still good: a bisection between 30 %
/// of what the line carries and all of it.
public struct RateSearch: Sendable, Equatable {
  /// A rate that was tried, and what came of it.
  public struct Found: Sendable, Equatable {
    /// Mbit/s.
    public var rate: Double
    /// Latency under load above that of the idle line.
    public var bloat: Milliseconds

    public init(rate: Double, bloat: Milliseconds) {
      self.rate = rate
      self.bloat = bloat
    }
  }

  /// How often the span is halved: to 2.2 % of what the line carries.
  public static let steps = 5

  public let target: Milliseconds
  private var low: Double
  private var high: Double
  private var best: Found?
  private var last: Found?
  public private(set) var stepsDone = 0

  /// - Parameters:
  ///   - raw: what the line carries without a limit, in Mbit/s; above 0.
  ///   - target: up to this the latency is good.
  public init(raw: Double, target: Milliseconds) {
    self.target = target
    low = 0.3 * raw
    high = raw
  }

  /// The rate to try next, in Mbit/s; nil when the search is over.
  public var next: Double? { stepsDone < Self.steps ? (low + high) / 2 : nil }

  /// Takes what came of the rate that `next` gave.
  public mutating func note(_ bloat: Milliseconds) {
    guard let rate = next else { return }
    stepsDone += 1
    last = Found(rate: rate, bloat: bloat)
    if bloat <= target {
      best = last
      low = rate
    } else {
      high = rate
    }
  }

  /// Whether a rate was good.
  public var isSuccessful: Bool { best != nil }

  /// The highest good rate; where none was, the lowest of the span with the last bloat.
  public var result: Found {
    best ?? Found(rate: low, bloat: last?.bloat ?? Milliseconds(999))
  }
}
