public import Model

/// What came of loading one direction of the line for a while.
public struct LoadSample: Sendable, Equatable {
  /// What was carried.
  public var rate: BitsPerSecond
  /// The latencies of the probes that were answered meanwhile.
  public var latencies: [Milliseconds]
  /// How many were sent.
  public var probes: Int

  public init(rate: BitsPerSecond, latencies: [Milliseconds], probes: Int) {
    self.rate = rate
    self.latencies = latencies
    self.probes = probes
  }
}

/// What a calibration works with: the line, its router and time.
public protocol CalibrationInstruments {
  /// Latencies of the line without load of ours: those of the probes that were answered.
  mutating func idleLatencies() throws(CalibrationFailure) -> [Milliseconds]

  /// Loads one direction and probes meanwhile.
  mutating func load(_ direction: Direction) throws(CalibrationFailure) -> LoadSample

  /// Sets the limit of a queue and lets it take effect; zero = unlimited.
  mutating func setLimit(
    _ limit: BitsPerSecond, _ direction: Direction
  ) throws(CalibrationFailure)

  /// Hears what is being done: the step and how many there are.
  mutating func tell(_ step: Calibration.Step)
}

/// Why there is no result. Limits are restored all the same.
public enum CalibrationFailure: Error, Sendable, Equatable, CustomStringConvertible {
  case interrupted
  /// No probe was answered on the idle line.
  case noAnswers(String)
  /// A measurement came to nothing, again and again.
  case unusable(Direction, String)
  case peer(String)
  case router(String)
  case system(String)

  public var description: String {
    switch self {
    case .interrupted: "interrupted"
    case .noAnswers(let host):
      "\(host) answers no probe, so there is no latency to go by; name another by --ping-host"
    case .unusable(let direction, let why): "\(direction.name) cannot be measured: \(why)"
    case .peer(let text), .router(let text), .system(let text): text
    }
  }
}

/// Finds what a line carries, and at which rate its latency stays low.
public struct Calibration: Sendable {
  /// What is being done.
  public enum Step: Sendable, Equatable {
    case idle
    case raw(Direction)
    case search(Direction, step: Int, rate: Double)
    /// A measurement is made again: why.
    case retry(Direction, String)
    case result(Direction, RateSearch.Found, isGood: Bool)
  }

  public var targetBloat: Milliseconds
  /// Take 90 % of what the line carries instead of searching.
  public var skipsSearch: Bool
  /// A direction that no peer can load is left out.
  public var directions: [Direction]

  /// How often a measurement is made before it is given up.
  static let attempts = 3

  public init(
    targetBloat: Milliseconds = Milliseconds(10), skipsSearch: Bool = false,
    directions: [Direction] = Direction.allCases
  ) {
    self.targetBloat = targetBloat
    self.skipsSearch = skipsSearch
    self.directions = directions
  }

  /// How many measurements that takes.
  public var stepCount: Int {
    1 + directions.count * (skipsSearch ? 1 : 1 + RateSearch.steps)
  }

  /// What was found in one direction, in Mbit/s.
  public struct Found: Sendable, Equatable {
    public var raw: Double
    public var optimal: Double
    public var bloat: Milliseconds
    /// Whether the latency at `optimal` reached the target.
    public var isGood: Bool
  }

  public struct Outcome: Sendable, Equatable {
    /// The lowest latency of the idle line.
    public var baseline: Milliseconds
    /// The middle one.
    public var median: Milliseconds
    public var found: PerDirection<Found?>
  }

