import ArgumentParser
import Commands
import Model

/// Looks after the history database. What shows it comes with a later release.
@main
struct WanctlHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-history",
    abstract: "Look after the history of the loop.",
    version: "wanctl-history \(wanctlVersion)",
    subcommands: [MaintainCommand.self])

  static func main() {
    CommandEntry.run(Self.self, arguments: Array(CommandLine.arguments.dropFirst()))
  }
}
