import ArgumentParser
import Commands
import Config
import Model

/// Reads a steering configuration for a command that works with it.
enum SteeringConfiguration {
  /// The settings; or errors on the standard error, and status 78.
  ///
  /// - Parameter isRun: the router will be talked to: values left open are obstacles too.
  static func settings(_ path: String, isRun: Bool) throws -> SteeringSettings {
    let result = SteeringConfigFile.load(path: path, environment: environment)
    for finding in isRun ? result.runBlockers : result.errors {
      CommandEntry.writeRemark("\(finding)")
    }
    guard let settings = result.settings, !isRun || result.runBlockers.isEmpty else {
      throw ExitCode.configuration
    }
    return settings
  }
}
