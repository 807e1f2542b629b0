import ArgumentParser
import Commands
import Config
import Daemon
import Model
import Platform
import Router
import Service

/// What `enable` and `disable` have in common.
struct SwitchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Steering configuration.", valueName: "file"))
  var config: String

  @Option(help: ArgumentHelp("The WAN whose rule is switched.", valueName: "name"))
  var target: String?

  @Flag(help: "Switch the rule although the daemon runs; its state file is left to it.")
  var force = false

  /// Switches, and saves what stands then.
  ///
  /// - Parameter body: switches the rules, and returns whose rule is on.
  func run(
    _ body: (SteeringSwitch, _ target: Int?) throws(RouterFailure) -> Int?
  ) throws {
    let settings = try SteeringConfiguration.settings(config, isRun: true)
    let chosen = try chosenTarget(settings)
    let lock = try takeLock(settings.lockFile)
    defer { withExtendedLifetime(lock) {} }
    let port = RouterAccess(settings.router).port(now: Clock.monotonic)
    let active: Int?
    do throws(RouterFailure) {
      active = try body(SteeringSwitch(settings, port: port, remark: Self.remark), chosen)
    } catch {
      Self.remark("\(error)")
      throw ExitCode.failure
    }
    guard lock != nil else { return }
    do throws(SteeringSwitch.NotSaved) {
      try SteeringSwitch.save(
        target: active, of: settings, at: Clock.wall(), remark: Self.remark)
    } catch {
      Self.remark("\(error)")
      throw ExitCode.failure
    }
  }

  private func chosenTarget(_ settings: SteeringSettings) throws -> Int? {
    guard let target else { return nil }
    if let index = settings.rules.firstIndex(where: { $0.target == target }) { return index }
    let names = settings.rules.map(\.target).joined(separator: ", ")
    throw ValidationError("there is no alternate '\(target)'; there is \(names)")
  }

  /// nil when somebody else holds the lock, and that does not matter.
  private func takeLock(_ path: String) throws -> InstanceLock? {
    do throws(InstanceLock.Failure) {
      // The folder goes with the daemon where the service manager made it.
      return try InstanceLock(path: path, makesFolders: true)
    } catch {
      if case .system = error {
        Self.remark("\(error)")
      } else if force {
        Self.remark("\(error): it goes on deciding, and may switch the rule again")
        return nil
      } else {
        Self.remark(
          "\(error): it would switch the rule as it decides; stop it first, or use --force")
      }
      throw ExitCode.failure
    }
  }

  static func remark(_ text: String) { CommandEntry.writeRemark("wanctl-steer: \(text)") }

  /// Tells what became of a rule.
  static func tell(_ change: SteeringSwitch.Change) {
    let now = change.isEnabled ? "on" : "off"
    print(
      "\(change.target): the rule \"\(change.comment)\" is \(now), "
        + (change.wasSo ? "as it was" : "confirmed by the router"))
  }
}

/// Sends new connections to another WAN by hand.
struct EnableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Steer by hand: switch the rule of a target on.",
    discussion: "Without --target it is the first one. The daemon returns when it finds all well.")

  @OptionGroup var options: SwitchOptions

  func run() throws {
    try options.run { (rules, target) throws(RouterFailure) in
      try rules.enable(target ?? 0, report: SwitchOptions.tell)
      return target ?? 0
    }
  }
}

/// Keeps new connections on the primary by hand.
struct DisableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Stop steering by hand: switch the rules off.",
    discussion: "Without --target all of them.")

  @OptionGroup var options: SwitchOptions

  func run() throws {
    try options.run { (rules, target) throws(RouterFailure) in
      try rules.disable(target, report: SwitchOptions.tell)
    }
  }
}
