import ArgumentParser
import Commands
import Config

/// Looks through configurations without touching anything.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check configurations, and the loop's that they name, and show what they come to.")

  @Option(help: ArgumentHelp("Steering configuration; repeat it for several.", valueName: "file"))
  var config: [String]

  @Flag(help: "Print findings and effective configuration as JSON.")
  var json = false

  func run() throws {
    let results = config.map {
      SteeringConfigFile.load(path: $0, environment: environment).checkingPaths()
    }
    for result in results { print(json ? CheckReport.json(result) : CheckReport.text(result)) }
    guard results.allSatisfy(\.isValid) else { throw ExitCode.configuration }
  }
}
