public import Config
public import Model
import Platform
import Router
import Service

/// The WAN that is calibrated.
public struct CalibrationSite: Sendable {
  public var wan: Identifier
  public var router: RouterSettings
  public var queues: PerDirection<Identifier>
  public var lockFile: String
  /// nil = there is no configuration yet.
  public var configuration: ConfigResult?

  public init(
    wan: Identifier, router: RouterSettings, queues: PerDirection<Identifier>, lockFile: String
  ) {
    self.wan = wan
    self.router = router
    self.queues = queues
    self.lockFile = lockFile
  }

  public init(_ settings: LoopSettings, configuration: ConfigResult) {
    self.init(
      wan: settings.wan, router: settings.router, queues: settings.queues,
      lockFile: settings.lockFile)
    self.configuration = configuration
  }
}

/// One calibration of a real line. Whatever happens, the limits that the router had are set again;
/// until that is done a journal names them.
public struct CalibrationRun {
  public enum Failure: Error, CustomStringConvertible {
    case calibration(CalibrationFailure)
    /// A loop, or another calibration, is at work.
    case locked(String)
    /// The limits are not what they were: how to set them.
    case notRestored(String)

    public var description: String {
      switch self {
      case .calibration(let failure): "\(failure)"
      case .locked(let text), .notRestored(let text): text
      }
    }
  }

  private let site: CalibrationSite
  private let peer: LoadPeer
  private let pingHost: String
  private var calibration: Calibration
  private let seconds: Int
  private let remark: (String) -> Void
  private let isStopped: @Sendable () -> Bool

  public init(
    site: CalibrationSite, peer: LoadPeer, pingHost: String, calibration: Calibration,
    seconds: Int, remark: @escaping (String) -> Void, isStopped: @escaping @Sendable () -> Bool
  ) {
    self.site = site
    self.peer = peer
    self.pingHost = pingHost
    self.calibration = calibration
    self.seconds = seconds
    self.remark = remark
    self.isStopped = isStopped
    self.calibration.directions = Direction.allCases.filter { peer.loads($0) }
  }

  /// - Parameter show: takes a line of progress, and whether the next one may take its place.
  public mutating func measure(
    show: @escaping (String, Bool) -> Void
  ) throws(Failure) -> (CalibrationResult, median: Milliseconds) {
    let lock: InstanceLock
    do throws(InstanceLock.Failure) {
      lock = try InstanceLock(path: site.lockFile)
    } catch {
      if case .system = error { throw .locked("\(error)") }
      throw .locked("\(error); stop the loop first: systemctl stop wanctl@\(site.wan)")
    }
    defer { try? lock.release() }
    let setter = self.setter
    let journal = try begin(setter)
    let outcome: Result<Calibration.Outcome, CalibrationFailure>
    do throws(CalibrationFailure) {
      outcome = .success(try calibrate(setter, show))
    } catch {
      outcome = .failure(error)
    }
    try restore(journal, setter)
    switch outcome {
    case .failure(let failure): throw .calibration(failure)
    case .success(let outcome): return (try result(outcome), outcome.median)
    }
  }

  private var setter: LimitSetter {
    LimitSetter(
      port: RouterAccess(site.router).port(now: Clock.monotonic),
      budget: SharedBudget(
        file: SharedBudget.file(besideLock: site.lockFile, host: site.router.host),
        settings: site.router.writeBudget),
      clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall),
      sleep: Clock.sleep, remark: remark)
  }

  private var journalPath: String { LimitJournal.path(besideLock: site.lockFile) }

  /// Puts back what an earlier run has left, then writes down what the router has.
  private func begin(_ setter: LimitSetter) throws(Failure) -> LimitJournal {
    let path = journalPath
    if LimitJournal.exists(path) {
      guard let left = LimitJournal.read(path), left.host == site.router.host else {
        throw .notRestored(
          "\(path) is of an earlier calibration, and not about \(site.router.host): look at it, set "
            + "the limits that it names, and remove it")
      }
      try restore(left, setter)
      remark("restored the limits that an interrupted calibration had left")
    }
    do throws(LimitSetter.Failure) {
      let rows = try setter.read([site.queues.download, site.queues.upload])
      let journal = LimitJournal(
        host: site.router.host,
        limits: [
          (site.queues.download, rows[0].maxLimit), (site.queues.upload, rows[1].maxLimit),
        ])
      try write(journal, to: path)
      return journal
    } catch {
      switch error {
      case .router(let failure): throw .calibration(.router("\(failure)"))
      case .unknownQueues(let queues): throw .calibration(.router("\(queues)"))
      }
    }
  }

  private func write(_ journal: LimitJournal, to path: String) throws(LimitSetter.Failure) {
    do throws(SystemError) {
      try journal.write(to: path)
    } catch {
      throw .router(
        RouterFailure(
          .rejected, transport: site.router.transport, operation: "write the journal",
          message: "\(error)"))
    }
  }

  private func calibrate(
    _ setter: LimitSetter, _ show: @escaping (String, Bool) -> Void
  ) throws(CalibrationFailure) -> Calibration.Outcome {
    let total = calibration.stepCount
    var done = -1
    var instruments = try LineInstruments(
      LineInstruments.Settings(
        peer: peer, pingHost: pingHost, seconds: seconds, queues: site.queues),
      setter: setter, isStopped: isStopped
    ) { step in
      switch step {
      case .idle, .raw, .search:
        done += 1
        show("\(CalibrationText.bar(done: done, of: total)) \(CalibrationText.line(step))", true)
      case .retry, .result: show(CalibrationText.line(step), false)
      }
    }
    return try calibration.run(with: &instruments)
  }

  private func restore(_ journal: LimitJournal, _ setter: LimitSetter) throws(Failure) {
    if let problem = LimitRestorer(setter).restore(journal) {
      let limits = journal.limits.map { "\($0.queue)=\($0.limit)" }.joined(separator: " ")
      throw .notRestored(
        "the limits could not be restored: \(problem); the next calibrate or run tries again, or set "
          + "them yourself: wanctl-setq --config FILE \(limits)")
    }
    do throws(SystemError) {
      try LimitJournal.remove(journalPath)
    } catch {
      throw .notRestored("the limits are restored, but \(error)")
    }
  }

  private func result(_ outcome: Calibration.Outcome) throws(Failure) -> CalibrationResult {
    let ceilings = site.configuration?.settings.map {
      PerDirection(
        download: $0.control.download.ceiling / 1e6, upload: $0.control.upload.ceiling / 1e6)
    }
    /// What is configured, for a direction that was not loaded.
    func found(_ direction: Direction) throws(Failure) -> Calibration.Found {
      if let found = outcome.found[direction] { return found }
      guard let ceiling = ceilings?[direction] else {
        throw .calibration(.peer("\(direction.name) was not measured"))
      }
      return Calibration.Found(
        raw: ceiling, optimal: ceiling / 1.05, bloat: .zero, isGood: true)
    }
    return CalibrationResult(
      wan: site.wan, router: site.router, queues: site.queues, baseline: outcome.baseline,
      download: try found(.download), upload: try found(.upload),
      measured: calibration.directions, targetBloat: calibration.targetBloat,
      time: Clock.wall())
  }
}
