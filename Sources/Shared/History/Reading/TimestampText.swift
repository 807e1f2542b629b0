/// A point in time as a user types it.
public enum TimestampText {
  /// Unix seconds of `text` by ISO 8601, or as `YYYY-MM-DD HH:MM[:SS]` with short fields and blanks.
  /// Without an offset the time is that of `zone`. nil for anything else.
  public static func time(_ text: String, zone: ClockZone) -> Int64? {
    isoTime(text, zone: zone) ?? looseTime(text, zone: zone)
  }

  /// By ISO 8601 alone: `2026-01-25`, `20260125T1430`, `2026-W04-7 14:30:00.5+02:00`. One character,
  /// whichever, parts date and time.
  public static func isoTime(_ text: String, zone: ClockZone) -> Int64? {
    var scanner = Scanner(text)
    guard let day = scanner.date() else { return nil }
    guard !scanner.isAtEnd else { return unix(day, .zero, nil, zone) }
    scanner.skipCharacter()
    guard let clock = scanner.clock() else { return nil }
    let offset = scanner.offset()
    guard scanner.isAtEnd else { return nil }
    return unix(day, clock, offset, zone)
  }

  private static func looseTime(_ text: String, zone: ClockZone) -> Int64? {
    let parts = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
    guard parts.count == 2, let first = text.first, !first.isWhitespace else { return nil }
    let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    let clock = parts[1].drop(while: \.isWhitespace)
      .split(separator: ":", omittingEmptySubsequences: false)
    guard date.count == 3, date[0].count == 4, (2...3).contains(clock.count),
      (date.dropFirst() + clock).allSatisfy({ (1...2).contains($0.utf8.count) })
    else { return nil }
    let numbers = (date + clock).compactMap { number($0) }
    guard numbers.count == date.count + clock.count,
      let civil = CivilTime(
        year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3],
        minute: numbers[4], second: numbers.count > 5 ? numbers[5] : 0)
    else { return nil }
    return unix(civil.day, Clock(second: civil.second, hasFraction: false), nil, zone)
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }

  private struct Clock {
    var second: Int64
    var hasFraction: Bool

    static let zero = Clock(second: 0, hasFraction: false)
  }

  /// Cut to whole seconds, towards 1970.
  private static func unix(
    _ day: Int64, _ clock: Clock, _ offset: Int64?, _ zone: ClockZone
  ) -> Int64? {
    let shown = day * 86_400 + clock.second
    let first = CivilTime.days(year: 1, month: 1, day: 2) * 86_400
    let seconds: Int64
    if let offset {
      seconds = shown - offset
    } else {
      // The first day of year 1 may lie before it in another zone.
      guard shown >= first else { return nil }
      var civil = CivilTime(year: 1970, month: 1, day: 1)
      civil?.day = day
      civil?.second = clock.second
      guard let civil else { return nil }
      seconds = zone.time(of: civil)
    }
    return clock.hasFraction && seconds < 0 ? seconds + 1 : seconds
  }

  private struct Scanner {
    private let text: [UInt8]
    private var index = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    var isAtEnd: Bool { index == text.count }

    /// The character between date and time, of however many bytes.
    mutating func skipCharacter() {
      index += 1
      while index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
      guard index < text.count, text[index] == character.asciiValue else { return false }
      index += 1
      return true
    }

    private mutating func digits(_ count: Int) -> Int? {
      guard text.count - index >= count else { return nil }
      var value = 0
      for byte in text[index..<index + count] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      index += count
      return value
    }

    /// Days since 1970.
    mutating func date() -> Int64? {
      guard let year = digits(4) else { return nil }
      let isExtended = take("-")
      if take("W") {
        guard let week = digits(2) else { return nil }
        var weekday = 1
        if isExtended {
          let place = index
          if take("-") {
            if let digit = digits(1) { weekday = digit } else { index = place }
          }
        } else if let digit = digits(1) {
          weekday = digit
        }
        return CivilTime.day(ofISOYear: year, week: week, weekday: weekday)
      }
      guard let month = digits(2), !isExtended || take("-"), let day = digits(2) else {
        return nil
      }
      return CivilTime(year: year, month: month, day: day)?.day
    }

    mutating func clock() -> Clock? {
      guard let (second, hasFraction) = timeOfDay() else { return nil }
      guard second < 86_400 else { return nil }
      return Clock(second: second, hasFraction: hasFraction)
    }

    /// `HH`, `HH:MM`, `HHMM`, `HH:MM:SS`, `HHMMSS`, with a fraction behind seconds.
    private mutating func timeOfDay() -> (second: Int64, hasFraction: Bool)? {
      guard let hour = digits(2), hour < 24 else { return nil }
      var total = hour * 3600
      let isExtended = take(":")
      guard let minute = digits(2) else { return isExtended ? nil : (Int64(total), false) }
      guard minute < 60 else { return nil }
      total += minute * 60
      if isExtended {
        guard take(":") else { return (Int64(total), false) }
      }
      guard let second = digits(2) else { return isExtended ? nil : (Int64(total), false) }
      guard second < 60 else { return nil }
      total += second
      guard take(".") || take(",") else { return (Int64(total), false) }
      guard digits(1) != nil else { return nil }
      while digits(1) != nil {}
      return (Int64(total), true)
    }

    /// `Z` or `±HH[:MM[:SS]]`, which one blank may precede; nil without any.
    mutating func offset() -> Int64? {
      let start = index
      if take("Z") { return 0 }
      _ = take(" ")
      let isNegative = take("-")
      guard isNegative || take("+"), let (second, _) = timeOfDay() else {
        index = start
        return nil
      }
      return isNegative ? -second : second
    }
  }
}