  public func run(
    with instruments: inout some CalibrationInstruments
  ) throws(CalibrationFailure) -> Outcome {
    instruments.tell(.idle)
    let idle = try instruments.idleLatencies()
    guard let baseline = idle.min(), let median = Self.median(idle) else {
      throw .noAnswers("the host")
    }
    var outcome = Outcome(
      baseline: baseline, median: median, found: PerDirection(download: nil, upload: nil))
    // What the line carries is seen without a limit of ours.
    for direction in Direction.allCases { try instruments.setLimit(.zero, direction) }
    var raw: PerDirection<(rate: Double, bloat: Milliseconds)?> = PerDirection(
      download: nil, upload: nil)
    for direction in directions {
      instruments.tell(.raw(direction))
      raw[direction] = try measure(direction, limit: nil, baseline, &instruments)
    }
    for direction in directions {
      guard let line = raw[direction] else { continue }
      let found =
        skipsSearch
        ? Found(
          raw: line.rate, optimal: 0.9 * line.rate, bloat: line.bloat,
          isGood: line.bloat <= targetBloat)
        : try search(direction, raw: line.rate, baseline, &instruments)
      outcome.found[direction] = found
      instruments.tell(
        .result(
          direction, RateSearch.Found(rate: found.optimal, bloat: found.bloat),
          isGood: found.isGood))
    }
    return outcome
  }

  private func search(
    _ direction: Direction, raw: Double, _ baseline: Milliseconds,
    _ instruments: inout some CalibrationInstruments
  ) throws(CalibrationFailure) -> Found {
    var search = RateSearch(raw: raw, target: targetBloat)
    while let rate = search.next {
      instruments.tell(.search(direction, step: search.stepsDone + 1, rate: rate))
      try instruments.setLimit(BitsPerSecond(wholeBits(rate)), direction)
      search.note(
        try measure(direction, limit: rate, baseline, &instruments).bloat)
    }
    // The other direction is not to be held back by this one's last attempt.
    try instruments.setLimit(.zero, direction)
    let result = search.result
    return Found(
      raw: raw, optimal: result.rate, bloat: result.bloat, isGood: search.isSuccessful)
  }

  /// One measurement that says something. One that says nothing is made again, and never counts as a
  /// good latency: that would drive the search to the top.
  private func measure(
    _ direction: Direction, limit: Double?, _ baseline: Milliseconds,
    _ instruments: inout some CalibrationInstruments
  ) throws(CalibrationFailure) -> (rate: Double, bloat: Milliseconds) {
    var why = ""
    for attempt in 1...Self.attempts {
      let sample = try instruments.load(direction)
      let rate = sample.rate.megabits
      if let obstacle = Self.obstacle(sample, limit: limit) {
        why = obstacle
        if attempt < Self.attempts { instruments.tell(.retry(direction, why)) }
        continue
      }
      guard let median = Self.median(sample.latencies) else { continue }
      return (rate, Milliseconds(max(0, median.rawValue - baseline.rawValue)))
    }
    throw .unusable(direction, why)
  }

  /// What keeps a sample from saying anything; nil when nothing does.
  static func obstacle(_ sample: LoadSample, limit: Double?) -> String? {
    guard sample.rate > .zero else { return "nothing was carried" }
    let answered = sample.latencies.count
    guard answered >= 5, answered * 2 >= sample.probes else {
      return "only \(answered) of \(sample.probes) probes were answered"
    }
    // A peer that does not fill the queue shows the latency of an idle line.
    if let limit, sample.rate.megabits < 0.5 * limit {
      return "only \(fixed(sample.rate.megabits, digits: 1)) of \(fixed(limit, digits: 1)) Mbit/s "
        + "were carried, so the queue was never full"
    }
    return nil
  }

  /// The middle one; of an even number the mean of both.
  static func median(_ values: [Milliseconds]) -> Milliseconds? {
    let sorted = values.filter { $0.rawValue.isFinite }.sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1
      ? sorted[middle]
      : Milliseconds((sorted[middle - 1].rawValue + sorted[middle].rawValue) / 2)
  }
}

/// A rate in Mbit/s as whole bits, cut off and within what a queue takes.
func wholeBits(_ megabits: Double) -> Int64 {
  guard megabits.isFinite else { return 0 }
  return Int64(min(max(megabits * 1e6, 0), 1e12))
}
