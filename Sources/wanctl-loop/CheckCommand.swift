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
    commandName: "check", abstract: "Check configurations and show what they come to.")

  @Option(help: ArgumentHelp("Configuration of a WAN; repeat it for several.", valueName: "file"))
  var config: [String] = []

  @Flag(help: "Print findings and effective configuration as JSON.")
  var json = false

  @Flag(help: "Look at this host and at the router too.")
  var live = false

  @Option(help: ArgumentHelp("With --live: the configuration of steering.", valueName: "file"))
  var steer: String?

  @Option(help: ArgumentHelp("With --live: whom the daemons run as.", valueName: "name"))
  var user = "wanctl"

  @Option(help: ArgumentHelp("With --live: the variables of the units.", valueName: "file"))
  var secrets = "/etc/wanctl/secrets"

  @Option(
    help: ArgumentHelp(
      "Go through an installation of the original below this folder (/ = this host) instead.",
      valueName: "folder"))
  var migrate: String?

  func validate() throws {
    if migrate != nil {
      guard config.isEmpty, !live, steer == nil else {
        throw ValidationError("--migrate finds the configurations itself")
      }
    } else if config.isEmpty {
      throw ValidationError("Missing expected argument '--config <file> ...'")
    }
  }

  func run() throws {
    if let migrate { return try tellMigration(of: migrate) }
    let variables = live ? serviceEnvironment(secrets: secrets) : environment
    let results = config.map { ConfigFile.load(path: $0, environment: variables) }
    for result in results {
      // What --live says of the service's files is not that of whoever asks.
      let shown = live ? result : result.checkingPaths()
      print(json ? CheckReport.json(shown) : CheckReport.text(shown))
    }
    var isPassed = results.allSatisfy(\.isValid)
    if live {
      let steering = steer.map { SteeringConfigFile.load(path: $0, environment: variables) }
      if let steering { print(json ? CheckReport.json(steering) : CheckReport.text(steering)) }
      let check = LiveCheck(
        loops: results, steering: steering, userName: user, secretsFile: secrets)
      let report = check.run(
        clock: FactsReader.Clock(
          monotonic: Clock.monotonic, wall: Clock.wall, sleep: Clock.sleep))
      print(json ? report.json : text(report), terminator: json ? "\n" : "")
      isPassed = isPassed && report.isPassed
    }
    guard isPassed else { throw ExitCode.configuration }
  }

  private func tellMigration(of root: String) throws {
    guard let report = Migration(root: root, environment: environment).report() else {
      CommandEntry.writeRemark(
        "wanctl-loop: there is no installation below '\(root)': neither etc/wanctl nor opt/wanctl")
      throw ExitCode.failure
    }
    print(
      json ? report.json : report.text(width: width, palette: palette),
      terminator: json ? "\n" : "")
    if !report.isReady { throw ExitCode.configuration }
  }

  private func text(_ report: LiveReport) -> String {
    report.text(width: width, palette: palette)
  }

  private var width: Int {
    TerminalSize(descriptor: STDOUT_FILENO, environment: environment).columns
  }

  private var palette: Palette {
    Palette(isTerminal: isTerminal(STDOUT_FILENO), environment: environment)
  }
}

/// The environment with what the units read in addition: it is theirs that counts.
func serviceEnvironment(secrets: String) -> [String: String] {
  guard let variables = try? EnvironmentFile.read(secrets) else { return environment }
  return environment.merging(variables) { $1 }
}
