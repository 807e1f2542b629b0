import ArgumentParser
import Commands
import Config
import Diagnose
import Glibc
import Platform
import Terminal

/// Looks through configurations, and with `--live` at the host and the router, without changing
/// anything.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check configurations, and the loop's that they name, and show what they come to.")

  @Option(help: ArgumentHelp("Steering configuration; repeat it for several.", valueName: "file"))
  var config: [String]

  @Flag(help: "Print findings and effective configuration as JSON.")
  var json = false

  @Flag(help: "Look at this host and at the router too.")
  var live = false

  @Option(help: ArgumentHelp("With --live: whom the daemon runs as.", valueName: "name"))
  var user = "wanctl"

  @Option(help: ArgumentHelp("With --live: the variables of the unit.", valueName: "file"))
  var secrets = "/etc/wanctl/secrets"

  func run() throws {
    var variables = environment
    // It is the environment of the service that counts.
    if live, let own = try? EnvironmentFile.read(secrets) { variables.merge(own) { $1 } }
    var isPassed = true
    for file in config {
      let result = SteeringConfigFile.load(path: file, environment: variables)
      let shown = live ? result : result.checkingPaths()
      print(json ? CheckReport.json(shown) : CheckReport.text(shown))
      isPassed = isPassed && result.isValid
      guard live else { continue }
      let check = LiveCheck(
        loops: [], steering: result, userName: user, secretsFile: secrets)
      let report = check.run(
        clock: FactsReader.Clock(
          monotonic: Clock.monotonic, wall: Clock.wall, sleep: Clock.sleep))
      print(json ? report.json : text(report), terminator: json ? "\n" : "")
      isPassed = isPassed && report.isPassed
    }
    guard isPassed else { throw ExitCode.configuration }
  }

  private func text(_ report: LiveReport) -> String {
    let size = TerminalSize(descriptor: STDOUT_FILENO, environment: environment)
    let palette = Palette(isTerminal: isTerminal(STDOUT_FILENO), environment: environment)
    return report.text(width: size.columns, palette: palette)
  }
}
