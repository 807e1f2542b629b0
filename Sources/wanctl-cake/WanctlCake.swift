import ArgumentParser
import Commands
import Model

/// Looks at a router's queues: `stream` reads them, the others examine the router.
@main
struct WanctlCake: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-cake",
    abstract: "Read the queues of a router, and examine it.",
    version: "wanctl-cake \(wanctlVersion)",
    subcommands: [StreamCommand.self, DoctorCommand.self, ProbeCommand.self],
    defaultSubcommand: StreamCommand.self)

  static func main() {
    CommandEntry.run(Self.self, arguments: Array(CommandLine.arguments.dropFirst()))
  }
}
