import ArgumentParser
import Commands
import Glibc
import Model

/// Queries the history that the daemons keep.
@main
struct WanctlHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-history",
    abstract: "Show what happened on a WAN: latencies, states, rates.",
    version: "wanctl-history \(wanctlVersion)",
    subcommands: [
      QueryCommand.self, PlotCommand.self, ReportCommand.self, ExportCommand.self,
      MaintainCommand.self,
    ], defaultSubcommand: QueryCommand.self)

  /// Long options may be abbreviated, as the original's.
  static func main() {
    let arguments = ArgumentPass(options: QueryArguments.longOptions)
      .rewrite(Array(CommandLine.arguments.dropFirst()))
    if let mistake = QueryArguments.mistake(in: arguments) {
      CommandEntry.writeRemark("\(QueryArguments.usage)\nwanctl-history: error: \(mistake)")
      Glibc.exit(2)
    }
    CommandEntry.run(Self.self, arguments: arguments)
  }
}
