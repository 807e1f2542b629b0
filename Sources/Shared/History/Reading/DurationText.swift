/// How far back a question reaches, as a user types it: `90s`, `30m`, `1h`, `7d`, `2w`.
public enum DurationText {
  /// A calendar of four-digit years has fewer days than that; more is a mistake.
  static let maximumDays: Int64 = 730_000

  /// The seconds of `text`: digits and one letter of s, m, h, d, w, in either case. nil for anything
  /// else, and for more than 730 000 days.
  ///
  /// As the original took them: decimal digits of any script, and a line end behind the letter.
  public static func seconds(_ text: String) -> Int64? {
    var scalars = text.unicodeScalars[...]
    if scalars.last == "\n" { scalars.removeLast() }
    guard let unit = scalars.popLast().flatMap(secondsPerUnit), !scalars.isEmpty else {
      return nil
    }
    var count: Int64 = 0
    for scalar in scalars {
      guard scalar.properties.numericType == .decimal,
        let digit = scalar.properties.numericValue.flatMap(Int64.init(exactly:))
      else { return nil }
      count = count * 10 + digit
      guard count <= maximumDays * 86_400 / unit else { return nil }
    }
    return count * unit
  }

  private static func secondsPerUnit(_ letter: Unicode.Scalar) -> Int64? {
    switch letter {
    case "s", "S": 1
    case "m", "M": 60
    case "h", "H": 3600
    case "d", "D": 86_400
    case "w", "W": 604_800
    default: nil
    }
  }
}
