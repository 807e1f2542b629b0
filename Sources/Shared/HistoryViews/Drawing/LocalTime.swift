import Glibc
import History

/// A Unix time by the clock of a zone.
struct LocalTime: Equatable {
  var year: Int
  /// 1...12.
  var month: Int
  var day: Int
  /// 0 = Sunday.
  var weekday: Int
  var hour: Int
  var minute: Int
  var second: Int

  init(_ time: Int64, _ zone: ClockZone) {
    var seconds = time_t(time &+ zone.offset(time))
    var fields = tm()
    // Years that no int holds do not occur: an axis ends with the year 9999.
    gmtime_r(&seconds, &fields)
    year = Int(fields.tm_year) + 1900
    month = Int(fields.tm_mon) + 1
    day = Int(fields.tm_mday)
    weekday = Int(fields.tm_wday)
    hour = Int(fields.tm_hour)
    minute = Int(fields.tm_min)
    second = Int(fields.tm_sec)
  }

  /// Days since 1970 by the local calendar.
  static func dayNumber(_ time: Int64, _ zone: ClockZone) -> Int64 {
    let shown = time &+ zone.offset(time)
    return shown >= 0 ? shown / 86_400 : (shown - 86_399) / 86_400
  }

  /// The Unix time at which a local day begins.
  static func start(ofDay number: Int64, _ zone: ClockZone) -> Int64 {
    guard var civil = CivilTime(year: 1970, month: 1, day: 1) else { return number * 86_400 }
    civil.day = number
    return zone.time(of: civil)
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `18:05`.
  var clock: String { "\(Self.padded(hour)):\(Self.padded(minute))" }
  /// `18:05:09`.
  var fullClock: String { "\(clock):\(Self.padded(second))" }
  /// `Sat 21`.
  var weekdayText: String { "\(Self.weekdays[weekday]) \(day)" }
  /// `21 Nov`.
  var dateText: String { "\(day) \(Self.months[month - 1])" }
  /// `Sat 21 Nov 18:05`.
  var momentText: String { "\(Self.weekdays[weekday]) \(dateText) \(clock)" }
  /// `2026-11-21`.
  var isoDate: String { "\(year)-\(Self.padded(month))-\(Self.padded(day))" }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
