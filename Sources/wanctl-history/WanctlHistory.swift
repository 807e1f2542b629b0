import ArgumentParser
import Glibc

/// Holds the place of `wanctl-history`: it says that it is not there yet and fails.
@main
struct WanctlHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-history", abstract: "Not there yet.")

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var ignored: [String] = []

  /// `EX_UNAVAILABLE` of sysexits.h.
  static let unavailable = ExitCode(69)

  func run() throws {
    let remark = "wanctl-history is not there yet; it comes with a later release\n"
    _ = remark.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    throw Self.unavailable
  }
}
