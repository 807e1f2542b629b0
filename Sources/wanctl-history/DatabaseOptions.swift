import ArgumentParser
import Commands
import Config
import History
import Model

/// Where history is.
struct DatabaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The database.", valueName: "PATH"), completion: .file(extensions: ["db"]))
  var db: String?

  @Option(
    help: ArgumentHelp(
      "Take database and WAN from the configuration of a daemon.", valueName: "FILE"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  /// The database and, with a configuration, its WAN; or says what is wrong with it and ends.
  func resolve() throws -> (path: String, wan: String?) {
    guard let config else { return (db ?? MetricsSchema.defaultPath, nil) }
    guard let found = Self.database(of: config) else {
      // What is wrong with a file that is neither is told as of one of the loop.
      let loop = ConfigFile.load(path: config, environment: ProcessEnvironment.current())
      for finding in loop.errors { CommandEntry.writeRemark("\(finding)") }
      throw ExitCode.configuration
    }
    guard let path = db ?? found.path else {
      CommandEntry.writeRemark("\(config): storage.db_path is empty: no history is kept")
      throw ExitCode.failure
    }
    return (path, found.wan)
  }

  /// What a configuration of the loop or of steering says; nil when it is neither.
  static func database(of config: String) -> (path: String?, wan: String)? {
    let environment = ProcessEnvironment.current()
    if let loop = ConfigFile.load(path: config, environment: environment).settings {
      return (loop.storage.path, loop.wan.text)
    }
    // Steering stores under the name of the WAN that it steers away from.
    return SteeringConfigFile.load(path: config, environment: environment).settings.map {
      ($0.storage.path, $0.control.primary)
    }
  }
}
