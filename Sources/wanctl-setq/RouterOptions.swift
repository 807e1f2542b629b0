import ArgumentParser
import Commands
import Config
import Model

/// The configuration that names the router.
struct RouterOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("The configuration of a WAN of this router.", valueName: "FILE"))
  var file: String

  /// Reads the file. What is wrong with it goes to the standard error, and ends the tool with 78.
  ///
  /// - Parameter forAnyTransport: nobody logs in: what SSH needs for that may be missing.
  func load(forAnyTransport: Bool = false) throws -> LoopSettings {
    let loaded = ConfigFile.load(path: file, environment: ProcessEnvironment.current())
    let result = forAnyTransport ? loaded : loaded.checkingStart()
    for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
    guard let settings = result.settings, result.runBlockers.isEmpty else {
      throw ExitCode.configuration
    }
    return settings
  }
}
