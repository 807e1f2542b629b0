import ArgumentParser
import Commands
import Config

/// The daemon. It is not there yet: the configuration is checked, and then it says so.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the steering daemon (the default); not there yet.")

  @Option(help: ArgumentHelp("Steering configuration.", valueName: "file"))
  var config: String

  @Flag(help: "Log every cycle.")
  var debug = false

  @Flag(help: "Switch the rules off, begin the state anew, and end.")
  var reset = false

  @Flag(help: "Check the configuration, print a summary, and end.")
  var validateConfig = false

  /// `EX_UNAVAILABLE` of sysexits(3).
  static let unavailable = ExitCode(69)

  func run() throws {
    let result = SteeringConfigFile.load(path: config, environment: environment)
    if validateConfig {
      print(ValidationReport.text(result))
      throw result.isValid ? ExitCode.success : ExitCode.failure
    }
    for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
    guard result.isValid, result.runBlockers.isEmpty else { throw ExitCode.configuration }
    CommandEntry.writeRemark(
      "wanctl-steer: \(reset ? "--reset" : "run") is not there yet; it comes with a later release")
    throw Self.unavailable
  }
}
