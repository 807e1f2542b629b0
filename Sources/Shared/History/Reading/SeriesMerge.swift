/// The rows of one series, of all tiers, made into one line through time: where a finer row lies
/// within the bucket of a coarser one, the coarser one goes.
///
/// Rows come by their time. Of the coarser tiers one row each waits, until its bucket is over.
struct SeriesMerge {
  struct Sample: Equatable {
    var timestamp: Int64
    var value: Double
    var tier: Granularity

    fileprivate var end: Int64 { timestamp &+ tier.seconds }
  }

  /// Coarser rows whose bucket is not over yet, by their time.
  private var waiting: [Sample] = []
  /// The time of the latest row that came of each tier, the finest first.
  private var latest: [Int64?] = [nil, nil, nil, nil]

  /// Takes the next row, and hands out those that are decided.
  mutating func add(_ sample: Sample, _ body: (Sample) -> Void) {
    let time = sample.timestamp
    if !waiting.isEmpty {
      waiting.removeAll { $0.tier.seconds > sample.tier.seconds && $0.end > time }
      // Those from before this time are over: no finer row was in them.
      while let first = waiting.first, first.end <= time { body(waiting.removeFirst()) }
    }
    if sample.tier == .raw {
      latest[0] = time
      // Every coarser row that contains this time went above.
      return body(sample)
    }
    let rank = sample.tier.rank
    // One row for a bucket: the original may have made it twice.
    let isRepeated = latest[rank] == time
    let isCovered = latest[..<rank].contains(time)
    latest[rank] = time
    if !isRepeated, !isCovered { waiting.append(sample) }
  }

  /// Hands out what still waits.
  mutating func finish(_ body: (Sample) -> Void) {
    waiting.forEach(body)
    waiting = []
  }
}

extension Granularity {
  fileprivate var rank: Int {
    switch self {
    case .raw: 0
    case .minute: 1
    case .fiveMinutes: 2
    case .hour: 3
    }
  }
}
