/// A metric of a range summed up: one block of `--summary`.
public struct HistorySummary: Sendable, Equatable {
  public enum Figures: Sendable, Equatable {
    /// Names of states with their share of the samples, 0...100, by ascending value.
    case states([(name: String, percent: Double)])
    case values(SampleStatistics)

    public static func == (left: Self, right: Self) -> Bool {
      switch (left, right) {
      case (.states(let one), .states(let other)):
        one.count == other.count
          && zip(one, other).allSatisfy { $0.name == $1.name && $0.percent == $1.percent }
      case (.values(let one), .values(let other)): one == other
      default: false
      }
    }
  }

  public var metric: String
  /// `direction=download` and the like, where the metric has several; else nil.
  public var origin: String?
  public var count: Int
  public var figures: Figures
}

extension HistoryReader {
  /// The summaries of a range, by metric and origin. WANs are taken together, events left out.
  ///
  /// All samples are of one tier: the finest, from that of the range on, that covers all of it.
  public func summaries(
    of range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) -> [HistorySummary] {
    let tier = try coveringTier(of: range, filter)
    var samples: [[Double]] = []
    func take(_ row: HistoryRow) {
      while samples.count <= row.series { samples.append([]) }
      samples[row.series].append(row.value)
    }
    if tier == .raw {
      try forEachRowInAnyOrder(of: .raw, in: range, filter, take)
    } else {
      for row in try filledRows(of: tier, in: range, filter) { take(row) }
    }
    return SummaryGroups(samples, in: series).summaries
  }
}

/// Samples by metric and origin.
struct SummaryGroups {
  private var groups: [String: [String: [Double]]] = [:]

  /// - Parameter samples: by the number of their series.
  init(_ samples: consuming [[Double]], in table: SeriesTable) {
    for number in samples.indices where !samples[number].isEmpty && !table[number].hasReason {
      let series = table[number]
      groups[series.metric, default: [:]][series.origin, default: []] += samples[number]
      samples[number] = []
    }
  }

  var summaries: [HistorySummary] {
    groups.sorted { $0.key < $1.key }.flatMap { metric, origins in
      origins.sorted { $0.key < $1.key }.compactMap { origin, values in
        Self.summary(
          metric, origin: origin, named: origins.count > 1, values: values)
      }
    }
  }

  private static func summary(
    _ metric: String, origin: String, named: Bool, values: [Double]
  ) -> HistorySummary? {
    guard let statistics = SampleStatistics(values) else { return nil }
    let isState = metric.lowercased().contains("state")
    let areStates =
      isState
      && values.allSatisfy { $0 >= 0 && $0 <= 10 && $0.rounded(.towardZero) == $0 }
    return HistorySummary(
      metric: metric, origin: named ? origin : nil, count: values.count,
      figures: areStates
        ? .states(shares(of: values, isSteering: origin == "source=steering"))
        : .values(statistics))
  }

  private static func shares(
    of values: [Double], isSteering: Bool
  ) -> [(name: String, percent: Double)] {
    var counts: [Int: Int] = [:]
    for value in values { counts[Int(value), default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { state, count in
      (stateName(state, isSteering: isSteering), Double(count) / Double(values.count) * 100)
    }
  }

  /// The scale of the control loop; steering has no SOFT_RED and counts RED as 2.
  static func stateName(_ state: Int, isSteering: Bool) -> String {
    let names =
      isSteering ? ["GREEN", "YELLOW", "RED"] : ["GREEN", "YELLOW", "SOFT_RED", "RED"]
    return names.indices.contains(state) ? names[state] : "STATE_\(state)"
  }
}
