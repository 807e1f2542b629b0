/// What the state file keeps of one WAN: enough to go on after a restart.
public struct LoopState: Sendable, Equatable {
  /// One direction's share.
  public struct Queue: Sendable, Equatable {
    public var streaks: Streaks
    /// bit/s. A file may hold any finite number; the first step limits it to floor and ceiling.
    public var rate: Double

    public init(streaks: Streaks, rate: Double) {
      self.streaks = streaks
      self.rate = rate
    }
  }

  public var queues: PerDirection<Queue>
  public var baseline: Milliseconds
  public var load: Milliseconds
  /// The rates that the router confirmed last; nil before the first write.
  public var lastApplied: PerDirection<BitsPerSecond?>

  public init(
    queues: PerDirection<Queue>, baseline: Milliseconds, load: Milliseconds,
    lastApplied: PerDirection<BitsPerSecond?>
  ) {
    self.queues = queues
    self.baseline = baseline
    self.load = load
    self.lastApplied = lastApplied
  }
}
