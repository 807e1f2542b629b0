import History

/// What became of the rates at the router, as rows that come once a minute tell.
public struct RouterFigures: Sendable, Equatable {
  public struct Outage: Sendable, Equatable {
    public var start: Int64
    public var end: Int64
    /// How much of it the router did not answer.
    public var seconds: Double
  }

  /// For how long there are rows of it.
  public var observedSeconds: Double
  public var writes: Double
  public var mostWritesPerMinute: Double
  /// From the decision to the router's confirmation, in ms; nil without any.
  public var confirmation: SampleStatisticsOfMinutes?
  public var outageSeconds: Double
  /// The first ten.
  public var outages: [Outage]

  /// Median and 95th percentile of the means of slots, in ms.
  public struct SampleStatisticsOfMinutes: Sendable, Equatable {
    public var p50: Double
    public var p95: Double
  }

  public var writesPerDay: Double { writes / observedSeconds * 86_400 }
  public var writesPerYear: Double { writesPerDay * 365.25 }

  /// nil where nothing of it is recorded: history of the original, and of our first versions.
  init?(_ survey: WANSurvey, _ axis: SlotAxis) {
    let writes = survey[.routerWrites]
    observedSeconds = writes.reduce(0) { $0 + ($1?.seconds ?? 0) }
    guard observedSeconds > 0 else { return nil }
    self.writes = Self.total(writes)
    mostWritesPerMinute = writes.reduce(0) { max($0, $1?.maximum ?? 0) }
    confirmation = SampleStatistics(survey[.confirmationAge].compactMap { $0?.mean })
      .map { SampleStatisticsOfMinutes(p50: $0.p50, p95: $0.p95) }
    outageSeconds = Self.total(survey[.routerOutage])
    outages = Self.outages(survey[.routerOutage], axis)
  }

  /// The sum of what comes once a minute.
  static func total(_ values: [SlotValue?]) -> Double {
    values.reduce(0) { $0 + ($1.map { $0.mean * $0.seconds / 60 } ?? 0) }
  }

  private static func outages(_ values: [SlotValue?], _ axis: SlotAxis) -> [Outage] {
    var outages: [Outage] = []
    for (slot, value) in values.enumerated() {
      guard let value, value.mean > 0 else { continue }
      let start = axis.time(ofSlot: slot)
      let end = start + axis.slotSeconds
      let seconds = value.mean * value.seconds / 60
      if let last = outages.indices.last, outages[last].end == start {
        outages[last].end = end
        outages[last].seconds += seconds
      } else if outages.count < 10 {
        outages.append(Outage(start: start, end: end, seconds: seconds))
      } else {
        break
      }
    }
    return outages
  }
}
