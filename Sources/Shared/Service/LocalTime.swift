import Glibc
public import Model

/// A point in time as a calendar shows it, for what people and the original's files read.
public struct LocalTime: Sendable, Equatable {
  public var year: Int
  public var month: Int
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int
  /// 0...999 999.
  public var microsecond: Int

  /// `time` in the zone of this host (`TZ`, else `/etc/localtime`).
  public init(_ time: UnixTime) {
    self.init(time) { localtime_r($0, $1) }
  }

  /// `time` in UTC.
  public init(utc time: UnixTime) {
    self.init(time) { gmtime_r($0, $1) }
  }

  private init(
    _ time: UnixTime,
    breakingDown: (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?
  ) {
    // Rounded down, so that the fraction counts up before 1970 too.
    var seconds = time_t(time.rawValue / 1_000_000)
    var fraction = Int(time.rawValue % 1_000_000)
    if fraction < 0 {
      seconds -= 1
      fraction += 1_000_000
    }
    // A time has 64 bits of microseconds: its year is far inside what tm holds.
    var fields = tm()
    _ = breakingDown(&seconds, &fields)
    year = Int(fields.tm_year) + 1900
    month = Int(fields.tm_mon) + 1
    day = Int(fields.tm_mday)
    hour = Int(fields.tm_hour)
    minute = Int(fields.tm_min)
    second = Int(fields.tm_sec)
    microsecond = fraction
  }

  /// `2026-11-20T23:31:14.983806`: ISO 8601 without a zone; the fraction is left out when it is 0.
  public var iso8601: String {
    "\(date)T\(clock)" + (microsecond == 0 ? "" : "." + padded(microsecond, 6))
  }

  /// `2026-11-20T23:31:14.983`: always with whole milliseconds, cut off.
  public var iso8601Milliseconds: String { "\(date)T\(clock)." + padded(microsecond / 1000, 3) }

  /// `2026-11-20 23:31:14,983`: the time of a line of the log.
  public var logStamp: String { "\(date) \(clock)," + padded(microsecond / 1000, 3) }

  private var date: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
  private var clock: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
