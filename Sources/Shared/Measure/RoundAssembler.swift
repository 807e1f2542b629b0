public import Model

/// A round that is complete or that was waited for long enough.
public struct ClosedRound: Sendable, Equatable {
  public var seq: Int
  /// When it closed, in the loop's time: of its last outcome, or of the deadline that passed.
  public var closedAt: UnixTime
  /// What its answers say together; nil when it was lost.
  public var measurement: Milliseconds?
  /// When the newest answer in it arrived.
  public var newestAnswerAt: UnixTime?

  public init(
    seq: Int, closedAt: UnixTime, measurement: Milliseconds?, newestAnswerAt: UnixTime?
  ) {
    self.seq = seq
    self.closedAt = closedAt
    self.measurement = measurement
    self.newestAnswerAt = newestAnswerAt
  }
}

/// Puts the outcomes of single probes together to rounds and closes them in order of `seq`.
///
/// A round closes when every reflector has answered or is lost, or one interval after its first
/// answer. Reflectors that missed their last three rounds are not waited for once somebody
/// answered. A round without any answer closes when all its probes are lost, or one interval after
/// the first answer of a later round, whichever is first.
///
/// Time comes from the outcomes alone, so that the same outcomes give the same rounds live, in a
/// pipeline and in a replay. Callers hand in each outcome after the rounds that its time closes:
/// `next(by: outcome.time)` until nil, `note(outcome)`, `next(by: outcome.time)` until nil.
/// Nothing here allocates after `init`.
public struct RoundAssembler: Sendable {
  /// What `note` made of an outcome.
  public enum Disposition: Sendable, Equatable {
    /// It counts for its round.
    case counted
    /// Its round is closed: good for the reflector's health, never for a decision.
    case late
    /// The probe's outcome is known already.
    case duplicate
  }

  private struct Round {
    var seq = -1
    var firstAnswerAt: UnixTime?
    var newestAnswerAt: UnixTime?
    var lastEventAt: UnixTime?
    var resolved = 0
  }

  /// Rounds in a row without an answer in time, after which a reflector is not waited for.
  public static let missesUntilNotWaitedFor = 3

  /// Far above what any run reaches, and far enough below overflow.
  private static let seqLimit = 1 << 56

  /// The round that closes next.
  public private(set) var head: Int?
  private let reflectors: Int
  private let interval: Milliseconds
  private let aggregation: Aggregation
  private let capacity: Int
  private var rounds: [Round]
  /// A latency per round and reflector; NaN = none.
  private var answers: [Double]
  private var isResolved: [Bool]
  private var misses: [Int]
  /// One above the newest round that an outcome was seen of.
  private var tail: Int
  private var newestSentAt = UnixTime(rawValue: .min)
  private var lastClosedAt = UnixTime(rawValue: .min)

  /// - Parameters:
  ///   - reflectors: how many probes a round has.
  ///   - interval: the time between rounds, and how long the first answer waits for the others.
  ///   - timeout: after this a probe is lost; it bounds how many rounds are open at once.
  ///   - firstSeq: the round to begin with; nil = that of the first outcome.
  public init(
    reflectors: Int, interval: Milliseconds = controlInterval, timeout: Milliseconds,
    aggregation: Aggregation, firstSeq: Int? = nil
  ) {
    self.reflectors = reflectors
    self.interval = interval
    self.aggregation = aggregation
    let pipelined = timeout.rawValue / Swift.max(interval.rawValue, 1)
    capacity = pipelined.isFinite ? Int(Swift.min(Swift.max(pipelined * 2, 0), 8192)) + 64 : 8192
    rounds = Array(repeating: Round(), count: capacity)
    answers = Array(repeating: .nan, count: capacity * reflectors)
    isResolved = Array(repeating: false, count: capacity * reflectors)
    misses = Array(repeating: 0, count: reflectors)
    head = firstSeq
    tail = firstSeq ?? 0
  }

  /// Drops all open rounds and goes on with `firstSeq` (nil = that of the next outcome).
  public mutating func restart(firstSeq: Int?) {
    head = firstSeq
    tail = firstSeq ?? 0
    newestSentAt = UnixTime(rawValue: .min)
    lastClosedAt = UnixTime(rawValue: .min)
    for index in rounds.indices { rounds[index].seq = -1 }
  }

  /// Whether a round waits for this reflector.
  public func isWaitedFor(_ reflector: Int) -> Bool {
    misses[reflector] < Self.missesUntilNotWaitedFor
  }

