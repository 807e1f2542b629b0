import ArgumentParser
import Commands
import Model

/// The control loop: `run` is the service, the others look at parts of it.
@main
struct WanctlLoop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-loop",
    abstract: "Keep a WAN free of bufferbloat by setting the rates of a router's CAKE queues.",
    version: "wanctl-loop \(wanctlVersion)",
    subcommands: [
      RunCommand.self, CheckCommand.self, DecideCommand.self, ReplayCommand.self,
      SimulateCommand.self, InitCommand.self, CalibrateCommand.self, AlertCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    CommandEntry.run(Self.self, arguments: rewrite(arguments))
  }

  /// Only the daemon takes what the original's users type; after a subcommand a word may be a file
  /// of its own.
  private static func rewrite(_ arguments: [String]) -> [String] {
    let others = [
      "check", "decide", "replay", "simulate", "init", "calibrate", "alert", "help",
    ]
    if let first = arguments.first, others.contains(first) { return arguments }
    return ArgumentPass(
      options: [
        "--config", "--debug", "--help", "--oneshot", "--record", "--steer",
        "--validate-config", "--version",
      ],
      repeating: ["--config"]
    ).rewrite(arguments)
  }
}
