public import Model
public import Platform
import Service

/// What running steering has for those who look at it from outside: health, metrics, dashboard. All
/// of it may be asked for by any thread but the control thread, which none of it reaches.
public struct SteeringSources: Sendable {
  /// Where to listen.
  public let health: LoopSettings.Listener
  /// Everything, at this moment.
  public let status: @Sendable () -> SteeringStatus
  /// The newest lines of the log.
  public let log: RecentElements<LogLine>

  /// What looks at steering while it runs. It gets the sources and a log.
  ///
  /// - Returns: what ends it.
  public typealias Observer = (
    _ sources: SteeringSources, _ log: (LogLine.Level, String) -> Void
  ) -> (@Sendable () -> Void)

  init(
    _ settings: SteeringSettings, board: SteeringBoard, tail: LogTail, startedAt: MonotonicTime
  ) {
    health = settings.health
    log = tail.lines
    let name = settings.name.text
    status = {
      let counts = tail.counts(wan: name)
      return SteeringStatus(
        snapshot: board.read(), warnings: counts.warnings, errors: counts.errors,
        lastError: tail.lastError, startedAt: startedAt, now: Clock.monotonic(),
        time: Clock.wall())
    }
  }
}
