import ArgumentParser
import Commands
import Config
import Daemon
import Glibc
import Model
import Platform
import Service

/// The environment as values for `${NAME}` in a configuration.
let environment = ProcessEnvironment.current()

/// The `--config` and `--state` of the commands that decide without a router.
struct ConfigurationOption: ParsableArguments {
  @Option(help: ArgumentHelp("Configuration of the WAN.", valueName: "file"))
  var config: String

  @Option(help: ArgumentHelp("State file to begin with; it is only read.", valueName: "file"))
  var state: String?

  @Flag(help: "Print the streaks too.")
  var verbose = false

  /// The settings, or the findings on the standard error and status 78.
  func settings() throws -> LoopSettings {
    let result = ConfigFile.load(path: config, environment: environment)
    for finding in result.errors { CommandEntry.writeRemark("\(finding)") }
    guard let settings = result.settings else { throw ExitCode.configuration }
    return settings
  }

  /// What the state file holds; nil without one.
  func restoredState(_ settings: LoopSettings) throws -> LoopState? {
    guard let state else { return nil }
    let loaded = StateFile(path: state).peek(defaults: LoopState(startOf: settings.control))
    for finding in loaded.findings { CommandEntry.writeRemark("\(finding)") }
    guard loaded.isRestored else {
      throw ValidationError("\(state) is no state file that can be read")
    }
    return loaded.state
  }
}
