import History
public import Model
public import Platform
import Service

/// What a running loop has for those who look at it from outside: health, metrics, dashboard. All of
/// it may be asked for by any thread but the control thread, which none of it reaches.
public struct LoopSources: Sendable {
  /// Where to listen, as the first configuration says.
  public let health: LoopSettings.Listener
  public let metrics: LoopSettings.Listener
  /// Everything, at this moment.
  public let status: @Sendable () -> LoopStatus
  /// The newest cycles of all WANs.
  public let cycles: RecentElements<CycleSample>
  /// The newest lines of the log.
  public let log: RecentElements<LogLine>
  /// Answers the part of a request for history behind the `?`; nil where history is switched off.
  public let history: (@Sendable (_ query: String) -> HistoryAnswer)?
  /// Those of steering, where it runs within the loop.
  public let steering: SteeringSources?
}

extension LoopSources {
  /// A minute of four WANs.
  static let keptCycles = 4800

  /// What looks at the loop while it runs. It gets the sources and a log.
  ///
  /// - Returns: what ends it.
  public typealias Observer = (
    _ sources: LoopSources, _ log: (LogLine.Level, String) -> Void
  ) -> (@Sendable () -> Void)

  init(
    settings: [LoopSettings], board: SnapshotBoard, outbox: Outbox, tail: LogTail,
    cycles: RecentElements<CycleSample>, history: HistoryThread?, steering: SteeringSources?,
    startedAt: MonotonicTime
  ) {
    self.steering = steering
    let wans = settings.map { (name: $0.wan, queues: $0.queues) }
    health = settings[0].health
    metrics = settings[0].metrics
    self.cycles = cycles
    log = tail.lines
    let writer = history?.writer
    status = {
      LoopStatus(
        wans: zip(wans, board.read()).compactMap { wan, snapshot in
          guard let snapshot else { return nil }
          let counts = tail.counts(wan: wan.name.text)
          return LoopStatus.WAN(
            name: wan.name, queues: wan.queues, snapshot: snapshot, warnings: counts.warnings,
            errors: counts.errors)
        },
        ticks: board.ticks, storage: writer.map { StorageStatus($0.counters) },
        lastError: tail.lastError, lostEvents: outbox.lostEvents, startedAt: startedAt,
        now: Clock.monotonic(), time: Clock.wall())
    }
    self.history = history.map { history in
      let query = HistoryQuery(path: history.path, writer: history.writer)
      return { query.answer($0, now: Clock.wall().wholeSeconds) }
    }
  }
}
