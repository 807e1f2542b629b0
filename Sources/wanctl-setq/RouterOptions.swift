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
  /// - Parameter forAnyTransport: whatever `router.transport` says will do.
  func load(forAnyTransport: Bool = false) throws -> LoopSettings {
    let result = ConfigFile.load(path: file, environment: ProcessEnvironment.current())
    for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
    guard let settings = result.settings, result.runBlockers.isEmpty else {
      throw ExitCode.configuration
    }
    guard forAnyTransport || settings.router.transport == .rest else {
      CommandEntry.writeRemark(
        "\(file): router.transport: ssh is not supported yet; REST is needed (router.transport: rest)"
      )
      throw ExitCode.configuration
    }
    return settings
  }
}
