/// The tiers of history: every row, and averages per minute, five minutes and hour.
public enum Granularity: String, Sendable, Hashable, CaseIterable {
  case raw
  case minute = "1m"
  case fiveMinutes = "5m"
  case hour = "1h"

  /// The length of a bucket in seconds; 1 for raw rows, whose times are whole seconds.
  public var seconds: Int64 {
    switch self {
    case .raw: 1
    case .minute: 60
    case .fiveMinutes: 300
    case .hour: 3600
    }
  }

  /// The start of the bucket that `timestamp` lies in: buckets are aligned to 1970, before it too.
  public func bucket(of timestamp: Int64) -> Int64 {
    let remainder = timestamp % seconds
    return timestamp &- (remainder < 0 ? remainder &+ seconds : remainder)
  }
}
