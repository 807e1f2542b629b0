public import Config
import Control
import Glibc
import Logging
import Measure
public import Model
import Platform
import Router
import Service
import Synchronization

/// Why the daemon did not start, in one line that says what to do.
public struct StartFailure: Error, Sendable, CustomStringConvertible {
  public var description: String
}

/// The running loop: all WANs of a process, their threads, and their beginning and end.
public struct LoopDaemon {
  /// What the command line asks for beside the configurations.
  public struct Options: Sendable {
    /// Where everything that decisions rest on is recorded; nil = nowhere.
    public var record: String?
    /// DEBUG, with a line per cycle.
    public var logsEveryCycle: Bool
    public var endsAfterOneCycle: Bool
    /// Steering within this process: a valid configuration whose primary is one of the WANs.
    public var steering: SteeringConfigResult?

    public init(
      record: String? = nil, logsEveryCycle: Bool = false, endsAfterOneCycle: Bool = false,
      steering: SteeringConfigResult? = nil
    ) {
      self.steering = steering
      self.record = record
      self.logsEveryCycle = logsEveryCycle
      self.endsAfterOneCycle = endsAfterOneCycle
    }
  }

  /// A router write that is under way at the end is abandoned after this.
  private static let routerPatience = Milliseconds(500)
  /// And an action of steering after this much more: all of it within a second.
  private static let steeringPatience = Milliseconds(300)

  private let configurations: [ConfigResult]
  private let settings: [LoopSettings]
  private let environment: [String: String]
  private let options: Options
  /// Where steering can be looked at, when there is any.
  public let steeringBoard = SteeringBoard()

  /// - Parameter configurations: valid ones; of one that is not, nothing runs.
  public init(
    configurations: [ConfigResult], environment: [String: String], options: Options = Options()
  ) {
    self.configurations = configurations
    let settings = configurations.compactMap(\.settings)
    self.settings =
      options.steering?.settings.map { settings.readingOften(for: $0) } ?? settings
    self.environment = environment
    self.options = options
  }

  /// Runs until a signal ends it.
  ///
  /// - Parameter observer: looks at the loop from threads of its own; not for a single cycle.
  /// - Returns: the exit status: 0 after a clean stop, 1 when the only cycle failed.
  /// - Throws: why it could not start, or what ended it.
  public func run(observer: LoopSources.Observer? = nil) throws -> CInt {
    // Before the first thread, which inherits the mask.
    let signals = try SignalSource([SIGTERM, SIGINT, SIGHUP])
    try Privileges.protectSecrets()
    let locks = try takeLocks()
    let logs = makeLogs()
    let tail = LogTail()
    let loggers = logs.map { log in
      Logger(label: log.label) { name in
        MultiplexLogHandler([ServiceLogHandler(log), LogTailHandler(tail, wan: name)])
      }
    }
    for (lock, logger) in zip(locks, loggers) {
      if let takeover = lock.takeover { logger.info("\(takeover)") }
    }
    let notifier = try Notifier()
    let recorder = try options.record.map { try Recorder(path: $0) }
    let outbox = try Outbox()
    let reloads = ReloadBox()
    let board = SnapshotBoard(wans: settings.count)
    let routers = try RouterGroup(settings)
    let addresses = settings.map { ProbeAddresses(resolving: $0) }
    for (addresses, logger) in zip(addresses, loggers) {
      for failure in addresses.failures { logger.warning("\(failure)") }
    }
    let wans = try makeWANs(
      routers, addresses: addresses, outbox: outbox, board: board, loggers: loggers)
    let steering = try makeSteering(wans)
    // The sockets are open: what is not needed to open them again is given up for good.
    try Privileges.keepOnly(neededCapabilities)

    let names =
      NameWatcher.isNeeded(for: settings)
      ? try NameWatcher(settings: settings, addresses: addresses, box: reloads) : nil
    let history = try HistoryThread(configurations, loggers: loggers)
    let cycles = RecentElements<CycleSample>(capacity: LoopSources.keptCycles)
    let bookkeeper = Bookkeeper(
      outbox: outbox, books: makeBooks(routers, loggers: loggers),
      reloader: Reloader(
        current: configurations, environment: environment, box: reloads, names: names),
      notifier: notifier, recorder: recorder, history: history,
      alerts: try loggers.first.flatMap { try LoopAlerts(settings, log: $0) }, cycles: cycles,
      logs: logs)
    let isFinished = FinishedFlag()
    let bookkeeping = try Thread(name: "bookkeeper") { bookkeeper.run { isFinished.isSet } }
    if let names { _ = try Thread(name: "resolver") { names.run() } }
    let loop = try ControlLoop(
      wans: wans, routers: routers.workers, outbox: outbox, board: board, reloads: reloads,
      watchdog: Watchdog(notifier), signals: signals,
      endsAfterOneCycle: options.endsAfterOneCycle, steering: steering?.runner)
    try steering?.start()
    for worker in routers.workers { try worker.start() }
    var endObservation: (@Sendable () -> Void)?
    if let observer, !options.endsAfterOneCycle, let logger = loggers.first {
      let sources = LoopSources(
        settings: settings, board: board, outbox: outbox, tail: tail, cycles: cycles,
        history: history, steering: steering?.sources(startedAt: Clock.monotonic()),
        startedAt: Clock.monotonic())
      endObservation = observer(sources) { logger.log(level: $0.logged, "\($1)") }
    }
    for logger in loggers { logger.info("wanctl-loop \(wanctlVersion) runs") }
    try? notifier.send(.ready)

    let end = try loop.run()
    loop.letSignalsKill()
    names?.stop()
    try? notifier.send(.stopping)
    loop.stop(within: Self.routerPatience)
    steering?.stop(within: Self.steeringPatience, at: Clock.wall(), because: "\(end)")
    isFinished.set()
    outbox.wake()
    bookkeeping.join()
    endObservation?()
    history?.stop()
    loggers.first?.info("\(loop.summary)")
    for (logger, lock) in zip(loggers, locks) {
      logger.info("\(end)")
      do { try lock.release() } catch { logger.warning("the lock file: \(error)") }
    }
    return end == .oneCycle(succeeded: false) ? 1 : 0
  }

