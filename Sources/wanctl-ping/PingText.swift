import Glibc
import Measure
import Model

/// Lines as fping writes them.
enum PingText {
  /// Three significant digits.
  static func latency(_ latency: Milliseconds) -> String {
    let value = latency.rawValue
    return switch value {
    case ..<1: fixed(value, digits: 3)
    case ..<10: fixed(value, digits: 2)
    case ..<100: fixed(value, digits: 1)
    default: fixed(value, digits: 0)
    }
  }

  /// `192.0.2.1 : [0], 64 bytes, 12.1 ms (12.1 avg, 0% loss)`; a handshake has no size.
  static func line(
    _ outcome: ProbeOutcome, of host: PingHost, bytes: Int?, width: Int, showsTime: Bool
  ) -> String {
    var line = showsTime ? "[\(fixed(outcome.time.seconds, digits: 5))] " : ""
    line += padded(host.name, to: width) + " : [\(outcome.seq)], "
    switch outcome.result {
    case .answered(let rtt, _):
      if let bytes { line += "\(bytes) bytes, " }
      line += "\(latency(rtt)) ms"
    case .lost(let loss, _):
      line += word(for: loss)
    }
    let mean = host.summary.mean.map(latency) ?? "NaN"
    return line + " (\(mean) avg, \(Int(host.summary.lossPercent))% loss)"
  }

  static func padded(_ name: String, to width: Int) -> String {
    name + String(repeating: " ", count: max(0, width - name.count))
  }

  /// `[13:24:32]`, local time.
  static func timeOfDay(_ time: UnixTime) -> String {
    var seconds = time_t(time.rawValue / 1_000_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "[\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))]"
  }

  private static func word(for loss: ProbeLoss) -> String {
    switch loss {
    case .timeout, .late: "timed out"
    case .unreachable: "unreachable"
    case .sendFailed: "send failed"
    case .clockStep: "clock stepped"
    }
  }
}
