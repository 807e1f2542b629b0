import ArgumentParser
import Commands
import Config
import Glibc
import History
import HistoryViews
import Model

/// What plots and reports are asked for: a time, a WAN, a database.
struct SurveyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The last 90s, 30m, 1h, 7d, 2w.", valueName: "DURATION"))
  var last: String?

  @Option(
    help: ArgumentHelp("From a time on: 2026-01-25 14:30, ISO 8601.", valueName: "TIMESTAMP"))
  var from: String?

  @Option(help: ArgumentHelp("Up to a time (default: now).", valueName: "TIMESTAMP"))
  var to: String?

  @Option(
    help: ArgumentHelp("Only this WAN.", valueName: "NAME"),
    completion: .custom { arguments, _, prefix in
      QueryDatabase.completions(of: .wan, arguments, prefix: prefix)
    })
  var wan: String?

  @Option(
    help: ArgumentHelp("The database.", valueName: "PATH"), completion: .file(extensions: ["db"]))
  var db: String?

  @Option(
    help: ArgumentHelp(
      "Configuration of a WAN: its database, its thresholds; repeat it for several.",
      valueName: "FILE"), completion: .file(extensions: ["yaml"]))
  var config: [String] = []

  func validate() throws {
    func check(_ name: String, _ text: String?, _ mistake: (String) -> String?) throws {
      if let text, let mistake = mistake(text) {
        throw ValidationError("argument \(name): \(mistake)")
      }
    }
    try check("--last", last) { QueryArguments.duration($0).mistake }
    try check("--from", from) { QueryArguments.time($0).mistake }
    try check("--to", to) { QueryArguments.time($0).mistake }
  }

  /// - Parameter seconds: how far back without any option.
  func range(default seconds: Int64) -> HistoryRange {
    let from = from.flatMap { QueryArguments.time($0).seconds }
    let last = last.flatMap { QueryArguments.duration($0).seconds }
    return HistoryRange.resolve(
      last: last ?? (from == nil ? seconds : nil), from: from,
      to: to.flatMap { QueryArguments.time($0).seconds }, now: Int64(time(nil)))
  }

  /// Opens the database, or says in one line why that cannot be.
  ///
  /// - Returns: also its path, and what the configurations say of their WANs.
  func open() throws -> (
    reader: HistoryReader, path: String, settings: [String: LineSettings]
  ) {
    let loops = try loopSettings()
    guard let path = db ?? loops.first.map(\.storage.path) ?? MetricsSchema.defaultPath else {
      CommandEntry.writeRemark("\(config[0]): storage.db_path is empty: no history is kept")
      throw ExitCode.failure
    }
    let settings = Dictionary(
      loops.map { ($0.wan.text, LineSettings($0.control)) }, uniquingKeysWith: { $1 })
    return (try QueryDatabase.open(path), path, settings)
  }

  private func loopSettings() throws -> [LoopSettings] {
    try config.map { path in
      let result = ConfigFile.load(path: path, environment: ProcessEnvironment.current())
      guard let settings = result.settings else {
        for finding in result.errors { CommandEntry.writeRemark("\(finding)") }
        throw ExitCode.configuration
      }
      return settings
    }
  }
}
