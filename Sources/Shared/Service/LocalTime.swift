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

  /// What `iso8601` wrote on this host: the point in time that it stands for. Of an hour that a zone
  /// has twice it is one of both.
  ///
  /// nil for every other text.
  public static func time(of iso8601: String) -> UnixTime? {
    let text = Array(iso8601.utf8)
    /// The digits from `start` on; nil when something else is among them.
    func number(_ start: Int, _ length: Int) -> Int32? {
      guard text.count >= start + length else { return nil }
      return text[start..<start + length].reduce(0 as Int32?) { number, byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          ? number.map { $0 * 10 + Int32(byte - UInt8(ascii: "0")) } : nil
      }
    }
    let separators: [(Int, UInt8)] = [
      (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")),
      (13, UInt8(ascii: ":")), (16, UInt8(ascii: ":")),
    ]
    guard text.count >= 19, separators.allSatisfy({ text[$0.0] == $0.1 }),
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var microseconds: Int64 = 0
    if text.count > 19 {
      let digits = text.count - 20
      guard text[19] == UInt8(ascii: "."), (1...6).contains(digits),
        let fraction = number(20, digits)
      else { return nil }
      microseconds = (digits..<6).reduce(Int64(fraction)) { value, _ in value * 10 }
    }
    var fields = tm()
    (fields.tm_year, fields.tm_mon, fields.tm_mday) = (year - 1900, month - 1, day)
    (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
    fields.tm_isdst = -1
    return UnixTime(microseconds: Int64(mktime(&fields)) * 1_000_000 + microseconds)
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
