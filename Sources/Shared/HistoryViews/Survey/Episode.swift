public import Model

/// A time in which a direction was not GREEN. Pauses of less than `Episode.pause` are part of it.
public struct Episode: Sendable, Equatable {
  /// A line that wavers at a threshold has one episode and not a hundred.
  public static let pause: Int64 = 30

  public var direction: Direction
  /// Unix seconds.
  public var start: Int64
  /// nil while it goes on at the end of the range.
  public var end: Int64?
  public var worst: Zone
  /// The greatest latency added, as the reasons tell it; nil where changes are not recorded.
  public var peak: Milliseconds?
  /// How often the state changed.
  public var changes = 0
  /// The decided rate before it, its least within, and after it; nil where not known.
  public var rateBefore: BitsPerSecond?
  public var rateLowest: BitsPerSecond?
  public var rateAfter: BitsPerSecond?

  public init(direction: Direction, start: Int64, worst: Zone) {
    self.direction = direction
    self.start = start
    self.worst = worst
  }

  /// Up to `now` if it goes on.
  public func seconds(now: Int64) -> Int64 { max((end ?? now) - start, 0) }
}

/// The episodes of a direction: their number, and those worth telling.
public struct EpisodeCollection: Sendable, Equatable {
  /// How many are kept of each kind.
  static let limit = 6

  public private(set) var count = 0
  public private(set) var totalSeconds: Int64 = 0
  /// Those over within two seconds whose peak was hardly above the first threshold.
  public private(set) var blips = 0
  public private(set) var longest: [Episode] = []
  /// By zone, then by peak.
  public private(set) var worst: [Episode] = []

  mutating func add(_ episode: Episode, now: Int64, firstThreshold: Milliseconds?) {
    count += 1
    let seconds = episode.seconds(now: now)
    totalSeconds += seconds
    if let peak = episode.peak, let firstThreshold, seconds <= 2,
      peak.rawValue <= firstThreshold.rawValue * 1.25
    {
      blips += 1
    }
    Self.insert(episode, into: &longest) { $0.seconds(now: now) > $1.seconds(now: now) }
    Self.insert(episode, into: &worst) { one, other in
      if one.worst != other.worst { return one.worst > other.worst }
      return (one.peak ?? .zero) > (other.peak ?? .zero)
    }
  }

  /// Fills in what the rates did.
  mutating func describe(_ rates: (inout Episode) -> Void) {
    for index in longest.indices { rates(&longest[index]) }
    for index in worst.indices { rates(&worst[index]) }
  }

  private static func insert(
    _ episode: Episode, into list: inout [Episode], _ isBefore: (Episode, Episode) -> Bool
  ) {
    let place = list.firstIndex { isBefore(episode, $0) } ?? list.endIndex
    guard place < limit else { return }
    list.insert(episode, at: place)
    if list.count > limit { list.removeLast() }
  }
}
