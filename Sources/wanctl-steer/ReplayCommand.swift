import ArgumentParser
import Commands
import Config
import Daemon
import Glibc
import Model
import Platform
import Service

/// Decides on recorded cycles in virtual time.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Decide on recorded cycles, in their own time.",
    discussion: """
      Reads one line per cycle, {"t":…,"baseline_rtt_ms":…,"rtt_ms":…,"queue":{…},"rule":"ok"}, and \
      prints one steer record for each; see wanctl-records(5). It reads no file but those named \
      and writes none.
      """)

  @Option(help: ArgumentHelp("Steering configuration.", valueName: "file"))
  var config: String

  @Option(help: ArgumentHelp("State file to begin with; it is only read.", valueName: "file"))
  var state: String?

  @Argument(help: "Cycles; - or nothing is the standard input.")
  var file = "-"

  func run() throws {
    let settings = try SteeringConfiguration.settings(config, isRun: false).control
    var stream = SteeringStream(settings: settings, restoring: try restoredState(settings))
    let input =
      file == "-"
      ? FileDescriptor(owning: dup(STDIN_FILENO))
      : FileDescriptor(owning: try systemCall("open \(file)") { open(file, O_RDONLY | O_CLOEXEC) })
    try stream.run(on: input.rawValue) { CommandEntry.writeRemark("wanctl-steer: \($0)") }
    if stream.issues > 0 { throw ExitCode.failure }
  }

  /// What the state file holds; nil without one.
  private func restoredState(_ settings: SteeringControlSettings) throws -> SteeringState? {
    guard let state else { return nil }
    let loaded = SteeringStateFile(path: state)
      .peek(defaults: SteeringState(name: settings.goodName))
    for finding in loaded.findings { CommandEntry.writeRemark("\(finding)") }
    guard loaded.isRestored else {
      throw ValidationError("\(state) is no state file that can be read")
    }
    return loaded.state
  }
}
