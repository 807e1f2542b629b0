/// Everything that health, metrics and the dashboard show of a running loop, at one moment.
public struct LoopStatus: Sendable {
  public struct WAN: Sendable {
    public var name: Identifier
    public var queues: PerDirection<Identifier>
    public var snapshot: WANSnapshot
    /// Lines that were logged at warning and at error.
    public var warnings: Int
    public var errors: Int

    public init(
      name: Identifier, queues: PerDirection<Identifier>, snapshot: WANSnapshot, warnings: Int = 0,
      errors: Int = 0
    ) {
      self.name = name
      self.queues = queues
      self.snapshot = snapshot
      self.warnings = warnings
      self.errors = errors
    }
  }

  /// After so many failed cycles in a row the loop is no longer healthy.
  public static let failureLimit = 3
  /// A control thread that has not ticked for this long is stuck.
  public static let tickLimit = Milliseconds(5000)

  public var wans: [WAN]
  public var ticks: LoopTicks
  /// nil where history is switched off.
  public var storage: StorageStatus?
  /// The newest line that was logged at warning or worse.
  public var lastError: LogLine?
  /// Events that log, recording and state file missed because a disk was too slow.
  public var lostEvents: Int
  public var startedAt: MonotonicTime
  /// The moment, by both clocks.
  public var now: MonotonicTime
  public var time: UnixTime

  public init(
    wans: [WAN], ticks: LoopTicks, storage: StorageStatus? = nil, lastError: LogLine? = nil,
    lostEvents: Int = 0, startedAt: MonotonicTime, now: MonotonicTime, time: UnixTime
  ) {
    self.wans = wans
    self.ticks = ticks
    self.storage = storage
    self.lastError = lastError
    self.lostEvents = lostEvents
    self.startedAt = startedAt
    self.now = now
    self.time = time
  }

  /// Failed cycles in a row, of the WAN that has most.
  public var consecutiveFailures: Int { wans.map(\.snapshot.counts.failedInRow).max() ?? 0 }

  /// Whether the router of every WAN is in reach.
  public var isRouterReachable: Bool { wans.allSatisfy(\.snapshot.router.isReachable) }

  /// Whether the control thread turns.
  public var isAlive: Bool { now - (ticks.at ?? startedAt) <= Self.tickLimit }

  /// As the original has it: fewer than three failed cycles in a row, and every router in reach;
  /// and the control thread turns.
  public var isHealthy: Bool {
    isAlive && consecutiveFailures < Self.failureLimit && isRouterReachable
  }
}

/// How the control thread keeps its time.
public struct LoopTicks: Sendable, Equatable {
  /// A tick that begins later than this is a late one: a fifth of the interval.
  public static let lateAfter = Milliseconds(10)

  public var count = 0
  public var late = 0
  /// Ticks that were missed altogether, and skipped.
  public var missed = 0
  /// When the last one began; nil before the first.
  public var at: MonotonicTime?

  public init() {}
}

/// How the history database is.
public struct StorageStatus: Sendable, Equatable {
  /// Whether the last attempt to write failed.
  public var isFailing: Bool
  public var rows: Int
  public var commits: Int
  public var failures: Int
  /// Cycles that went before they could be stored.
  public var lostEntries: Int
  public var committedAt: MonotonicTime?

  public init(
    isFailing: Bool = false, rows: Int = 0, commits: Int = 0, failures: Int = 0,
    lostEntries: Int = 0, committedAt: MonotonicTime? = nil
  ) {
    self.isFailing = isFailing
    self.rows = rows
    self.commits = commits
    self.failures = failures
    self.lostEntries = lostEntries
    self.committedAt = committedAt
  }
}

/// A line of the log, for those who look at the process from outside.
public struct LogLine: Sendable, Equatable {
  public enum Level: String, Sendable, CaseIterable {
    case info
    case warning
    case error
  }

  public var time: UnixTime
  public var wan: String
  public var level: Level
  public var message: String

  public init(time: UnixTime, wan: String, level: Level, message: String) {
    self.time = time
    self.wan = wan
    self.level = level
    self.message = message
  }
}

/// A cycle as a chart shows it.
public struct CycleSample: Sendable, Equatable {
  public var wan: Int
  public var time: UnixTime
  /// nil when the cycle was held.
  public var rtt: Milliseconds?
  public var load: Milliseconds
  public var baseline: Milliseconds
  public var zones: PerDirection<Zone>
  public var rates: PerDirection<BitsPerSecond>

  public init(wan: Int, _ decision: Decision) {
    self.wan = wan
    time = decision.time
    rtt = decision.rtt
    load = decision.load
    baseline = decision.baseline
    zones = decision.directions.map(\.zone)
    rates = decision.directions.map(\.rate)
  }
}
