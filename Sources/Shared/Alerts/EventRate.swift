public import Model

/// Whether more than a number of events fell into the last minute.
public struct EventRate: Sendable {
  private static let window = Milliseconds(seconds: 60)

  private let limit: Int
  /// The newest events, no more than it takes to know; the oldest at `next` once it is full.
  private var times: [MonotonicTime] = []
  private var next = 0

  /// - Parameter limit: so many are still all right; at least 0.
  public init(limit: Int) {
    self.limit = min(max(0, limit), 10_000)
  }

  /// Counts `count` events at `time`.
  public mutating func note(_ count: Int = 1, at time: MonotonicTime) {
    for _ in 0..<min(max(0, count), limit + 1) {
      if times.count <= limit {
        times.append(time)
      } else {
        times[next] = time
        next = (next + 1) % times.count
      }
    }
  }

  /// Whether there were more than the limit in the minute before `now`.
  public func isExceeded(at now: MonotonicTime) -> Bool {
    times.count > limit && now - times[next] < Self.window
  }
}
