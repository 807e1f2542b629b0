import ArgumentParser
import Commands

/// How the program ends; fping's numbers.
enum PingStatus: Int32 {
  case allAnswered = 0
  case someSilent = 1
  case nameNotFound = 2
  case usage = 3
  case system = 4

  var exitCode: ExitCode { ExitCode(rawValue) }

  /// Ends the program with this status after `reasons` were told on the standard error.
  func because(_ reasons: String...) -> ExitCode {
    for reason in reasons { CommandEntry.writeRemark("wanctl-ping: \(reason)") }
    return exitCode
  }
}
