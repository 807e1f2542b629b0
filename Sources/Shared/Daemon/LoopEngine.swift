public import Control
public import Measure
public import Model

/// One cycle of one WAN: a closed round and what was done about it.
public struct Cycle: Sendable, Equatable {
  /// What the decision rests on.
  public enum Basis: Sendable, Equatable {
    /// An answered round.
    case round
    /// A TCP handshake or the smoothed RTT in place of a lost round.
    case fallback
    /// A lost round on a line that is up: everything is held.
    case frozen
    /// A lost round and nothing to go by: everything is held, and the cycle failed.
    case lost(FallbackPolicy.Reason)
  }

  public var decision: Decision
  public var basis: Basis
  /// Lost rounds in a row that ended with this cycle; 0 unless it is the first answered one.
  public var recoveredAfter: Int
  /// When the newest answer that the decision rests on arrived; nil when there was none.
  public var newestAnswerAt: UnixTime?
  /// How old that answer was when it was decided on; nil where time is virtual.
  public var sampleAge: Milliseconds?

  /// Whether the original would call this cycle a success.
  public var succeeded: Bool {
    if case .lost = basis { false } else { true }
  }
}

/// What a WAN's decisions are made by: outcomes of probes go in, one decision per round comes out.
///
/// The same engine serves `run`, `decide`, `replay` and `simulate`, with the time of the outcomes as
/// its only clock; that is why they decide the same. It holds no thread, socket or file and
/// allocates nothing per cycle.
public struct LoopEngine: Sendable {
  /// A gateway or TCP result older than this counts for nothing in a lost round.
  public static let fallbackMaximumAge = Milliseconds(2000)

  private struct Latest {
    var at: UnixTime
    var rtt: Milliseconds?
  }

  public private(set) var controller: WANController
  public private(set) var rounds: RoundAssembler
  /// The newest moment that the engine was told of.
  public private(set) var now = UnixTime(rawValue: .min)
  private var fallback: FallbackPolicy
  private var gateway: Latest?
  private var tcp: [Latest?]

  /// - Parameters:
  ///   - state: what a state file or a recording restores; nil = begin fresh.
  ///   - firstSeq: the number of the first round; nil = that of the first outcome.
  public init(_ settings: LoopSettings, restoring state: LoopState? = nil, firstSeq: Int? = nil) {
    controller = WANController(settings.control, restoring: state)
    rounds = Self.assembler(settings, firstSeq: firstSeq)
    fallback = FallbackPolicy(settings.fallback)
    tcp = Array(repeating: nil, count: settings.fallback.tcpTargets.count)
  }

  /// Goes on under another configuration with the same state; rounds begin anew at `firstSeq`.
  public mutating func replaceSettings(_ settings: LoopSettings, firstSeq: Int?) {
    controller.replaceSettings(settings.control)
    rounds = Self.assembler(settings, firstSeq: firstSeq)
    fallback.replaceSettings(settings.fallback)
    gateway = nil
    tcp = Array(repeating: nil, count: settings.fallback.tcpTargets.count)
  }

  /// Forgets the open rounds, because the clock stepped or the numbering begins anew.
  public mutating func restartRounds(firstSeq: Int?) {
    rounds.restart(firstSeq: firstSeq)
    now = UnixTime(rawValue: .min)
    gateway = nil
    for index in tcp.indices { tcp[index] = nil }
  }

  /// When the oldest open round closes if nothing more comes.
  public var nextDeadline: UnixTime? { rounds.nextDeadline }

  /// Takes the outcome of a probe to a reflector, the gateway or a TCP target.
  ///
  /// - Parameter decided: called with each cycle that the outcome, or its time, brings to an end.
  /// - Returns: whether the answer came too late to count.
  @discardableResult
  public mutating func take(
    _ outcome: ProbeOutcome, decided: (Cycle) -> Void
  ) -> RoundAssembler.Disposition {
    advance(to: outcome.time, decided: decided)
    switch outcome.method {
    case .gateway:
      gateway = Latest(at: outcome.time, rtt: outcome.rtt)
      return .counted
    case .tcp:
      if tcp.indices.contains(outcome.target) {
        tcp[outcome.target] = Latest(at: outcome.time, rtt: outcome.rtt)
      }
      return .counted
    case .icmp, .icmpTimestamp:
      let disposition = rounds.note(outcome)
      advance(to: outcome.time, decided: decided)
      return disposition
    }
  }

