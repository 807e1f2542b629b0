import Model

/// How figures stand in plots and reports.
enum FigureText {
  /// About three digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    let size = abs(value)
    guard size < 1e9 else { return shortest(value) }
    return trimmed(fixed(value, digits: size >= 100 ? 0 : size >= 10 ? 1 : 2))
  }

  /// Without decimals that say nothing.
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = Substring(text)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }

  static func rate(_ rate: BitsPerSecond) -> String { "\(number(rate.megabits)) Mbit/s" }

  static func percent(_ share: Double) -> String {
    let value = share * 100
    if value > 0, value < 0.05 { return "< 0.1 %" }
    // Nearly all is not all.
    if value < 100, value >= 99.95 { return "> 99.9 %" }
    return "\(fixed(value, digits: value == 100 || value == 0 ? 0 : 1)) %"
  }

  /// `8 s`, `4 min 10 s`, `3 h 5 min`, `6 d 4 h`.
  static func duration(_ seconds: Int64) -> String {
    let seconds = max(seconds, 0)
    func pair(_ one: Int64, _ name: String, _ other: Int64, _ otherName: String) -> String {
      other == 0 ? "\(one) \(name)" : "\(one) \(name) \(other) \(otherName)"
    }
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return pair(seconds / 60, "min", seconds % 60, "s")
    case ..<86_400: return pair(seconds / 3600, "h", seconds % 3600 / 60, "min")
    default: return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
    }
  }

  /// A count with thin spaces between thousands.
  static func count(_ value: Double) -> String {
    let digits = Array(fixed(min(max(value.isFinite ? value : 0, 0), 1e15), digits: 0))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append("\u{202F}") }
      text.append(digit)
    }
    return text
  }
}
