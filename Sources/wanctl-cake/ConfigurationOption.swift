import ArgumentParser
import Commands
import Config
import Model

/// The environment as values for `${NAME}` in a configuration.
let environment = ProcessEnvironment.current()

/// The configuration that names the router.
struct ConfigurationOption: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("The configuration of a WAN of this router.", valueName: "file"))
  var file: String

  /// Reads the file. What is wrong with it goes to the standard error, and ends the tool with 78.
  func load() throws -> LoopSettings {
    let result = ConfigFile.load(path: file, environment: environment).checkingStart()
    for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
    guard let settings = result.settings, result.runBlockers.isEmpty else {
      throw ExitCode.configuration
    }
    return settings
  }
}

/// A remark of this tool on the standard error.
func remark(_ text: String) { CommandEntry.writeRemark("wanctl-cake: \(text)") }
