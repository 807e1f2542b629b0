public import Model
import Platform
public import Router
import Service

/// Puts the limits back that a calibration found.
public struct LimitRestorer {
  private let setter: LimitSetter

  public init(_ setter: LimitSetter) { self.setter = setter }

  /// Sets each of the limits.
  ///
  /// - Returns: what could not be set, in a sentence; nil when all is as it was.
  public func restore(_ journal: LimitJournal) -> String? {
    var failures: [String] = []
    do throws(LimitSetter.Failure) {
      try setter.set(journal.limits.map { LimitRequest(queue: $0.queue, limit: $0.limit) }) {
        if let failure = $0.failure { failures.append("\(failure)") }
      }
    } catch {
      switch error {
      case .router(let failure): failures.append("\(failure)")
      case .unknownQueues(let queues): failures.append("\(queues)")
      }
    }
    return failures.isEmpty ? nil : failures.joined(separator: "; ")
  }

  /// What a calibration that was killed has left is put back, before a daemon begins.
  ///
  /// Costs nothing where there is no journal. A router that is away keeps nobody from starting: the
  /// journal stays for the next time.
  ///
  /// - Parameter remark: hears what was done.
  public static func replay(_ settings: LoopSettings, remark: (String) -> Void) {
    let path = LimitJournal.path(besideLock: settings.lockFile)
    guard LimitJournal.exists(path) else { return }
    // The calibration, or a loop, is at work.
    if InstanceLock.runningProcess(lockFile: settings.lockFile) != nil { return }
    guard let journal = LimitJournal.read(path) else {
      remark("\(path) cannot be understood; it is left as it is")
      return
    }
    guard journal.host == settings.router.host else {
      remark(
        "\(path) is about the router \(journal.host), not \(settings.router.host); it is left as it "
          + "is")
      return
    }
    var router = settings.router
    router.operationTimeout = min(router.operationTimeout, Milliseconds(seconds: 5))
    let access = RouterAccess(router)
    let setter = LimitSetter(
      port: access.port(over: access.primary, now: Clock.monotonic),
      budget: SharedBudget(file: nil, settings: router.writeBudget),
      clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall),
      sleep: Clock.sleep)
    if let problem = LimitRestorer(setter).restore(journal) {
      remark("the limits before an interrupted calibration could not be restored: \(problem)")
      return
    }
    let names = journal.queues.map(\.name).joined(separator: " and ")
    do throws(SystemError) {
      try LimitJournal.remove(path)
      remark("restored the limits of \(names) after an interrupted calibration")
    } catch {
      remark("\(error)")
    }
  }
}
