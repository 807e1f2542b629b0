public import Config
import Logging
import Model
import Platform
import Router
import Service

/// `wanctl-steer --reset`: the state begins anew, and no rule is on.
public struct SteeringReset {
  private let settings: SteeringSettings
  private let makePort: () -> any RouterPort

  /// - Parameter configuration: a valid one.
  public init(_ configuration: SteeringConfigResult) throws {
    guard let settings = configuration.settings else {
      throw StartFailure(description: "\(configuration.path) is not valid")
    }
    self.init(settings) { RouterAccess(settings.router).port(now: Clock.monotonic) }
  }

  init(_ settings: SteeringSettings, makePort: @escaping () -> any RouterPort) {
    self.settings = settings
    self.makePort = makePort
  }

  /// Takes the lock, writes the state of a fresh start, and switches all rules off.
  ///
  /// - Parameter remark: told of each rule.
  /// - Returns: whether every rule is confirmed to be off.
  /// - Throws: when a daemon runs, or the state cannot be written.
  public func run(remark: (String) -> Void) throws -> Bool {
    let lock: InstanceLock
    do throws(InstanceLock.Failure) {
      lock = try InstanceLock(path: settings.lockFile, makesFolders: true)
    } catch {
      throw StartFailure(description: "\(settings.name): \(error); stop it before a reset")
    }
    defer { try? lock.release() }
    try SteeringStateFile(path: settings.stateFile)
      .save(SteeringState(name: settings.control.goodName))
    remark("\(settings.stateFile): begun anew as \(settings.control.goodName)")
    // What was before is told by the state file; that it begins anew, by the log of transitions.
    do { try TransitionLog(path: settings.transitionLog).append(transition) } catch {
      remark("\(error)")
    }
    let port = makePort()
    defer { port.disconnect() }
    var succeeded = true
    for rule in settings.rules {
      if let failure = disable(rule.comment, port) {
        remark("\(failure)")
        succeeded = false
      } else {
        remark("the rule '\(rule.comment)' is off")
      }
    }
    return succeeded
  }

  private var transition: SteeringTransition {
    let control = settings.control
    return SteeringTransition(
      time: Clock.wall(), wan: control.primary, from: control.degradedName, to: control.goodName,
      action: .disable, reason: .reset, applied: nil)
  }

  /// Once more over the other way to the router, where the port has gone over to that.
  private func disable(_ comment: RuleComment, _ port: any RouterPort) -> RouterFailure? {
    var failure: RouterFailure?
    for _ in 0..<2 {
      do {
        try port.setRule(comment, enabled: false)
        return nil
      } catch {
        failure = error
        guard error.transport != port.transport || error.failureClass == .reset else { break }
      }
    }
    return failure
  }
}
