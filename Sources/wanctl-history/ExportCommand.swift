import ArgumentParser
import Commands
import Glibc
import History

/// Writes the whole history for a metrics server.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    _superCommandName: "wanctl-history",
    abstract: "Write all samples as OpenMetrics, for a metrics server.")

  @Option(help: ArgumentHelp("The last 90s, 30m, 1h, 7d, 2w.", valueName: "DURATION"))
  var last: String?

  @Option(
    help: ArgumentHelp("From a time on: 2026-01-25 14:30, ISO 8601.", valueName: "TIMESTAMP"))
  var from: String?

  @Option(help: ArgumentHelp("Up to a time (default: now).", valueName: "TIMESTAMP"))
  var to: String?

  @Option(
    help: ArgumentHelp("Only these metrics, with commas between.", valueName: "NAMES"),
    completion: .custom { arguments, _, prefix in
      QueryDatabase.completions(of: .metric, arguments, prefix: prefix)
    })
  var metrics: String?

  @Option(
    help: ArgumentHelp("Only this WAN.", valueName: "NAME"),
    completion: .custom { arguments, _, prefix in
      QueryDatabase.completions(of: .wan, arguments, prefix: prefix)
    })
  var wan: String?

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    for (name, text, check) in [
      ("--last", last, { QueryArguments.duration($0).mistake }),
      ("--from", from, { QueryArguments.time($0).mistake }),
      ("--to", to, { QueryArguments.time($0).mistake }),
    ] as [(String, String?, (String) -> String?)] {
      if let mistake = text.flatMap(check) {
        throw ValidationError("argument \(name): \(mistake)")
      }
    }
  }

  func run() throws {
    var range = HistoryRange.resolve(
      last: last.flatMap { QueryArguments.duration($0).seconds },
      from: from.flatMap { QueryArguments.time($0).seconds } ?? 1,
      to: to.flatMap { QueryArguments.time($0).seconds }, now: Int64(time(nil)))
    // Without a beginning everything counts.
    if last == nil, from == nil { range.start = 0 }
    let place = try database.resolve()
    let reader = try QueryDatabase.open(place.path)
    let output = QueryOutput()
    do throws(SQLiteError) {
      let names = metrics.map { QueryArguments.names($0) }
      try output.openMetrics(
        reader, range, HistoryFilter(metrics: names, wan: wan ?? place.wan))
    } catch {
      CommandEntry.writeRemark("\(error)")
      throw ExitCode.failure
    }
    try output.finish()
  }
}
