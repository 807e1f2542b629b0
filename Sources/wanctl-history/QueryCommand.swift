import ArgumentParser
import Commands
import Glibc
import History
import Platform

/// How rows are printed.
enum QueryFormat: String, CaseIterable, ExpressibleByArgument {
  case table
  case json
  case jsonl
  case csv
}

/// Prints the rows of a range, or what they come to.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Print rows or a summary (default).")

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

  @Flag(help: "Print JSON: --format json.")
  var json = false

  @Flag(help: "Print shares of states, and minimum, mean and percentiles of everything else.")
  var summary = false

  @Flag(name: .shortAndLong, help: "Show WAN, labels and tier in the table too.")
  var verbose = false

  @Option(help: ArgumentHelp("table, json, jsonl or csv.", valueName: "FORMAT"))
  var format: QueryFormat = .table

  @Option(
    help: ArgumentHelp("The database.", valueName: "PATH"), completion: .file(extensions: ["db"]))
  var db = MetricsSchema.defaultPath

  func run() throws {
    let now = Int64(time(nil))
    let range = HistoryRange.resolve(
      last: last.flatMap { QueryArguments.duration($0).seconds },
      from: from.flatMap { QueryArguments.time($0).seconds },
      to: to.flatMap { QueryArguments.time($0).seconds }, now: now)
    // Empty names are kept: they are in no row.
    let names = metrics.map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
    }
    let filter = HistoryFilter(metrics: names, wan: wan)
    let reader = try QueryDatabase.open(db)
    var output = QueryOutput(reader, range, filter)
    let form: QueryFormat = json ? .json : format
    do throws(SQLiteError) {
      if form == .table, summary {
        try output.summary()
      } else {
        try output.rows(form, isVerbose: verbose)
      }
    } catch {
      CommandEntry.writeRemark("\(error)")
      throw ExitCode.failure
    }
    try output.finish()
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
