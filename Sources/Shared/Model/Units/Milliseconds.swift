/// A span of time in milliseconds, the unit of every latency in configuration, records and logs.
public struct Milliseconds: RawRepresentable, Sendable, Hashable, Comparable {
  public var rawValue: Double

  public init(rawValue: Double) { self.rawValue = rawValue }
  public init(_ value: Double) { self.rawValue = value }
  public init(seconds: Double) { self.rawValue = seconds * 1000 }
  public init(nanoseconds: Int64) { self.rawValue = Double(nanoseconds) / 1e6 }

  public static let zero = Milliseconds(0)

  public var seconds: Double { rawValue / 1000 }

  /// Whole microseconds, rounded to the nearest; absurd and non-finite values are limited to about
  /// ±31 years so that arithmetic on times cannot overflow.
  public var microseconds: Int64 {
    let limit = 1e15
    guard rawValue.isFinite else { return rawValue > 0 ? Int64(limit) : 0 }
    return Int64(min(max(rawValue * 1000, -limit), limit).rounded())
  }

  /// Whole nanoseconds, limited as `microseconds`.
  public var nanoseconds: Int64 {
    let limit = 1e18
    guard rawValue.isFinite else { return rawValue > 0 ? Int64(limit) : 0 }
    return Int64(min(max(rawValue * 1e6, -limit), limit).rounded())
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  public static func + (left: Self, right: Self) -> Self { Self(left.rawValue + right.rawValue) }
  public static func - (left: Self, right: Self) -> Self { Self(left.rawValue - right.rawValue) }
}
