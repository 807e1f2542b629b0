import Control
public import Model
public import Platform
public import Router
import Service

/// Switches steering by hand: the rules on the router first, each confirmed by it, then the state that
/// the daemon goes on from.
public struct SteeringSwitch {
  /// The rules are switched, and the state could not be saved.
  public struct NotSaved: Error, Sendable, Equatable, CustomStringConvertible {
    public var path: String
    public var error: SystemError

    public var description: String {
      "the rules are switched, but \(path) could not be saved: \(error)"
    }
  }

  /// What became of one rule.
  public struct Change: Sendable, Equatable {
    public var target: String
    public var comment: RuleComment
    public var isEnabled: Bool
    /// It stood so before.
    public var wasSo: Bool

    public init(target: String, comment: RuleComment, isEnabled: Bool, wasSo: Bool) {
      self.target = target
      self.comment = comment
      self.isEnabled = isEnabled
      self.wasSo = wasSo
    }
  }

  private let settings: SteeringSettings
  private let port: any RouterPort
  private let remark: (String) -> Void

  /// - Parameter remark: told what nobody waits for, and does not matter for the rules.
  public init(
    _ settings: SteeringSettings, port: any RouterPort, remark: @escaping (String) -> Void
  ) {
    self.settings = settings
    self.port = port
    self.remark = remark
  }

  /// How a rule stands; asks again the other way where the first one failed.
  static func read(
    _ comment: RuleComment, from port: any RouterPort
  ) throws(RouterFailure) -> RuleStatus {
    try retrying(port) { (port) throws(RouterFailure) in try port.ruleStatus(comment) }
  }

  /// A port that found another way leaves the operation to its user; setting a rule that is set
  /// does nothing, so that both can be repeated.
  private static func retrying<Answer>(
    _ port: any RouterPort, _ body: (any RouterPort) throws(RouterFailure) -> Answer
  ) throws(RouterFailure) -> Answer {
    do throws(RouterFailure) {
      return try body(port)
    } catch {
      let isOtherWay = error.transport != port.transport
      guard isOtherWay || error.failureClass == .reset else { throw error }
      return try body(port)
    }
  }

  /// Sends new connections to a target: its rule goes on, then all others go off.
  ///
  /// - Parameter target: an index of `rules`.
  public func enable(_ target: Int, report: (Change) -> Void) throws(RouterFailure) {
    let rule = settings.rules[target]
    try set(rule, enabled: true, report: report)
    for other in settings.rules where other.target != rule.target {
      // Who has never made the rule of another target need not do so now.
      if try Self.read(other.comment, from: port) == .enabled {
        try set(other, enabled: false, report: report)
      }
    }
    flush()
  }

  /// Keeps new connections on the primary.
  ///
  /// - Parameter target: whose rule goes off, an index of `rules`; nil = every one's.
  /// - Returns: the target whose rule is still on.
  public func disable(_ target: Int?, report: (Change) -> Void) throws(RouterFailure) -> Int? {
    let chosen = target.map { [$0] } ?? Array(settings.rules.indices)
    for index in chosen { try set(settings.rules[index], enabled: false, report: report) }
    for index in settings.rules.indices where !chosen.contains(index) {
      if try Self.read(settings.rules[index].comment, from: port) == .enabled { return index }
    }
    return nil
  }

  private func set(
    _ rule: SteeringSettings.Rule, enabled: Bool, report: (Change) -> Void
  ) throws(RouterFailure) {
    let before = try Self.read(rule.comment, from: port)
    try Self.retrying(port) { (port) throws(RouterFailure) in
      try port.setRule(rule.comment, enabled: enabled)
    }
    report(
      Change(
        target: rule.target, comment: rule.comment, isEnabled: enabled,
        wasSo: before == (enabled ? .enabled : .disabled)))
  }

  /// The rules are what counts: that connections stay where they are fails nothing.
  private func flush() {
    guard !settings.flushedPorts.isEmpty else { return }
    do throws(RouterFailure) {
      let count = try Self.retrying(port) { (port) throws(RouterFailure) in
        try port.flushConnections(ports: settings.flushedPorts)
      }
      remark("\(count) tracked connections are forgotten")
    } catch {
      remark("tracked connections stay: \(error)")
    }
  }

  /// Saves that the rules stand so; for the holder of the lock alone.
  ///
  /// - Parameter target: whose rule is on, an index of `rules`; nil = none is.
  public static func save(
    target: Int?, of settings: SteeringSettings, at time: UnixTime, remark: (String) -> Void
  ) throws(NotSaved) {
    let file = SteeringStateFile(path: settings.stateFile)
    let names = settings.control
    let loaded = file.load(defaults: SteeringState(name: names.goodName))
    for finding in loaded.findings { remark("\(finding)") }
    var controller = SteeringController(settings.control, restoring: loaded.state)
    let before = controller.decision
    controller.adopt(target: target, at: time)
    let after = controller.decision
    if loaded.isRestored, before.isDegraded == after.isDegraded, before.target == after.target {
      return
    }
    do throws(SystemError) {
      try file.save(controller.state)
    } catch {
      throw NotSaved(path: settings.stateFile, error: error)
    }
    func name(_ isDegraded: Bool) -> String { isDegraded ? names.degradedName : names.goodName }
    let transition = SteeringTransition(
      time: time, wan: names.primary, from: name(before.isDegraded), to: name(after.isDegraded),
      action: target == nil ? .disable : .enable, reason: .manual, applied: true,
      target: (target ?? before.target).map { settings.rules[$0].target },
      replaced: before.isDegraded && after.isDegraded
        ? before.target.map { settings.rules[$0].target } : nil)
    do throws(SystemError) {
      try TransitionLog(path: settings.transitionLog).append(transition)
    } catch {
      remark("the transition log: \(error)")
    }
  }
}
