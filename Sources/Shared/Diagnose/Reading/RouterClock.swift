import Model
import Router

extension ClockReading {
  static let properties = ["date", "time", "gmt-offset"]

  /// The time of `/system/clock`: local time in `date` (`2026-11-21`, before RouterOS 7.10
  /// `nov/21/2026`) and `time`, and how far that is ahead of UTC in `gmt-offset` (`+01:00`).
  ///
  /// nil when one of them cannot be read.
  static func time(_ row: RouterRow) -> UnixTime? {
    guard let day = row["date"].flatMap(day), let second = row["time"].flatMap(seconds),
      let offset = row["gmt-offset"].flatMap(offset)
    else { return nil }
    return UnixTime(seconds: Double(day) * 86_400 + Double(second - offset))
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Days since 1970-01-01.
  private static func day(_ text: String) -> Int? {
    let parts = text.split(separator: "-").map { Int($0) }
    if parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] {
      return daysSince1970(year, month, day)
    }
    let words = text.split(separator: "/")
    guard words.count == 3, let month = months.firstIndex(of: words[0].lowercased()),
      let day = Int(words[1]), let year = Int(words[2])
    else { return nil }
    return daysSince1970(year, month + 1, day)
  }

  /// In the Gregorian calendar, with the year beginning in March so that the leap day is its last.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    let shifted = month < 3 ? year - 1 : year
    let monthFromMarch = (month + 9) % 12
    let leapDays = shifted / 4 - shifted / 100 + shifted / 400
    // 719 468 days from 0000-03-01 to 1970-01-01.
    return shifted * 365 + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - 719_468
  }

  /// `16:04:37` in seconds.
  private static func seconds(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":").map { Int($0) }
    guard (2...3).contains(parts.count), let hours = parts[0], let minutes = parts[1],
      let seconds = parts.count == 3 ? parts[2] : 0, (0...24).contains(hours),
      (0...59).contains(minutes), (0...60).contains(seconds)
    else { return nil }
    return hours * 3600 + minutes * 60 + seconds
  }

  /// `+01:00`, `-03:30` in seconds.
  private static func offset(_ text: String) -> Int? {
    guard let sign = text.first else { return nil }
    switch sign {
    case "+": return seconds(text.dropFirst())
    case "-": return seconds(text.dropFirst()).map { -$0 }
    default: return seconds(text)
    }
  }
}
