public import Config
import Glibc
import Logging
import Model
import Platform
import Router
import Service

/// The steering daemon: its threads, their beginning and end.
public struct SteeringDaemon: Sendable {
  /// Where what it does can be looked at while it runs.
  public let board = SteeringBoard()
  private let configuration: SteeringConfigResult
  private let environment: [String: String]
  private let logsEveryCycle: Bool
  private let makePort: (@Sendable () -> any RouterPort)?

  /// - Parameters:
  ///   - configuration: a valid one; with one that is not, nothing runs.
  ///   - logsEveryCycle: DEBUG, with a line per cycle.
  public init(
    _ configuration: SteeringConfigResult, environment: [String: String],
    logsEveryCycle: Bool = false
  ) {
    self.init(
      configuration, environment: environment, logsEveryCycle: logsEveryCycle, makePort: nil)
  }

  init(
    _ configuration: SteeringConfigResult, environment: [String: String], logsEveryCycle: Bool,
    makePort: (@Sendable () -> any RouterPort)?
  ) {
    self.configuration = configuration
    self.environment = environment
    self.logsEveryCycle = logsEveryCycle
    self.makePort = makePort
  }

  /// Runs until a signal ends it.
  ///
  /// - Parameter observer: looks at steering from threads of its own.
  /// - Throws: why it could not start, or what ended it.
  public func run(observer: SteeringSources.Observer? = nil) throws {
    guard let settings = configuration.settings else {
      throw StartFailure(description: "\(configuration.path) is not valid")
    }
    // Before the first thread, which inherits the mask.
    let signals = try SignalSource([SIGTERM, SIGINT, SIGHUP])
    try Privileges.protectSecrets()
    let notifier = try Notifier()
    let now = Clock.monotonic()
    let clock = LoopClock(wall: Clock.wall(), monotonic: now)
    let parts = try SteeringParts(
      configuration, settings: settings, loops: [], environment: environment,
      logsEveryCycle: logsEveryCycle, notifier: notifier, board: board, makePort: makePort,
      at: clock.time(at: now), now: now)
    // The sockets are open: what is not needed to open them again is given up for good.
    try Privileges.keepOnly(SteeringDaemon.neededCapabilities)
    let loop = try SteeringLoop(
      runner: parts.runner, watchdog: Watchdog(notifier), signals: signals, clock: clock)
    parts.logger.info("wanctl-steer \(wanctlVersion) runs")
    try parts.start()
    let logger = parts.logger
    let endObservation = observer?(parts.sources(startedAt: now)) {
      logger.log(level: $0.logged, "\($1)")
    }
    try? notifier.send(.ready)
    let signal = try loop.run()
    loop.letSignalsKill()
    try? notifier.send(.stopping)
    endObservation?()
    parts.stop(at: loop.time, because: "\(ControlLoop.End.signal(signal))")
  }

  /// What the sockets need when they are opened again, and a start by root to write into folders
  /// of the service user.
  static var neededCapabilities: Set<Privileges.Capability> {
    geteuid() == 0 ? [.rawSockets, .overrideFilePermissions] : [.rawSockets]
  }
}
