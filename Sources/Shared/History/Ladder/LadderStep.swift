import Model

/// One rung of the ladder: rows of a tier that are older than `age` become one row per bucket of the
/// next tier.
struct LadderStep: Sendable {
  let from: Granularity
  let to: Granularity
  /// Seconds.
  let age: Int64

  /// In the order in which they are taken, so that rows that are very old fall through all of them
  /// in one pass.
  static let all = [
    LadderStep(from: .raw, to: .minute, age: 3600),
    LadderStep(from: .minute, to: .fiveMinutes, age: 86_400),
    LadderStep(from: .fiveMinutes, to: .hour, age: 604_800),
  ]

  /// The end of the last complete bucket that is old enough: rows from there on stay, so that every
  /// bucket is made of all its samples.
  func end(at now: Int64) -> Int64 { to.bucket(of: now &- age) }
}

/// What a series is: the rows of one metric of one WAN.
struct SeriesName: Equatable {
  var wan: String
  var metric: MetricName
}
