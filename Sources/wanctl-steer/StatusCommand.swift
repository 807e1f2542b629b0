import ArgumentParser
import Commands
import Config
import Daemon
import Model
import Platform
import Router

/// Tells how steering is, by what it leaves on this host and, if wanted, by the router.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tell how steering is: state, reasons, baseline, rule.",
    discussion: """
      The exit status is 0 when all is well, 1 when connections are steered away or something wants \
      looking at, and 2 when nothing can be steered.
      """)

  @Option(help: ArgumentHelp("Steering configuration.", valueName: "file"))
  var config: String

  @Flag(help: "Ask the router how the rules stand.")
  var live = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: ArgumentHelp("Show so many of the newest transitions.", valueName: "count"))
  var transitions = 5

  func validate() throws {
    if !(0...10_000).contains(transitions) {
      throw ValidationError("--transitions \(transitions) is not from 0 to 10000")
    }
  }

  func run() throws {
    let settings = try SteeringConfiguration.settings(config, isRun: live)
    var status = SteeringOverview(of: settings, transitions: transitions, at: Clock.wall())
    if live {
      status.ask(RouterAccess(settings.router).port(now: Clock.monotonic), about: settings.rules)
    }
    print(json ? status.json : status.text, terminator: json ? "\n" : "")
    if status.health != .healthy { throw ExitCode(status.health.rawValue) }
  }
}
