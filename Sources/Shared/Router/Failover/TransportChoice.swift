import Model

/// Which of the two ways to a router is used, and when the first of them is tried again.
///
/// Each way has its own back-off, so that two ways that both fail are tried in turn, neither of
/// them oftener than alone. A value without a clock.
struct TransportChoice {
  enum Way: Equatable {
    case primary
    case fallback

    var other: Way { self == .primary ? .fallback : .primary }
  }

  /// A value for each way.
  struct Pair<Value> {
    var primary: Value
    var fallback: Value

    subscript(_ way: Way) -> Value {
      get { way == .primary ? primary : fallback }
      set { if way == .primary { primary = newValue } else { fallback = newValue } }
    }
  }

  /// When the primary is probed while the fallback is used.
  struct Schedule: Equatable {
    /// From the failover to the first probe, and from a good one to the one that confirms it.
    var first = Milliseconds(seconds: 30)
    /// The time doubles with each failed probe up to this.
    var limit = Milliseconds(seconds: 300)
    /// Good probes in a row that bring the primary back.
    var wanted = 2
  }

  private struct Standing {
    /// In a row.
    var failures = 0
    /// Not used before.
    var notBefore: MonotonicTime?
  }

  private(set) var active = Way.primary
  private var standings = Pair(primary: Standing(), fallback: Standing())
  private let isFallbackVerified: Bool
  private let schedule: Schedule
  private var probeInterval: Milliseconds
  private(set) var probeAt: MonotonicTime?
  private var goodProbes = 0
  /// When the primary was used last by a decision of the probes.
  private var returnedAt: MonotonicTime?

  /// - Parameter isFallbackVerified: whether the router has to prove who it is on the fallback. A
  ///   primary on which it could not is only left for such a one.
  init(isFallbackVerified: Bool, schedule: Schedule = Schedule()) {
    self.isFallbackVerified = isFallbackVerified
    self.schedule = schedule
    probeInterval = schedule.first
  }

  /// No operation on the active way before this.
  var notBefore: MonotonicTime? { standings[active].notBefore }

  /// The router answered on the active way, be it with a refusal.
  mutating func answered() { standings[active] = Standing() }

  /// An operation on the active way failed.
  ///
  /// - Parameter resting: until when the connections themselves leave the router alone.
  /// - Returns: whether the other way is used from now on.
  mutating func failed(
    _ failureClass: RouterFailure.Class, at now: MonotonicTime, resting: Pair<MonotonicTime?>
  ) -> Bool {
    guard failureClass.isUnreachable else {
      answered()
      return false
    }
    standings[active].failures += 1
    let failures = standings[active].failures
    let pause = FailureReaction.pause(after: failureClass, failures: failures)
    standings[active].notBefore = now + pause
    let other = active.other
    // What broke once is read back the same way.
    if failureClass == .reset, failures == 1 { return false }
    if failureClass == .tls, other == .fallback, !isFallbackVerified { return false }
    func usable(_ way: Way) -> MonotonicTime {
      [standings[way].notBefore, resting[way], now].compactMap { $0 }.max() ?? now
    }
    let (here, there) = (usable(active), usable(other))
    guard there < here || (there == here && other == .primary) else { return false }
    use(other, at: now)
    return true
  }

  /// Whether the primary is to be probed now.
  func isProbeDue(at now: MonotonicTime) -> Bool { probeAt.map { $0 <= now } ?? false }

  /// No other probe until the one that begins now has ended.
  mutating func beginProbe() { probeAt = nil }

  /// - Returns: whether the primary is used again from now on.
  mutating func probed(isGood: Bool, at now: MonotonicTime) -> Bool {
    guard active == .fallback else { return false }
    if isGood {
      goodProbes += 1
      standings.primary = Standing()
      if goodProbes >= schedule.wanted {
        use(.primary, at: now)
        returnedAt = now
        return true
      }
      probeAt = now + schedule.first
    } else {
      goodProbes = 0
      probeInterval = min(Milliseconds(probeInterval.rawValue * 2), schedule.limit)
      probeAt = now + probeInterval
    }
    return false
  }

  private mutating func use(_ way: Way, at now: MonotonicTime) {
    active = way
    goodProbes = 0
    probeAt = nil
    guard way == .fallback else { return }
    // A primary that probes find well and operations do not is not returned to every minute.
    let isRelapse = returnedAt.map { now - $0 < schedule.limit } ?? false
    if isRelapse {
      probeInterval = min(Milliseconds(probeInterval.rawValue * 2), schedule.limit)
    } else {
      probeInterval = schedule.first
    }
    probeAt = now + probeInterval
  }
}

extension TransportChoice.Pair: Sendable where Value: Sendable {}
