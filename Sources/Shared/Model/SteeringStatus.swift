/// Everything that health, metrics and the dashboard show of running steering, at one moment.
public struct SteeringStatus: Sendable {
  /// nil before steering has published anything.
  public var snapshot: SteeringSnapshot?
  /// Lines that were logged at warning and at error, and the newest of them.
  public var warnings: Int
  public var errors: Int
  public var lastError: LogLine?
  public var startedAt: MonotonicTime
  /// The moment, by both clocks.
  public var now: MonotonicTime
  public var time: UnixTime

  public init(
    snapshot: SteeringSnapshot?, warnings: Int = 0, errors: Int = 0, lastError: LogLine? = nil,
    startedAt: MonotonicTime, now: MonotonicTime, time: UnixTime
  ) {
    self.snapshot = snapshot
    self.warnings = warnings
    self.errors = errors
    self.lastError = lastError
    self.startedAt = startedAt
    self.now = now
    self.time = time
  }

  /// After so many failed cycles in a row steering is no longer healthy.
  public static let failureLimit = 3

  /// Whether cycles come: none for ten seconds, or five intervals where they are longer, is too long.
  public var isAlive: Bool {
    guard let snapshot else { return now - startedAt <= Milliseconds(10_000) }
    let limit = Milliseconds(max(10_000, 5 * snapshot.settings.interval.rawValue))
    return time - max(snapshot.decision.time, snapshot.startedAt) <= limit
  }

  /// As the original has it: fewer than three failed cycles in a row, and the router in reach; and
  /// cycles come.
  public var isHealthy: Bool {
    guard let snapshot else { return false }
    return isAlive && snapshot.consecutiveFailures < Self.failureLimit
      && snapshot.router.isReachable
  }
}
