public import History
import Model

/// A history as it might have been, the same for the same seed: for measurements that need a database
/// of real size.
public struct SyntheticHistory {
  /// Which rows there are, by their age in seconds.
  public enum Profile: String, Sendable, CaseIterable {
    /// What there is after a pass of maintenance: raw for an hour, then one tier behind the other.
    case ladder
    /// Every tier up to now.
    case full
    /// A week of minutes and an hour raw.
    case flat7d
    /// Two hours raw: the input of an hour's maintenance.
    case raw2h

    func ages(retentionDays: Int) -> [(tier: Granularity, ages: Range<Int64>)] {
      let day: Int64 = 86_400
      let end = max(Int64(retentionDays), 7) * day
      return switch self {
      case .ladder:
        [
          (.hour, 7 * day..<end), (.fiveMinutes, day..<7 * day), (.minute, 3600..<day),
          (.raw, 0..<3600),
        ]
      case .full:
        [
          (.hour, 0..<30 * day), (.fiveMinutes, 0..<7 * day), (.minute, 0..<day), (.raw, 0..<3600),
        ]
      case .flat7d: [(.minute, 0..<7 * day), (.raw, 0..<3600)]
      case .raw2h: [(.raw, 0..<7200)]
      }
    }
  }

  public var profile: Profile
  /// Unix seconds of the newest row.
  public var now: Int64
  public var wans: [String]
  /// Cycles a second.
  public var rate: Int
  public var retentionDays: Int
  public var seed: UInt64

  public init(
    _ profile: Profile, now: Int64, wans: [String] = ["wan1", "wan2"], rate: Int = 20,
    retentionDays: Int = 90, seed: UInt64 = 1
  ) {
    self.profile = profile
    self.now = now
    self.wans = wans
    self.rate = rate
    self.retentionDays = retentionDays
    self.seed = seed
  }

  private static let download = MetricLabels.direction(.download).text

  /// Fills a new database.
  ///
  /// - Returns: how many rows it has.
  @discardableResult
  public func write(to path: String) throws(SQLiteError) -> Int {
    let database = try SQLiteConnection(path: path, access: .create)
    try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    var random = SeededGenerator(seed: seed)
    var rows = 0
    for (tier, ages) in profile.ages(retentionDays: retentionDays) {
      // Whole buckets only, in order of time.
      var time = tier.bucket(of: now - ages.upperBound) + tier.seconds
      let end = now - ages.lowerBound
      while time <= end - tier.seconds + 1 {
        // A transaction for some time, so that the log stays small.
        let stop = min(end, time + 100 * tier.seconds)
        try database.transaction { () throws(SQLiteError) in
          while time <= stop - tier.seconds + 1 {
            for _ in 0..<(tier == .raw ? rate : 1) {
              for (index, wan) in wans.enumerated() {
                rows += try insert(
                  insertion, at: time, wan, capacity: Double(100 * (index + 1)), tier, &random)
              }
            }
            time += tier.seconds
          }
        }
      }
    }
    try database.checkpoint(.truncate)
    return rows
  }

  private func insert(
    _ insertion: MetricInsertion, at time: Int64, _ wan: String, capacity: Double,
    _ tier: Granularity, _ random: inout SeededGenerator
  ) throws(SQLiteError) -> Int {
    let load = Double.random(in: 0...1, using: &random)
    let delta = load * load * 60
    let state = delta < 15 ? 0.0 : delta < 45 ? 1 : 2
    let values: [(MetricName, Double)] = [
      (.rtt, 24 + delta), (.baseline, 24), (.delta, delta),
      (.downloadRate, capacity * (1 - load / 3)), (.uploadRate, capacity / 10), (.state, state),
    ]
    for (metric, value) in values {
      let labels = metric == .state ? Self.download : nil
      try insertion.insert(
        MetricRow(
          timestamp: time, wan: wan, metric: metric, value: value, labels: labels,
          granularity: tier))
    }
    // A change of state now and then.
    guard tier == .raw, load > 0.999 else { return values.count }
    try insertion.insert(
      MetricRow(
        timestamp: time, wan: wan, metric: .state, value: state,
        labels: MetricLabels.transition(.download, reason: "RTT delta changed").text))
    return values.count + 1
  }
}
