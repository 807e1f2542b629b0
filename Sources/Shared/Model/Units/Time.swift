/// A point in time as Unix time in whole microseconds, the resolution of `t` in every record.
///
/// What the loop calls time is anchored to the wall clock once and then follows the monotonic
/// clock, so that neither a step of the clock nor a leap second can reorder events.
public struct UnixTime: RawRepresentable, Sendable, Hashable, Comparable {
  /// Microseconds since 1970-01-01 00:00:00 UTC.
  public var rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }
  public init(microseconds: Int64) { self.rawValue = microseconds }

  /// Seconds since 1970, rounded to the microsecond; limited to about ±31 700 years.
  public init(seconds: Double) {
    let limit = 1e18
    self.rawValue = seconds.isNaN ? 0 : Int64(min(max(seconds * 1e6, -limit), limit).rounded())
  }

  public var seconds: Double { Double(rawValue) / 1e6 }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  public static func + (left: Self, right: Milliseconds) -> Self {
    Self(rawValue: left.rawValue &+ right.microseconds)
  }
  public static func - (left: Self, right: Milliseconds) -> Self {
    Self(rawValue: left.rawValue &- right.microseconds)
  }
  /// How long after `right` this point is; negative when it is before.
  public static func - (left: Self, right: Self) -> Milliseconds {
    Milliseconds(Double(left.rawValue &- right.rawValue) / 1000)
  }
}

/// A reading of `CLOCK_MONOTONIC` in nanoseconds: for deadlines and durations, never for records.
public struct MonotonicTime: RawRepresentable, Sendable, Hashable, Comparable {
  public var rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }
  public init(nanoseconds: Int64) { self.rawValue = nanoseconds }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  public static func + (left: Self, right: Milliseconds) -> Self {
    Self(rawValue: left.rawValue &+ right.nanoseconds)
  }
  /// How long after `right` this reading is; negative when it is before.
  public static func - (left: Self, right: Self) -> Milliseconds {
    Milliseconds(nanoseconds: left.rawValue &- right.rawValue)
  }
}
