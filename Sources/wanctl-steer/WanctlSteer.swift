import ArgumentParser
import Commands

/// Holds the place of `wanctl-steer`: it says that it is not there yet and fails.
@main
struct WanctlSteer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-steer", abstract: "Not there yet.")

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var ignored: [String] = []

  /// `EX_UNAVAILABLE` of sysexits.h.
  static let unavailable = ExitCode(69)

  func run() throws {
    CommandEntry.writeRemark("wanctl-steer is not there yet; it comes with a later release")
    throw Self.unavailable
  }
}
