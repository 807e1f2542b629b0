import ArgumentParser
import Commands
import Config
import Model

/// The environment as values for `${NAME}` in a configuration.
let environment = ProcessEnvironment.current()

/// Steering: `run` is the service, the others look at parts of it.
@main
struct WanctlSteer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-steer",
    abstract: "Send latency-sensitive connections to another WAN while one is congested or dead.",
    version: "wanctl-steer \(wanctlVersion)",
    subcommands: [
      RunCommand.self, CheckCommand.self, ReplayCommand.self, StatusCommand.self,
      EnableCommand.self, DisableCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    CommandEntry.run(Self.self, arguments: rewrite(arguments))
  }

  /// Only the daemon takes the abbreviations that the original's users type.
  private static func rewrite(_ arguments: [String]) -> [String] {
    let others = ["check", "replay", "status", "enable", "disable", "help"]
    if let first = arguments.first, others.contains(first) { return arguments }
    return ArgumentPass(
      options: ["--config", "--debug", "--help", "--reset", "--validate-config", "--version"]
    ).rewrite(arguments)
  }
}
