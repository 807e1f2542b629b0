import ArgumentParser
import Commands
import Diagnose
import Model
import Platform
import Router

/// Asks a real router what its documentation leaves open.
struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Find out what a real router does where the documentation is silent.",
    discussion: """
      The answers are one JSON document without addresses, comments and passwords, to be sent to \
      the developers. Nothing is written to the router without --write-test.
      """)

  @OptionGroup var configuration: ConfigurationOption

  @Option(
    help: ArgumentHelp("Also test what writes do, on this queue.", valueName: "queue"))
  var writeTest: String?

  @Option(help: ArgumentHelp("Writes of each of the two tests.", valueName: "n"))
  var writes = 100

  @Option(
    help: ArgumentHelp("How long the flash counter is watched each time.", valueName: "seconds"))
  var watch: Double = 60

  func validate() throws {
    guard (1...1000).contains(writes) else {
      throw ValidationError("--writes: \(writes) is not from 1 to 1000")
    }
    guard watch >= 0, watch <= 3600 else {
      throw ValidationError("--watch: \(shortest(watch)) is not from 0 to 3600 seconds")
    }
    _ = try scratchQueue()
  }

  private func scratchQueue() throws -> Identifier? {
    guard let writeTest else { return nil }
    guard let name = try? Identifier(writeTest) else {
      throw ValidationError("--write-test: '\(writeTest)' is no name of a queue")
    }
    return name
  }

  func run() throws {
    let settings = try configuration.load()
    let test = try scratchQueue().map {
      RouterProbe.WriteTest(queue: $0, writes: writes, watch: Milliseconds(seconds: watch))
    }
    let stop = try StopRequest()
    let probe = RouterProbe(
      settings.router, queue: settings.queues.download, writeTest: test,
      surroundings: .init(
        wait: { time in _ = try? stop.wait(upTo: Clock.monotonic() + time) },
        isStopped: { stop.isRequested }, tell: { remark($0) }))
    let report: ProbeReport
    do throws(LimitSetter.Failure) {
      report = try probe.run()
    } catch {
      switch error {
      case .router(let failure): remark("\(failure)")
      case .unknownQueues(let queues): remark("\(queues)")
      }
      throw ExitCode.failure
    }
    var json = JSONWriter(reserving: 1 << 16)
    report.write(to: &json)
    json.newline()
    _ = try json.withBytes { bytes throws(SystemError) in try writeAll(bytes, to: 1) }
    if !report.isRestored { throw ExitCode.failure }
  }
}
