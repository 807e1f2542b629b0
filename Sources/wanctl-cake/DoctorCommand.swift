import ArgumentParser
import Commands
import Config
import Diagnose
import Glibc
import Model
import Platform
import Terminal

/// Lists what would make shaping fail without anybody noticing.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Find what would make shaping fail silently.")

  @Option(help: ArgumentHelp("Configuration of a WAN; repeat it for several.", valueName: "file"))
  var config: [String]

  @Option(help: ArgumentHelp("Configuration of steering.", valueName: "file"))
  var steer: String?

  @Option(
    help: ArgumentHelp(
      "Time between two readings of what moves; 0 = read once.", valueName: "seconds"))
  var samples = 5.0

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func validate() throws {
    guard samples >= 0, samples <= 3600 else {
      throw ValidationError("--samples is a number of seconds from 0 to 3600")
    }
  }

  func run() throws {
    let clock = FactsReader.Clock(
      monotonic: Clock.monotonic, wall: Clock.wall, sleep: Clock.sleep)
    let report = DiagnosisReport(
      try survey().routers.map {
        $0.read(sampleTime: Milliseconds(seconds: samples), clock: clock)
      })
    try print(json ? report.json : text(report))
    if !report.isClean { throw ExitCode.failure }
  }

  /// Reads the configurations. What is wrong with them goes to the standard error, and ends the
  /// tool with 78.
  private func survey() throws -> RouterSurvey {
    var survey = RouterSurvey()
    var isUsable = true
    for file in config {
      let result = ConfigFile.load(path: file, environment: environment)
      guard let settings = usable(result) else {
        isUsable = false
        continue
      }
      survey.add(settings, from: file)
    }
    if let steer {
      let result = SteeringConfigFile.load(path: steer, environment: environment)
      if let settings = usable(result) {
        survey.add(settings, from: steer)
      } else {
        isUsable = false
      }
    }
    guard isUsable else { throw ExitCode.configuration }
    return survey
  }

  /// nil when `run` would not start; why stands on the standard error.
  private func usable<Settings>(_ result: CheckedConfig<Settings>) -> Settings? {
    for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
    return result.runBlockers.isEmpty ? result.settings : nil
  }

  private func text(_ report: DiagnosisReport) -> String {
    let size = TerminalSize(descriptor: STDOUT_FILENO, environment: environment)
    let palette = Palette(isTerminal: isTerminal(STDOUT_FILENO), environment: environment)
    return report.text(width: size.columns, palette: palette)
  }

  private func print(_ text: String) throws(SystemError) {
    let bytes = Array(text.utf8)
    _ = try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
      try writeAll(buffer, to: STDOUT_FILENO)
    }
  }
}