  /// Takes what the router told of its queues.
  public mutating func take(
    queueRates: PerDirection<BitsPerSecond?>, at time: UnixTime, decided: (Cycle) -> Void
  ) {
    advance(to: time, decided: decided)
    controller.noteQueueRates(queueRates, at: now)
  }

  /// Closes the rounds that are due by `time`.
  public mutating func advance(to time: UnixTime, decided: (Cycle) -> Void) {
    now = max(now, time)
    while let round = rounds.next(by: now) {
      decided(
        step(round.measurement, at: round.closedAt, newestAnswerAt: round.newestAnswerAt))
    }
  }

  /// One cycle on a measurement that is aggregated already; nil = a lost round.
  public mutating func step(
    _ measurement: Milliseconds?, at time: UnixTime, newestAnswerAt: UnixTime? = nil
  ) -> Cycle {
    if let measurement {
      let lostBefore = fallback.answered()
      let decision = controller.step(
        Measurement(rtt: measurement, updatesBaseline: true), at: time)
      return Cycle(
        decision: decision, basis: .round, recoveredAfter: lostBefore,
        newestAnswerAt: newestAnswerAt)
    }
    let verdict = fallback.lost(
      gatewayAnswered: isFresh(gateway, at: time) && gateway?.rtt != nil,
      tcpRTT: medianTCP(at: time), load: controller.load)
    switch verdict {
    case .step(let substitute):
      return Cycle(
        decision: controller.step(substitute, at: time), basis: .fallback, recoveredAfter: 0)
    case .freeze:
      return Cycle(decision: controller.held(at: time), basis: .frozen, recoveredAfter: 0)
    case .fail(let reason):
      return Cycle(decision: controller.held(at: time), basis: .lost(reason), recoveredAfter: 0)
    }
  }

  private static func assembler(_ settings: LoopSettings, firstSeq: Int?) -> RoundAssembler {
    RoundAssembler(
      reflectors: settings.probe.reflectors.count, timeout: settings.probe.timeout,
      aggregation: settings.probe.usesMedianOfThree ? .medianOfThree : .firstAnswer,
      firstSeq: firstSeq)
  }

  private func isFresh(_ latest: Latest?, at time: UnixTime) -> Bool {
    guard let latest else { return false }
    return time - latest.at <= Self.fallbackMaximumAge
  }

  /// The median of the fresh handshakes, found by counting: targets are few, and sorting would
  /// need memory.
  private func medianTCP(at time: UnixTime) -> Milliseconds? {
    var count = 0
    for latest in tcp where isFresh(latest, at: time) && latest?.rtt != nil { count += 1 }
    guard count > 0 else { return nil }
    let upper = ranked(count / 2, at: time)
    guard count.isMultiple(of: 2) else { return upper }
    return Milliseconds((ranked(count / 2 - 1, at: time).rawValue + upper.rawValue) / 2)
  }

  /// The fresh handshake time with `rank` others before it in ascending order.
  private func ranked(_ rank: Int, at time: UnixTime) -> Milliseconds {
    for (index, latest) in tcp.enumerated() where isFresh(latest, at: time) {
      guard let rtt = latest?.rtt else { continue }
      var before = 0
      for (other, otherLatest) in tcp.enumerated() where isFresh(otherLatest, at: time) {
        guard let otherRTT = otherLatest?.rtt, other != index else { continue }
        if otherRTT < rtt || (otherRTT == rtt && other < index) { before += 1 }
      }
      if before == rank { return rtt }
    }
    return .zero
  }
}
