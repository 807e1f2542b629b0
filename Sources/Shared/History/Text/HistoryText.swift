import Glibc
import Model

/// How values and times stand in tables and summaries.
public enum HistoryText {
  /// A whole value in full; another one with at most three decimals: `463.75`, `-0`, `0.002`.
  public static func value(_ value: Double) -> String {
    var bytes: [UInt8] = []
    ValueText(value).append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// By the C library, which rounds every value right.
  static func slowText(of value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    if value.rounded(.towardZero) == value {
      return value == 0 ? "0" : fixed(value, digits: 0)
    }
    var text = Substring(fixed(value, digits: 3))
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }

  /// `2026-01-25 14:20:05` by the clock of `zone`.
  public static func time(_ time: Int64, zone: ClockZone) -> String {
    let (date, clock) = parts(time, zone: zone)
    return "\(date) \(clock)"
  }

  /// `2026-01-25T14:20:05+00:00`.
  public static func isoTime(_ time: Int64) -> String {
    let (date, clock) = parts(time, zone: .utc)
    return "\(date)T\(clock)+00:00"
  }

  private static func parts(_ time: Int64, zone: ClockZone) -> (date: String, clock: String) {
    let shown = time &+ zone.offset(time)
    var seconds = time_t(shown)
    var fields = tm()
    guard gmtime_r(&seconds, &fields) != nil else { return ("\(time)", "") }
    func padded(_ value: CInt, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    // Years beyond CInt have no calendar.
    let date =
      "\(padded(fields.tm_year &+ 1900, 4))-\(padded(fields.tm_mon + 1, 2))-\(padded(fields.tm_mday, 2))"
    return (
      date, "\(padded(fields.tm_hour, 2)):\(padded(fields.tm_min, 2)):\(padded(fields.tm_sec, 2))"
    )
  }
}

extension HistorySummary {
  /// The block of `--summary`: an empty line, a heading, a rule and the figures.
  public var text: String {
    let name = origin.map { "\(metric) \($0)" } ?? metric
    var lines = ["", "\(name) (\(count) samples)", String(repeating: "-", count: 40)]
    switch figures {
    case .states(let shares):
      lines += shares.map { "  \($0.name): \(fixed($0.percent, digits: 1))%" }
    case .values(let statistics):
      lines += [
        ("min", statistics.minimum), ("max", statistics.maximum), ("avg", statistics.mean),
        ("p50", statistics.p50), ("p95", statistics.p95), ("p99", statistics.p99),
      ].map { "  \($0.0): \(HistoryText.value($0.1))" }
    }
    return lines.joined(separator: "\n")
  }
}
