/// What the loop publishes of one WAN: read by health, metrics and status, never written to by
/// them.
public struct WANSnapshot: Sendable, Equatable {
  /// The contact with the router.
  public struct RouterContact: Sendable, Equatable {
    /// False until the router confirmed something, and during an outage.
    public var isReachable: Bool
    public var consecutiveFailures: Int
    public var lastFailure: RouterFailure.Class?
    /// When the outage under way began.
    public var outageSince: UnixTime?
    /// The limits that the router confirmed last.
    public var confirmed: PerDirection<BitsPerSecond?>
    public var writes: Int
    /// From the closing of the round to the router's confirmation.
    public var lastWriteTook: Milliseconds?
    /// The way to the router that is used.
    public var transport: Transport
    /// When it was changed last, and for which failure; nil = it is the configured one, at first
    /// or again.
    public var transportSince: UnixTime?
    public var transportReason: RouterFailure.Class?

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

  public var decision: Decision
  public var router: RouterContact
  /// Rounds that were stepped and rounds that were held.
  public var steppedRounds: Int
  public var heldRounds: Int
  /// Answers that came after their round was closed.
  public var lateAnswers: Int
  /// Ticks that the loop missed and skipped.
  public var missedTicks: Int
  /// Age of the newest sample when the decision was made.
  public var sampleAge: Milliseconds

  public init(
    decision: Decision, router: RouterContact, steppedRounds: Int = 0, heldRounds: Int = 0,
    lateAnswers: Int = 0, missedTicks: Int = 0, sampleAge: Milliseconds = .zero
  ) {
    self.decision = decision
    self.router = router
    self.steppedRounds = steppedRounds
    self.heldRounds = heldRounds
    self.lateAnswers = lateAnswers
    self.missedTicks = missedTicks
    self.sampleAge = sampleAge
  }
}