  // MARK: - Parts

  private func takeLocks() throws -> [InstanceLock] {
    try settings.map { settings in
      do throws(InstanceLock.Failure) {
        return try InstanceLock(path: settings.lockFile)
      } catch {
        throw StartFailure(description: "\(settings.wan): \(error)")
      }
    }
  }

  private func makeLogs() -> [LogOutput] {
    settings.map { settings in
      LogOutput(
        label: settings.wan.text, isDebug: options.logsEveryCycle, mainLog: settings.mainLog,
        debugLog: settings.debugLog)
    }
  }

  private func makeWANs(
    _ routers: RouterGroup, addresses: [ProbeAddresses], outbox: Outbox, board: SnapshotBoard,
    loggers: [Logger]
  ) throws -> [WANLoop] {
    try settings.indices.map { index in
      let settings = settings[index]
      let loaded = StateFile(path: settings.stateFile).load(
        defaults: LoopState(startOf: settings.control))
      for finding in loaded.findings { loggers[index].warning("\(finding)") }
      return WANLoop(
        index: index, settings: settings, restoring: loaded.isRestored ? loaded.state : nil,
        probes: try WANProbes(settings, addresses: addresses[index]),
        router: routers.workers[routers.places[index].worker], place: routers.places[index],
        outbox: outbox, board: board, isRecorded: options.record != nil,
        isOneCycle: options.endsAfterOneCycle)
    }
  }

  private func makeSteering(_ wans: [WANLoop]) throws -> SteeringParts? {
    guard let configuration = options.steering, let steering = configuration.settings else {
      return nil
    }
    let parts = try SteeringParts(
      configuration, settings: steering, loops: settings, environment: environment,
      logsEveryCycle: options.logsEveryCycle, notifier: nil, board: steeringBoard,
      at: Clock.wall(), now: Clock.monotonic())
    for wan in wans { wan.steering = parts.runner }
    return parts
  }

  private func makeBooks(_ routers: RouterGroup, loggers: [Logger]) -> [WANBook] {
    settings.indices.map { index in
      WANBook(
        settings: settings[index], place: routers.places[index], logger: loggers[index],
        digest: configurations[index].effective?.digest ?? "")
    }
  }

  /// What the sockets need when they are opened again, and a start by root to write into folders
  /// of the service user.
  private var neededCapabilities: Set<Privileges.Capability> {
    var needed: Set<Privileges.Capability> = [.rawSockets]
    if geteuid() == 0 { needed.insert(.overrideFilePermissions) }
    if settings.contains(where: { $0.probe.mark != nil }) { needed.insert(.networkAdministration) }
    return needed
  }
}

extension [LoopSettings] {
  /// The same, with readings of the primary's queue as often as steering decides.
  fileprivate func readingOften(for steering: SteeringSettings) -> [LoopSettings] {
    guard steering.control.isCAKEAware,
      let primary = first(where: { $0.wan.text == steering.control.primary })
    else { return self }
    return map { settings in
      var settings = settings
      if settings.router.isSameAccess(as: primary.router) {
        let interval = settings.router.statsInterval
        settings.router.statsInterval =
          interval > .zero
          ? Swift.min(interval, steering.control.interval) : steering.control.interval
      }
      return settings
    }
  }
}

extension LoopState {
  /// The state of a fresh start.
  public init(startOf settings: ControlSettings) {
    self.init(
      queues: PerDirection(
        download: Queue(streaks: Streaks(), rate: settings.download.ceiling),
        upload: Queue(streaks: Streaks(), rate: settings.upload.ceiling)),
      baseline: settings.baselineInitial, load: settings.baselineInitial,
      lastApplied: PerDirection(download: nil, upload: nil))
  }
}

extension LogLine.Level {
  var logged: Logger.Level {
    switch self {
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}

/// Set once, when the control thread is done.
final class FinishedFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .acquiring) }

  func set() { flag.store(true, ordering: .releasing) }
}
