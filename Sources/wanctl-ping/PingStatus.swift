import Glibc
import Platform

/// How the program ends; fping's numbers.
enum PingStatus: CInt {
  case allAnswered = 0
  case someSilent = 1
  case nameNotFound = 2
  case usage = 3
  case system = 4
}

/// Why the program ends before its time.
enum PingFailure: Error {
  /// The text is the parser's, with its prefix.
  case usage(String)
  case namesNotFound([String])
  case system(String)

  /// Says why on the standard error and ends the program.
  func exit() -> Never {
    switch self {
    case .usage(let text):
      remark(text)
      Glibc.exit(PingStatus.usage.rawValue)
    case .namesNotFound(let reasons):
      for reason in reasons { remark("wanctl-ping: \(reason)") }
      Glibc.exit(PingStatus.nameNotFound.rawValue)
    case .system(let text):
      remark("wanctl-ping: \(text)")
      Glibc.exit(PingStatus.system.rawValue)
    }
  }
}

/// Writes a line to the standard error. Where that is closed there is nobody left to tell.
func remark(_ line: String) {
  var line = line + "\n"
  line.withUTF8 { _ = try? writeAll($0, to: STDERR_FILENO) }
}
