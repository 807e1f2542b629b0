import ArgumentParser
import Commands
import Config
import Daemon
import Model
import Setup
import Web

/// The daemon.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the control loop (the default).")

  @Option(help: ArgumentHelp("Configuration of a WAN; repeat it for several.", valueName: "file"))
  var config: [String]

  @Option(
    help: ArgumentHelp(
      "Record everything that decisions rest on as JSON Lines; - is the standard output.",
      valueName: "file"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Steering configuration: steer in this process, by its samples.", valueName: "file"))
  var steer: String?

  @Flag(help: "Log every cycle.")
  var debug = false

  @Flag(help: "Run one cycle and end; its failure is the exit status 1.")
  var oneshot = false

  @Flag(help: "Check the configurations, print the original's summary, and end.")
  var validateConfig = false

  func validate() throws {
    if oneshot, steer != nil { throw ValidationError("--steer needs more than --oneshot's cycle") }
  }

  func run() throws {
    var results = config.map { ConfigFile.load(path: $0, environment: environment) }
    if validateConfig {
      for result in results { print(ValidationReport.text(result)) }
      throw results.allSatisfy(\.isValid) ? ExitCode.success : ExitCode.failure
    }
    results = results.map { $0.checkingStart() }
    for finding in results.flatMap(\.diagnostics) { CommandEntry.writeRemark("\(finding)") }
    guard results.allSatisfy({ $0.isValid && $0.runBlockers.isEmpty }) else {
      throw ExitCode.configuration
    }
    for settings in results.compactMap(\.settings) {
      LimitRestorer.replay(settings) { CommandEntry.writeRemark("wanctl-loop: \($0)") }
    }
    let steering = try steer.map { try loadSteering($0, loops: results) }
    let daemon = LoopDaemon(
      configurations: results, environment: environment,
      options: LoopDaemon.Options(
        record: record, logsEveryCycle: debug, endsAfterOneCycle: oneshot, steering: steering))
    throw ExitCode(
      try daemon.run { sources, log in
        let services = WebServices.loop(
          health: sources.health, metrics: sources.metrics, status: sources.status,
          history: sources.history, cycles: sources.cycles, log: sources.log,
          steering: sources.steering?.status
        ) { log(.warning, $0) }
        let steering = sources.steering.map { steering in
          WebServices.steering(
            health: steering.health, status: steering.status, log: steering.log
          ) { log(.warning, $0) }
        }
        for address in services.addresses + (steering?.addresses ?? []) { log(.info, address) }
        return {
          services.stop()
          steering?.stop()
        }
      })
  }

  private func loadSteering(_ file: String, loops: [ConfigResult]) throws -> SteeringConfigResult {
    let result = SteeringConfigFile.load(path: file, environment: environment).checkingStart()
    for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
    guard let settings = result.settings, result.runBlockers.isEmpty else {
      throw ExitCode.configuration
    }
    let names = loops.compactMap { $0.settings?.wan.text }
    guard names.contains(settings.control.primary) else {
      CommandEntry.writeRemark(
        "\(file): topology.primary_wan '\(settings.control.primary)' is none of the WANs of --config"
          + " (\(names.joined(separator: ", "))): add its configuration, or run wanctl-steer")
      throw ExitCode.configuration
    }
    return result
  }
}
