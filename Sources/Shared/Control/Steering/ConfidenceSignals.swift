public import Model

/// What a score rests on.
public struct ConfidenceSignals: Sendable, Equatable {
  /// nil = none of the known ones.
  public var zone: Zone?
  /// The last three cycles were SOFT_RED.
  public var isSoftRedSustained: Bool
  /// The RTT above the baseline in this cycle, not smoothed.
  public var delta: Milliseconds
  /// In this cycle.
  public var drops: Double
  /// The newest of the history, and the one two before it; nil when there are not so many. A
  /// cycle whose reading failed is not in the history.
  public var newestDrops: Double?
  public var thirdNewestDrops: Double?
  /// The newest two numbers of queued packets of the history.
  public var newestQueue: Double?
  public var secondNewestQueue: Double?

  public init(
    zone: Zone?, isSoftRedSustained: Bool = false, delta: Milliseconds, drops: Double,
    newestDrops: Double? = nil, thirdNewestDrops: Double? = nil, newestQueue: Double? = nil,
    secondNewestQueue: Double? = nil
  ) {
    self.zone = zone
    self.isSoftRedSustained = isSoftRedSustained
    self.delta = delta
    self.drops = drops
    self.newestDrops = newestDrops
    self.thirdNewestDrops = thirdNewestDrops
    self.newestQueue = newestQueue
    self.secondNewestQueue = secondNewestQueue
  }

  private static let severeDelta = Milliseconds(120)
  private static let highDelta = Milliseconds(80)
  private static let highQueue = 50.0
  private static let recoveredDelta = Milliseconds(10)
  private static let recoveredDrops = 0.001

  public var score: ConfidenceScore {
    var score = ConfidenceScore()
    switch zone {
    case .red: score.zone = .red
    case .softRed where isSoftRedSustained: score.zone = .softRedSustained
    case .yellow: score.zone = .yellow
    default: break
    }
    if delta > Self.severeDelta {
      score.delta = .severeDelta(delta)
    } else if delta > Self.highDelta {
      score.delta = .highDelta(delta)
    }
    if let newestDrops, let thirdNewestDrops, newestDrops > thirdNewestDrops, newestDrops > 0 {
      score.drops = .increasingDrops(newestDrops)
    }
    if let newestQueue, let secondNewestQueue, newestQueue > Self.highQueue,
      secondNewestQueue > Self.highQueue
    {
      score.queue = .highQueue(newestQueue)
    }
    return score
  }

  /// Whether nothing but the score stands against the way back.
  var isCalm: Bool {
    zone == .green && delta < Self.recoveredDelta && drops < Self.recoveredDrops
  }
}
