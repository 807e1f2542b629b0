import ArgumentParser
import Commands
import Config
import Daemon
import Model

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

  @Flag(help: "Log every cycle.")
  var debug = false

  @Flag(help: "Run one cycle and end; its failure is the exit status 1.")
  var oneshot = false

  @Flag(help: "Check the configurations, print the original's summary, and end.")
  var validateConfig = false

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
    let daemon = LoopDaemon(
      configurations: results, environment: environment,
      options: LoopDaemon.Options(record: record, logsEveryCycle: debug, endsAfterOneCycle: oneshot)
    )
    throw ExitCode(try daemon.run())
  }
}
