import ArgumentParser
import Commands
import Glibc
import Model
import Platform
import Router

/// Sets limits of a router's queues, each of them confirmed by the router.
@main
struct WanctlSetq: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-setq",
    abstract: "Set the limits of a router's queues, and see them confirmed.",
    usage: """
      wanctl-setq --config FILE [--json] [--dry-run] QUEUE=RATE...
      wanctl-setq --config FILE [--dry-run] -
      wanctl-setq --config FILE [--json] --show
      wanctl-setq trust --config FILE [--accept FINGERPRINT]
      """,
    discussion: """
      RATE is a number of bits per second with k, M or G behind it: 612M, 1.5G, 35500k. 0 removes \
      the limit. With - decision and set records are read from the standard input, and the newest \
      limits are set.
      """,
    version: "wanctl-setq \(wanctlVersion)",
    subcommands: [TrustCommand.self])

  /// `trust` may stand before or behind the options; nothing else has this form.
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let place = arguments.indices.first { index in
      arguments[index] == "trust" && (index == 0 || arguments[index - 1] != "--config")
    }
    guard let place else { CommandEntry.run(Self.self, arguments: arguments) }
    arguments.remove(at: place)
    CommandEntry.run(TrustCommand.self, arguments: arguments)
  }

  @OptionGroup var router: RouterOptions

  @Flag(help: "Print records, as in wanctl-records(5), instead of sentences.")
  var json = false

  @Flag(name: .customLong("dry-run"), help: "Read the router, tell what would be set, set nothing.")
  var isDryRun = false

  @Flag(help: "Show the limits of the WAN's queues, and set nothing.")
  var show = false

  @Argument(help: ArgumentHelp("Limits to set, or - to read records.", valueName: "QUEUE=RATE"))
  var limits: [String] = []

  func validate() throws {
    if show, !limits.isEmpty { throw ValidationError("--show takes no limits") }
    if !show, limits.isEmpty {
      throw ValidationError("nothing to set: give QUEUE=RATE, - or --show")
    }
    if limits.contains("-") {
      guard limits.count == 1 else { throw ValidationError("- stands alone") }
    } else {
      _ = try requests()
    }
  }

  private func requests() throws -> [LimitRequest] {
    try limits.map { text in
      do throws(LimitRequest.Invalid) {
        return try LimitRequest(parsing: text)
      } catch {
        throw ValidationError(error.description)
      }
    }
  }

  func run() throws {
    let settings = try router.load()
    let output = SetOutput(json: json, isDryRun: isDryRun)
    let desk = RouterDesk(settings, isDryRun: isDryRun)
    if show {
      let rows = try desk.rows()
      try output.show(rows, settings, over: desk.usedWay, otherWay: desk.otherWay())
    } else if limits == ["-"] {
      try follow(settings, desk, output)
    } else {
      try set(try requests(), desk, output)
    }
  }

  private func set(
    _ requests: [LimitRequest], _ desk: RouterDesk, _ output: SetOutput
  ) throws {
    var done = 0
    var trouble: SystemError?
    do throws(LimitSetter.Failure) {
      try desk.setter.set(requests) { outcome in
        if outcome.failure == nil { done += 1 }
        do throws(SystemError) { try output.tell(outcome) } catch { trouble = error }
      }
    } catch { throw desk.end(error) }
    if let reason = desk.budget.trouble {
      CommandEntry.writeRemark("wanctl-setq: the write budget is not shared: \(reason)")
    }
    if let trouble { throw trouble }
    if done < requests.count { throw ExitCode.failure }
  }

  private func follow(
    _ settings: LoopSettings, _ desk: RouterDesk, _ output: SetOutput
  ) throws {
    let stream = try LimitStream(
      wan: settings.wan, queues: settings.queues, settings: settings.router
    ) { CommandEntry.writeRemark("wanctl-setq: \($0)") }
    let summary = try stream.run(
      reading: STDIN_FILENO, port: desk.port, budget: desk.budget, isDryRun: isDryRun
    ) { record throws(SystemError) in try output.write(record) }
    if !summary.isSettled || summary.badLines > 0 { throw ExitCode.failure }
  }
}
