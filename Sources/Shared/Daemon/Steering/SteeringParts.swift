import Config
import Glibc
import History
import Logging
import Measure
import Model
import Platform
import Router
import Service

/// Everything that steering runs with beside a control thread: lock, log, state, the threads of
/// router, bookkeeper, baselines and names. The daemon and the loop with `--steer` put the same
/// together; only where the lines are measured differs.
final class SteeringParts {
  /// An action that is under way at the end is abandoned after this.
  static let routerPatience = Milliseconds(500)

  let settings: SteeringSettings
  let logger: Logger
  let runner: SteeringRunner
  private let tail: LogTail
  private let board: SteeringBoard
  private let lock: InstanceLock
  private let worker: SteeringWorker
  private let baselines: BaselineWatcher?
  private let hosts: HostWatcher?
  private let outbox: EventOutbox<SteeringEvent>
  private let bookkeeper: SteeringBookkeeper
  private let isFinished = FinishedFlag()
  private let history: SteeringHistory?
  private var bookkeeping: Thread?
  private var storage: Thread?

  /// Takes the lock, loads the state and opens the sockets. No thread runs yet.
  ///
  /// - Parameters:
  ///   - loops: the WANs that the loop of this process measures; none in the daemon.
  ///   - notifier: nil where somebody else talks to the service manager.
  ///   - makePort: what reaches the router; nil = as the settings say.
  init(
    _ configuration: SteeringConfigResult, settings: SteeringSettings, loops: [LoopSettings],
    environment: [String: String], logsEveryCycle: Bool, notifier: Notifier?,
    board: SteeringBoard, makePort: (@Sendable () -> any RouterPort)? = nil, at time: UnixTime,
    now: MonotonicTime
  ) throws {
    self.settings = settings
    lock = try Self.takeLock(settings)
    let log = LogOutput(
      label: settings.name.text, isDebug: logsEveryCycle, mainLog: settings.mainLog,
      debugLog: settings.debugLog, loggerPrefix: "steering_")
    let tail = LogTail()
    self.tail = tail
    self.board = board
    logger = Logger(label: log.label) { name in
      MultiplexLogHandler([ServiceLogHandler(log), LogTailHandler(tail, wan: name)])
    }
    if let takeover = lock.takeover { logger.info("\(takeover)") }
    outbox = try EventOutbox(capacity: 1024)
    let places = Self.places(settings, loops: loops)
    let own = places.map { $0 == nil }
    let addresses = Self.addresses(settings, own: own, logger)
    let sources = try Self.sources(settings, places: places, addresses: addresses)
    baselines = try Self.baselines(settings, own: own)
    hosts = try Self.hostWatcher(settings, own: own, found: addresses)
    let queues = Self.queues(settings, own: own)
    worker =
      if let makePort {
        try SteeringWorker(settings: settings, queues: queues, makePort: makePort)
      } else {
        try SteeringWorker(settings: settings, queues: queues)
      }
    let loaded = SteeringStateFile(path: settings.stateFile)
      .load(defaults: SteeringState(name: settings.control.goodName))
    for finding in loaded.findings { logger.warning("\(finding)") }
    let reloads = SteeringReloadBox()
    history = try SteeringHistory(configuration, settings: settings, logger: logger)
    runner = SteeringRunner(
      settings: settings, restoring: loaded.isRestored ? loaded.state : nil, sources: sources,
      worker: worker, baselines: baselines, hosts: hosts, reloads: reloads, outbox: outbox,
      board: board, at: time, now: now)
    bookkeeper = SteeringBookkeeper(
      outbox: outbox, settings: settings,
      reloader: SteeringReloader(
        current: configuration, settings: settings, environment: environment, box: reloads,
        hosts: hosts), notifier: notifier, history: history,
      alerts: try SteeringAlerts(settings, log: logger), log: log, logger: logger)
  }

  /// What looks at steering from outside may ask for, from now on.
  func sources(startedAt: MonotonicTime) -> SteeringSources {
    SteeringSources(settings, board: board, tail: tail, startedAt: startedAt)
  }

