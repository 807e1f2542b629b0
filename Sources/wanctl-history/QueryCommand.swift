import ArgumentParser
import Commands
import Glibc
import History
import Model
import Platform

/// How rows are printed.
enum QueryFormat: String, CaseIterable, ExpressibleByArgument {
  case table
  case json
  case jsonl
  case csv
  case openmetrics
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

  @Option(help: ArgumentHelp("table, json, jsonl, csv or openmetrics.", valueName: "FORMAT"))
  var format: QueryFormat = .table

  @Flag(name: [.customShort("f"), .long], help: "Go on with the rows that are stored from now on.")
  var follow = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if follow, json || summary || format == .json || format == .openmetrics {
      throw ValidationError("--follow goes with --format table, jsonl or csv only")
    }
  }

  func run() throws {
    let now = Int64(time(nil))
    let range = HistoryRange.resolve(
      last: last.flatMap { QueryArguments.duration($0).seconds },
      from: from.flatMap { QueryArguments.time($0).seconds },
      to: to.flatMap { QueryArguments.time($0).seconds }, now: now)
    let names = metrics.map { QueryArguments.names($0) }
    let place = try database.resolve()
    let filter = HistoryFilter(metrics: names, wan: wan ?? place.wan)
    if follow {
      let isAsked = last != nil || from != nil
      return try follow(place.path, filter, from: isAsked ? range.start : nil)
    }
    let reader = try QueryDatabase.open(place.path)
    let output = QueryOutput()
    let form: QueryFormat = json ? .json : format
    do throws(SQLiteError) {
      if form == .table, summary {
        try output.summary(reader, range, filter)
      } else {
        try output.rows(form, isVerbose: verbose, reader, range, filter)
      }
    } catch {
      CommandEntry.writeRemark("\(error)")
      throw ExitCode.failure
    }
    try output.finish()
  }

  /// Ends when it is wished, or nobody reads any more.
  private func follow(_ path: String, _ filter: HistoryFilter, from start: Int64?) throws {
    let stop = try StopRequest()
    let tail = try QueryDatabase.follow(path, filter, from: start)
    try QueryOutput().follow(tail, format, isVerbose: verbose) {
      if try stop.wait(upTo: Clock.monotonic() + Milliseconds(200)) { return false }
      var reader = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
      return poll(&reader, 1, 0) == 0
    }
  }
}
