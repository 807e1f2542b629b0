/// What the state file of steering keeps: enough to go on after a restart.
public struct SteeringState: Sendable, Equatable {
  /// What is known of one WAN's line.
  public struct Line: Sendable, Equatable {
    /// The last valid one.
    public var baseline: Milliseconds?
    /// Oldest first, ms.
    public var rtts: [Double]
    public var deltas: [Double]
    /// The smoothed delta, ms, and the smoothed number of queued packets.
    public var rttAverage: Double
    public var queueAverage: Double
    /// Drops in a cycle and packets queued at its end, oldest first.
    public var drops: [Int]
    public var queuedPackets: [Int]
    /// Names of zones, oldest first; a file may hold any text.
    public var zones: [String]
    public var zone: String
    /// Consecutive.
    public var readFailures: Int

    public init(
      baseline: Milliseconds? = nil, rtts: [Double] = [], deltas: [Double] = [],
      rttAverage: Double = 0, queueAverage: Double = 0, drops: [Int] = [],
      queuedPackets: [Int] = [], zones: [String] = [], zone: String = Zone.green.name,
      readFailures: Int = 0
    ) {
      self.baseline = baseline
      self.rtts = rtts
      self.deltas = deltas
      self.rttAverage = rttAverage
      self.queueAverage = queueAverage
      self.drops = drops
      self.queuedPackets = queuedPackets
      self.zones = zones
      self.zone = zone
      self.readFailures = readFailures
    }
  }

  /// When something happened.
  public enum Moment: Sendable, Equatable {
    /// As a file has it: local time without a zone, or whatever stood there.
    case text(String)
    case at(UnixTime)
  }

  /// A change of the state. The counts are those before the sample that brought it about.
  public struct Transition: Sendable, Equatable {
    public var moment: Moment
    public var from: String
    public var to: String
    public var badCount: Int
    public var goodCount: Int

    public init(moment: Moment, from: String, to: String, badCount: Int, goodCount: Int) {
      self.moment = moment
      self.from = from
      self.to = to
      self.badCount = badCount
      self.goodCount = goodCount
    }
  }

  /// `WAN1_GOOD`, `WAN1_DEGRADED`, or the same of another WAN, which means the same.
  public var name: String
  public var badCount: Int
  public var goodCount: Int
  public var redCount: Int
  public var primary: Line
  public var transitions: [Transition]
  public var lastTransition: Moment?
  /// The target in use; nil where there is only one, and while nothing is steered.
  public var activeTarget: String?
  /// Of the measured targets, by name.
  public var targets: [String: Line]

  public init(
    name: String, badCount: Int = 0, goodCount: Int = 0, redCount: Int = 0,
    primary: Line = Line(), transitions: [Transition] = [], lastTransition: Moment? = nil,
    activeTarget: String? = nil, targets: [String: Line] = [:]
  ) {
    self.name = name
    self.badCount = badCount
    self.goodCount = goodCount
    self.redCount = redCount
    self.primary = primary
    self.transitions = transitions
    self.lastTransition = lastTransition
    self.activeTarget = activeTarget
    self.targets = targets
  }

  /// Whether `name` says that new connections are steered away; nil when it says neither that nor
  /// the contrary.
  public static func isDegraded(_ name: String) -> Bool? {
    name.hasSuffix("_DEGRADED") ? true : name.hasSuffix("_GOOD") ? false : nil
  }
}
