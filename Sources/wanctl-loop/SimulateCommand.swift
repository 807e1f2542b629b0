import ArgumentParser
import Commands
import Config
import Daemon
import LineModel
import Model
import Terminal

/// Closes the loop on a modelled line.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run the loop on a modelled line, without a router and without privileges.",
    discussion: "Built-in scenarios:\n"
      + BuiltInScenario.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(
        separator: "\n"))

  /// How fast virtual time runs.
  enum Speed: ExpressibleByArgument, Equatable {
    case maximum
    case times(Double)

    init?(argument: String) {
      if argument == "max" {
        self = .maximum
      } else if argument == "realtime" {
        self = .times(1)
      } else if let factor = Double(argument), factor > 0, factor <= 1000 {
        self = .times(factor)
      } else {
        return nil
      }
    }
  }

  /// What `--picture` prints.
  enum Picture: String, ExpressibleByArgument, CaseIterable {
    case text, svg
  }

  @Option(help: "Name of a built-in scenario, or a JSON file (wanctl-scenario(5)).")
  var scenario = BuiltInScenario.demo.rawValue

  @Option(
    help: ArgumentHelp(
      "Configuration of the WAN; without it a line of 100/20 Mbit/s.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Seed of everything random.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Seconds to simulate; default: as the scenario says.", valueName: "s"))
  var duration: Double?

  @Option(
    help: ArgumentHelp(
      "max, realtime, or how many times as fast as the clock; default: realtime with --tui, else max.",
      valueName: "n"))
  var speed: Speed?

  @Option(help: ArgumentHelp("Median time that the router takes for a write.", valueName: "ms"))
  var writeLatency: Double = 15

  @Flag(help: "Draw latency, rates and zones while it runs; any key ends.")
  var tui = false

  @Flag(help: "Report as one JSON object.")
  var json = false

  @Option(
    help: ArgumentHelp("Print the last frame of the view instead (text, svg).", valueName: "form"))
  var picture: Picture?

  func validate() throws {
    if let duration, !(duration > 0 && duration <= 604_800) {
      throw ValidationError("--duration: \(shortest(duration)) is not from 0 to 604800 seconds")
    }
    guard writeLatency >= 0, writeLatency <= 60_000 else {
      throw ValidationError("--write-latency: \(shortest(writeLatency)) is not from 0 to 60000 ms")
    }
  }

  func run() throws {
    let settings = try settings()
    let scenario: Scenario
    do {
      scenario = try SimulationScenario.find(self.scenario, for: settings)
    } catch {
      throw ValidationError("--scenario: \(error)")
    }
    var show = SimulationShow(
      Simulation(
        settings, scenario: scenario, seed: seed, writeLatency: Milliseconds(writeLatency)),
      duration: duration.map { Milliseconds(seconds: $0) } ?? scenario.duration)
    if let picture {
      show.compute()
      let frame = show.frame()
      print(picture == .svg ? frame.svg(title: show.title) : frame.plainText, terminator: "")
      return
    }
    switch speed ?? (tui ? .times(1) : .maximum) {
    case .maximum: show.compute()
    case .times(let factor): try show.play(speed: factor, onScreen: tui)
    }
    var report = JSONWriter()
    show.report.write(to: &report)
    print(json ? report.text + "\n" : show.report.text, terminator: "")
  }

  /// Those of the configuration, or the findings on the standard error and `EX_CONFIG`.
  private func settings() throws -> LoopSettings {
    guard let config else { return SimulationScenario.defaultSettings }
    let result = ConfigFile.load(path: config, environment: environment)
    for finding in result.errors { CommandEntry.writeRemark("\(finding)") }
    guard let settings = result.settings else { throw ExitCode.configuration }
    return settings
  }
}
