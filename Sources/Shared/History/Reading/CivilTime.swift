import Glibc

/// A date and a time of day without a zone, in the Gregorian calendar.
public struct CivilTime: Sendable, Equatable {
  /// Days since 1970-01-01.
  public var day: Int64
  /// Seconds since midnight, 0..<86 400.
  public var second: Int64

  /// nil when there is no such date or time of day. Years 1...9999.
  public init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
  ) {
    guard (1...9999).contains(year), (1...12).contains(month),
      (1...Self.days(ofMonth: month, year: year)).contains(day),
      (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
    else { return nil }
    self.day = Self.days(year: year, month: month, day: day)
    self.second = Int64(hour * 3600 + minute * 60 + second)
  }

  /// As if it stood in UTC.
  public var seconds: Int64 { day * 86_400 + second }

  /// Days from 1970-01-01 to a date (the usual shift of the year to March, so that the leap day
  /// comes last).
  static func days(year: Int, month: Int, day: Int) -> Int64 {
    let shifted = Int64(month > 2 ? year : year - 1)
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func days(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The date of a day of an ISO week (ISO 8601, 5.5): weeks begin on Monday, and week 1 holds the
  /// year's first Thursday. nil when the year has no such week or the week no such day.
  static func day(ofISOYear year: Int, week: Int, weekday: Int) -> Int64? {
    guard (1...9999).contains(year), (1...53).contains(week), (1...7).contains(weekday) else {
      return nil
    }
    let first = mondayOfFirstWeek(year)
    let day = first + Int64(week - 1) * 7 + Int64(weekday - 1)
    guard week < 53 || first + 52 * 7 < mondayOfFirstWeek(year + 1) else { return nil }
    return day
  }

  private static func mondayOfFirstWeek(_ year: Int) -> Int64 {
    let newYear = days(year: year, month: 1, day: 1)
    // 1970-01-01 was a Thursday; 0 = Monday.
    let weekday = ((newYear + 3) % 7 + 7) % 7
    return weekday > 3 ? newYear - weekday + 7 : newYear - weekday
  }
}

/// The zone in which times without one are read and shown.
public struct ClockZone: Sendable {
  /// Seconds that the local clock is ahead of UTC at a Unix time.
  public var offset: @Sendable (Int64) -> Int64

  public init(offset: @escaping @Sendable (Int64) -> Int64) { self.offset = offset }

  public static let utc = ClockZone { _ in 0 }

  /// The host's (`TZ`, else `/etc/localtime`).
  public static let host = ClockZone { time in
    var seconds = time_t(time)
    var fields = tm()
    return localtime_r(&seconds, &fields) == nil ? 0 : Int64(fields.tm_gmtoff)
  }

  /// The Unix time at which the local clock shows `civil`. An hour that comes twice is the first one;
  /// one that is skipped counts as if the clock had not been changed yet.
  public func time(of civil: CivilTime) -> Int64 {
    let shown = civil.seconds
    let before = offset(shown - 86_400)
    let after = offset(shown + 86_400)
    let early = shown - before
    if offset(early) == before { return early }
    let late = shown - after
    return offset(late) == after ? late : early
  }
}
