import Model

/// When which host is probed: a round each period, counted from the start without drift.
struct RoundSchedule {
  /// What is due.
  enum Due {
    case round(seq: Int)
    case host(Int, seq: Int)
  }

  private let start: MonotonicTime
  private let period: Int64
  private let interval: Int64
  private let hosts: Int
  private let rounds: Int?
  /// Periods since the start; runs ahead of `seq` when some were missed.
  private var slot: Int64 = 0
  private var seq = 0
  private var host = 0

  init(_ settings: PingSettings, hosts: Int, start: MonotonicTime) {
    self.start = start
    period = settings.period.nanoseconds
    interval = settings.interval.nanoseconds
    self.hosts = hosts
    rounds = settings.rounds
  }

  /// When something is due; nil after the last round.
  var next: MonotonicTime? {
    if let rounds, seq >= rounds { return nil }
    return MonotonicTime(
      nanoseconds: start.rawValue &+ slot &* period &+ Int64(host) &* interval)
  }

  /// Takes what is due; nil when nothing is.
  mutating func take(now: MonotonicTime) -> Due? {
    guard let next, next <= now else { return nil }
    guard interval > 0 else {
      defer { endRound(now: now) }
      return .round(seq: seq)
    }
    let due = Due.host(host, seq: seq)
    host += 1
    if host == hosts { endRound(now: now) }
    return due
  }

  /// A period that is over already is skipped: probes that leave late in a bunch tell nothing.
  private mutating func endRound(now: MonotonicTime) {
    host = 0
    seq += 1
    slot = max(slot + 1, (now.rawValue &- start.rawValue) / period)
  }
}