  /// Starts the threads.
  func start() throws(SystemError) {
    // Its first row is pushed before the bookkeeper pushes any.
    storage = try history?.start()
    bookkeeping = try Thread(name: "steering books") { [bookkeeper, isFinished] in
      bookkeeper.run { isFinished.isSet }
    }
    // A disk or a name server may hold these two for ever: nobody joins them.
    if let baselines { try Thread(name: "baselines") { baselines.run() }.detach() }
    if let hosts { try Thread(name: "steering names") { hosts.run() }.detach() }
    try worker.start()
  }

  /// Ends the threads, and with them what is under way, and gives the lock back.
  ///
  /// - Parameter patience: for an action that is under way.
  func stop(
    within patience: Milliseconds = SteeringParts.routerPatience, at time: UnixTime,
    because end: String
  ) {
    baselines?.stop()
    hosts?.stop()
    runner.stop(within: patience, at: time, now: Clock.monotonic())
    isFinished.set()
    outbox.wake()
    bookkeeping?.join()
    history?.writer.stop()
    storage?.join()
    logger.info("\(end)")
    do { try lock.release() } catch { logger.warning("the lock file: \(error)") }
  }

  // MARK: - Parts

  private static func takeLock(_ settings: SteeringSettings) throws -> InstanceLock {
    do throws(InstanceLock.Failure) {
      return try InstanceLock(path: settings.lockFile, makesFolders: true)
    } catch {
      throw StartFailure(description: "\(settings.name): \(error)")
    }
  }

  /// For each line the index of the loop's WAN that is this one; nil for one that is measured from
  /// here, or not at all.
  private static func places(_ settings: SteeringSettings, loops: [LoopSettings]) -> [Int?] {
    let names = [settings.control.primary] + settings.control.targets.map(\.name)
    return zip(names, lines(settings)).map { name, source in
      loops.firstIndex { $0.wan.text == name }
        ?? loops.firstIndex { source.stateFile != nil && $0.stateFile == source.stateFile }
    }
  }

  /// What is read of each line, the primary's first.
  private static func lines(_ settings: SteeringSettings) -> [SteeringSettings.Sources] {
    [settings.primarySources] + settings.targetSources
  }

  private static func addresses(
    _ settings: SteeringSettings, own: [Bool], _ logger: Logger
  ) -> [IPAddress?] {
    zip(settings.hosts, own).map { host, isOwn in
      guard isOwn, let host else { return nil }
      do { return try host.address() } catch {
        logger.warning("ping_host: \(error)")
        return nil
      }
    }
  }

  private static func sources(
    _ settings: SteeringSettings, places: [Int?], addresses: [IPAddress?]
  ) throws -> [LineSource] {
    try lines(settings).enumerated().map { line, sources in
      // A target that has no thresholds of its own is not judged, whoever measures it.
      if line > 0, settings.control.targets[line - 1].thresholds == nil { return .none }
      if let wan = places[line] { return .loop(wan: wan) }
      guard let probe = sources.probe else { return .none }
      return .own(
        try LineProber(
          probe, address: addresses[line], timeout: settings.probeTimeout,
          overdueAfter: settings.overdueAfter))
    }
  }

  private static func baselines(
    _ settings: SteeringSettings, own: [Bool]
  ) throws(SystemError) -> BaselineWatcher? {
    let files = zip(lines(settings), own).map { $1 ? $0.stateFile : nil }
    return files.contains { $0 != nil } ? try BaselineWatcher(stateFiles: files) : nil
  }

  private static func hostWatcher(
    _ settings: SteeringSettings, own: [Bool], found: [IPAddress?]
  ) throws(SystemError) -> HostWatcher? {
    let hosts = zip(settings.hosts, own).map { $1 ? $0 : nil }
    guard hosts.contains(where: { $0 != nil }) else { return nil }
    return try HostWatcher(hosts: hosts, found: found)
  }

  /// The queues that are read from here.
  private static func queues(_ settings: SteeringSettings, own: [Bool]) -> [Identifier?] {
    guard settings.control.isCAKEAware else { return own.map { _ in nil } }
    return zip(lines(settings), own).map { $1 ? $0.downloadQueue : nil }
  }
}
