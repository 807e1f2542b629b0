/// What the loop publishes of one WAN: read by health, metrics and status, never written to by
/// them.
public struct WANSnapshot: Sendable, Equatable {
  /// The contact with the router.
  public struct RouterContact: Sendable, Equatable {
    /// False until the router confirmed something, and during an outage.
    public var isReachable: Bool
    public var consecutiveFailures: Int
    public var lastFailure: RouterFailure.Class?
    public var lastFailureAt: MonotonicTime?
    /// When the outage under way began, by both clocks.
    public var outageSince: UnixTime?
    public var outageBegan: MonotonicTime?
    /// The limits that the router confirmed last.
    public var confirmed: PerDirection<BitsPerSecond?>
    /// What the queues carried when they were read last; nil where the router does not tell.
    public var throughput = PerDirection<BitsPerSecond?>(download: nil, upload: nil)
    /// Changes of a queue that this process made.
    public var writes: Int
    public var failedWrites = 0
    /// Of the last 60 minutes and the last 24 hours, to the minute and to the hour.
    public var writesInLastHour = 0
    public var writesInLastDay = 0
    /// From the closing of the round to the router's confirmation.
    public var lastWriteTook: Milliseconds?
    /// The budget after the last write, or the last one that had to wait.
    public var budget: WriteBudgetLevel?
    /// How often a write had to wait for the budget.
    public var budgetWaits = 0
    /// The way to the router that is used.
    public var transport: Transport
    /// When it was changed last, and for which failure; nil = it is the configured one, at first
    /// or again.
    public var transportSince: UnixTime?
    public var transportReason: RouterFailure.Class?
    /// How often it was changed because it failed.
    public var failovers = 0
    /// What the router tells of itself; nil before it has.
    public var identity: RouterDescription?

    public init(
      isReachable: Bool = false, consecutiveFailures: Int = 0,
      lastFailure: RouterFailure.Class? = nil, outageSince: UnixTime? = nil,
      confirmed: PerDirection<BitsPerSecond?> = PerDirection(download: nil, upload: nil),
      writes: Int = 0, lastWriteTook: Milliseconds? = nil, transport: Transport = .rest,
      transportSince: UnixTime? = nil, transportReason: RouterFailure.Class? = nil
    ) {
      self.isReachable = isReachable
      self.consecutiveFailures = consecutiveFailures
      self.lastFailure = lastFailure
      self.outageSince = outageSince
      self.confirmed = confirmed
      self.writes = writes
      self.lastWriteTook = lastWriteTook
      self.transport = transport
      self.transportSince = transportSince
      self.transportReason = transportReason
    }
  }

  /// How many rounds came to what.
  public struct Counts: Sendable, Equatable {
    /// Rounds that were stepped and rounds that were held.
    public var stepped = 0
    public var held = 0
    /// Rounds that no reflector answered.
    public var lost = 0
    /// Rounds with nothing to go by, or with the router out of reach: all of them, and in a row.
    public var failed = 0
    public var failedInRow = 0
    /// Answers that came after their round was closed.
    public var lateAnswers = 0

    public init() {}
  }

  public var decision: Decision
  public var router: RouterContact
  public var counts = Counts()
  /// Whether the last round had something to go by; true before the first.
  public var isUp = true
  /// Age of the newest sample when the last decision on a round was made; nil before the first.
  public var sampleAge: Milliseconds? { sampleAges.last }
  public var sampleAges = DurationBuckets()
  /// From the time when a tick was due until its probes were sent and what had arrived was decided.
  public var cycleTimes = DurationBuckets()
  /// From the arrival of the newest answer that a decrease rests on to the router's confirmation.
  /// Increases are put together on purpose, and are not counted.
  public var actuationLatencies = DurationBuckets()
  /// What the controller may do and what it goes by; a reload changes it.
  public var control: ControlSettings

  public init(decision: Decision, router: RouterContact, control: ControlSettings) {
    self.decision = decision
    self.router = router
    self.control = control
  }
}

/// What was left of a router's write budget at a moment.
public struct WriteBudgetLevel: Sendable, Equatable {
  public var tokens: Double
  public var burst: Int
  public var perMinute: Int
  public var at: UnixTime

  public init(tokens: Double, burst: Int, perMinute: Int, at: UnixTime) {
    self.tokens = tokens
    self.burst = burst
    self.perMinute = perMinute
    self.at = at
  }

  /// What is left at `now` if nobody took any since.
  public func tokens(at now: UnixTime) -> Double {
    let granted = max(now - at, .zero).seconds / 60 * Double(perMinute)
    return min(max(tokens, 0) + granted, Double(burst))
  }
}

/// What a router tells of itself.
public struct RouterDescription: Sendable, Equatable {
  /// E.g. `7.23.7 (long-term)`.
  public var version: String
  public var board: String
  public var uptime: Milliseconds?
  /// Sectors of its flash that were written since its boot.
  public var sectorsWritten: Int64?

  public init(
    version: String, board: String, uptime: Milliseconds? = nil, sectorsWritten: Int64? = nil
  ) {
    self.version = version
    self.board = board
    self.uptime = uptime
    self.sectorsWritten = sectorsWritten
  }
}
