import ArgumentParser
import Commands
import Config
import Daemon
import Model
import Web

/// The daemon, and its reset.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the steering daemon (the default).")

  @Option(help: ArgumentHelp("Steering configuration.", valueName: "file"))
  var config: String

  @Flag(help: "Log every cycle.")
  var debug = false

  @Flag(help: "Switch the rules off, begin the state anew, and end.")
  var reset = false

  @Flag(help: "Check the configuration, print a summary, and end.")
  var validateConfig = false

  func run() throws {
    var result = SteeringConfigFile.load(path: config, environment: environment)
    if validateConfig {
      print(ValidationReport.text(result))
      throw result.isValid ? ExitCode.success : ExitCode.failure
    }
    result = result.checkingStart()
    for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
    guard result.isValid, result.runBlockers.isEmpty else { throw ExitCode.configuration }
    guard !reset else {
      let isDone = try SteeringReset(result).run { CommandEntry.writeRemark("wanctl-steer: \($0)") }
      throw isDone ? ExitCode.success : ExitCode.failure
    }
    try SteeringDaemon(result, environment: environment, logsEveryCycle: debug).run {
      sources, log in
      let services = WebServices.steering(
        health: sources.health, status: sources.status, log: sources.log
      ) { log(.warning, $0) }
      for address in services.addresses { log(.info, address) }
      return { services.stop() }
    }
  }
}
