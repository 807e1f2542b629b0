import LineModel
public import Model

/// What a simulation came to.
public struct SimulationReport: Sendable, Equatable {
  /// The delay that the line's buffers added while a direction was loaded.
  public struct AddedDelay: Sendable, Equatable {
    public var p50: Milliseconds
    public var p95: Milliseconds
    public var p99: Milliseconds
    public var max: Milliseconds

    init?(_ delays: SimulationDelays) {
      guard let p50 = delays.delay(quantile: 0.5), let p95 = delays.delay(quantile: 0.95),
        let p99 = delays.delay(quantile: 0.99)
      else { return nil }
      self.p50 = p50
      self.p95 = p95
      self.p99 = p99
      max = Milliseconds(delays.peak)
    }
  }

  public struct Link: Sendable, Equatable {
    /// How long its users would have sent more than it carried.
    public var loaded: Milliseconds
    /// What it carried in that time of what it could have; nil when it was never loaded.
    public var used: Double?
    public var rateChanges: Int
    public var increases: Int
    public var decreases: Int
    public var lowestRate: BitsPerSecond?
    public var lastRate: BitsPerSecond?
    /// Share of the cycles in each zone, in the order of `Zone`.
    public var zones: [Double]
  }

  /// The judgement in one word.
  public enum Verdict: String, Sendable, CaseIterable {
    /// Nothing saturated the line: there was nothing to hold.
    case unloaded
    /// The delay stayed below the target, and the line was used.
    case good
    /// The delay stayed below the target, but much of the line was left unused.
    case wasteful
    /// The delay exceeded the target for more than a twentieth of the time.
    case uneven
    /// The delay exceeded even the warning threshold for more than a twentieth of the time.
    case bloated
  }

  public var scenario: String
  public var summary: String
  public var seed: UInt64
  public var elapsed: Milliseconds
  public var cycles: Int
  public var fallbackCycles: Int
  public var heldCycles: Int
  public var probes: Int
  public var lostProbes: Int
  /// nil when no direction was loaded.
  public var addedDelay: AddedDelay?
  /// The same on the same line with its limits left at the ceilings.
  public var unmanagedDelay: AddedDelay?
  public var links: PerDirection<Link>
  public var target: Milliseconds
  public var warning: Milliseconds

  init(
    scenario: Scenario, seed: UInt64, elapsed: Milliseconds, control: ControlSettings,
    tally: SimulationTally, writes: PerDirection<SimulationRouter.Writes>
  ) {
    self.scenario = scenario.name
    summary = scenario.summary
    self.seed = seed
    self.elapsed = elapsed
    cycles = tally.cycles
    fallbackCycles = tally.fallbackCycles
    heldCycles = tally.heldCycles
    probes = tally.probes
    lostProbes = tally.lostProbes
    addedDelay = AddedDelay(tally.delays)
    unmanagedDelay = AddedDelay(tally.unmanagedDelays)
    func link(_ direction: Direction) -> Link {
      let link = tally.links[direction]
      return Link(
        loaded: Milliseconds(link.loadedTime),
        used: link.available > 0 ? min(link.carried / link.available, 1) : nil,
        rateChanges: link.rateChanges, increases: writes[direction].increases,
        decreases: writes[direction].decreases, lowestRate: link.lowest, lastRate: link.rate,
        zones: link.zones.map { Double($0) / Double(max(tally.cycles, 1)) })
    }
    links = PerDirection(download: link(.download), upload: link(.upload))
    target = Milliseconds(control.targetBloat.value)
    warning = Milliseconds(control.warnBloat.value)
  }

  /// The least share of the capacity that was used in a loaded direction.
  private var leastUsed: Double? {
    [links.download.used, links.upload.used].compactMap { $0 }.min()
  }

  /// Below this share of the capacity the line counts as left unused.
  static let wastefulBelow = 0.6

  public var verdict: Verdict {
    guard let addedDelay else { return .unloaded }
    if addedDelay.p95 > warning { return .bloated }
    if addedDelay.p95 > target { return .uneven }
    return leastUsed ?? 1 < Self.wastefulBelow ? .wasteful : .good
  }

  /// The judgement in one sentence.
  public var sentence: String {
    guard let addedDelay else { return "nothing saturated the line, so nothing was held back" }
    let delay = "\(fixed(addedDelay.p95.rawValue, digits: 1)) ms of added delay in 19 of 20 moments"
    let limit = "\(shortestInteger(target.rawValue)) ms"
    let used = "\(fixed((leastUsed ?? 0) * 100, digits: 0)) % of the capacity used"
    return switch verdict {
    case .unloaded: ""
    case .good: "the line stayed quick: at most \(delay) (target \(limit)), \(used)"
    case .wasteful: "the line stayed quick, at most \(delay), but only \(used)"
    case .uneven:
      "the line was slow at times: up to \(delay), above the target of \(limit); \(used)"
    case .bloated:
      "the queue built up: \(delay), above the warning threshold of "
        + "\(shortestInteger(warning.rawValue)) ms; \(used)"
    }
  }
}
