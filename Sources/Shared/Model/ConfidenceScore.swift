/// How sure it is that a line is congested, 0...100, and what made it so.
public struct ConfidenceScore: Sendable, Equatable {
  /// One reason with its figure; the text is made off the control thread.
  public enum Contributor: Sendable, Equatable {
    case red
    /// SOFT_RED in the last three cycles.
    case softRedSustained
    case yellow
    /// The RTT delta is above 120 ms.
    case severeDelta(Milliseconds)
    /// The RTT delta is above 80 ms.
    case highDelta(Milliseconds)
    /// More drops than two cycles before.
    case increasingDrops(Double)
    /// More than 50 packets in this cycle and the one before.
    case highQueue(Double)

    public var points: Int {
      switch self {
      case .red: 50
      case .softRedSustained, .severeDelta: 25
      case .highDelta: 15
      case .yellow, .increasingDrops, .highQueue: 10
      }
    }

    /// The original's token: `RED`, `rtt_delta=122.3ms(severe)`. The units of the last two are
    /// what the original calls them; they are drops per cycle and packets.
    public var text: String {
      switch self {
      case .red: "RED"
      case .softRedSustained: "SOFT_RED_sustained"
      case .yellow: "YELLOW"
      case .severeDelta(let delta): "rtt_delta=\(fixed(delta.rawValue, digits: 1))ms(severe)"
      case .highDelta(let delta): "rtt_delta=\(fixed(delta.rawValue, digits: 1))ms(high)"
      case .increasingDrops(let drops): "drops_increasing(\(fixed(drops, digits: 1))/s)"
      case .highQueue(let packets): "queue_high(\(fixed(packets, digits: 0))%)"
      }
    }
  }

  /// At most one of each kind, so that a score needs no memory.
  public var zone: Contributor?
  public var delta: Contributor?
  public var drops: Contributor?
  public var queue: Contributor?

  public init(
    zone: Contributor? = nil, delta: Contributor? = nil, drops: Contributor? = nil,
    queue: Contributor? = nil
  ) {
    self.zone = zone
    self.delta = delta
    self.drops = drops
    self.queue = queue
  }

  public var value: Int {
    let points =
      (zone?.points ?? 0) + (delta?.points ?? 0) + (drops?.points ?? 0) + (queue?.points ?? 0)
    return min(points, 100)
  }

  /// In the order of the original.
  public var contributors: [Contributor] { [zone, delta, drops, queue].compactMap(\.self) }
}