  /// Takes an outcome of a probe to a reflector.
  public mutating func note(_ outcome: ProbeOutcome) -> Disposition {
    guard (0..<reflectors).contains(outcome.target), (0..<Self.seqLimit).contains(outcome.seq)
    else { return .duplicate }
    beginAnewIfRestarted(by: outcome)
    let head = self.head ?? outcome.seq
    if self.head == nil {
      self.head = head
      tail = head
    }
    guard outcome.seq >= head else { return noteLate(outcome) }
    newestSentAt = Swift.max(newestSentAt, outcome.sentAt)
    if case .lost(.late, _) = outcome.result {
      // A recorded run closed the round before this answer; so does its replay.
      return .late
    }
    openRounds(through: outcome.seq)
    let slot = outcome.seq % capacity
    let cell = slot * reflectors + outcome.target
    guard !isResolved[cell] else { return .duplicate }
    isResolved[cell] = true
    rounds[slot].resolved += 1
    rounds[slot].lastEventAt = Swift.max(rounds[slot].lastEventAt ?? outcome.time, outcome.time)
    if let rtt = outcome.rtt {
      answers[cell] = rtt.rawValue
      rounds[slot].firstAnswerAt = Swift.min(
        rounds[slot].firstAnswerAt ?? outcome.time, outcome.time)
      rounds[slot].newestAnswerAt = Swift.max(
        rounds[slot].newestAnswerAt ?? outcome.time, outcome.time)
    }
    return .counted
  }

  /// The next round that is closed at `time`, in order of `seq`; nil when there is none.
  public mutating func next(by time: UnixTime) -> ClosedRound? {
    guard let head, head < tail else { return nil }
    let slot = head % capacity
    let closedAt: UnixTime
    if isComplete(slot) {
      closedAt = rounds[slot].lastEventAt ?? time
    } else if let deadline = headDeadline, deadline <= time {
      closedAt = deadline
    } else {
      return nil
    }
    return close(slot, at: closedAt)
  }

  /// When the oldest open round closes if nothing more comes; nil when no answer bounds it yet.
  public var nextDeadline: UnixTime? {
    guard let head, head < tail else { return nil }
    return headDeadline
  }

  // MARK: - The oldest open round

  private func isComplete(_ slot: Int) -> Bool {
    if rounds[slot].resolved == reflectors { return true }
    guard rounds[slot].firstAnswerAt != nil else { return false }
    for reflector in 0..<reflectors
    where !isResolved[slot * reflectors + reflector] && isWaitedFor(reflector) {
      return false
    }
    return true
  }

  private var headDeadline: UnixTime? {
    guard let head else { return nil }
    if let first = rounds[head % capacity].firstAnswerAt { return first + interval }
    var earliest: UnixTime?
    for seq in head + 1..<Swift.max(tail, head + 1) {
      guard let first = rounds[seq % capacity].firstAnswerAt else { continue }
      earliest = Swift.min(earliest ?? first, first)
    }
    return earliest.map { $0 + interval }
  }

  private mutating func close(_ slot: Int, at time: UnixTime) -> ClosedRound {
    lastClosedAt = Swift.max(lastClosedAt, time)
    let first = slot * reflectors
    for reflector in 0..<reflectors {
      misses[reflector] = answers[first + reflector].isNaN ? misses[reflector] &+ 1 : 0
    }
    let measurement = answers.withUnsafeBufferPointer {
      aggregation.measurement(of: UnsafeBufferPointer(rebasing: $0[first..<first + reflectors]))
    }
    head = rounds[slot].seq + 1
    return ClosedRound(
      seq: rounds[slot].seq, closedAt: lastClosedAt, measurement: measurement,
      newestAnswerAt: rounds[slot].newestAnswerAt)
  }

  // MARK: - Outcomes

  /// A round that is passed over in the numbering was sent too; nothing of it is known yet.
  private mutating func openRounds(through seq: Int) {
    while tail <= seq {
      let slot = tail % capacity
      rounds[slot] = Round(seq: tail)
      for cell in slot * reflectors..<(slot + 1) * reflectors {
        answers[cell] = .nan
        isResolved[cell] = false
      }
      tail += 1
    }
  }

  /// An answer that waiting would have caught makes its reflector one to wait for again: else a
  /// reflector a little slower than the others could never come back.
  private mutating func noteLate(_ outcome: ProbeOutcome) -> Disposition {
    let round = rounds[outcome.seq % capacity]
    guard round.seq == outcome.seq else { return .late }
    let isAnswer =
      switch outcome.result {
      case .answered, .lost(.late, _): true
      case .lost: false
      }
    if isAnswer, let first = round.firstAnswerAt, outcome.time <= first + interval {
      misses[outcome.target] = 0
    }
    return .late
  }

  /// A stream that begins anew (a lower number sent later, or a leap that no timeout explains) is
  /// another run of the prober: its numbers say nothing about the open rounds.
  private mutating func beginAnewIfRestarted(by outcome: ProbeOutcome) {
    guard let head else { return }
    let wentBack =
      outcome.seq < head && outcome.sentAt > newestSentAt && newestSentAt.rawValue != .min
    let leapt = outcome.seq - head >= capacity
    if wentBack || leapt { restart(firstSeq: outcome.seq) }
  }
}
