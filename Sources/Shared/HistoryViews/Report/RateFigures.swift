import History
public import Model

/// What one direction's decided rate was.
public struct RateFigures: Sendable, Equatable {
  public var median: BitsPerSecond
  public var lowest: BitsPerSecond
  public var highest: BitsPerSecond
  /// The configured ceiling, if known.
  public var ceiling: BitsPerSecond?
  /// Share of the time within a hundredth of the ceiling (of the highest rate, where no ceiling is
  /// known), 0...1.
  public var atCeiling: Double
  /// Seconds at the floor (at the lowest rate, where no floor is known) and not GREEN.
  public var atFloorSeconds: Double
  public var isFloorKnown: Bool

  /// nil without rows.
  init?(_ survey: WANSurvey, _ direction: Direction) {
    let values = survey[direction == .download ? .downloadRate : .uploadRate]
    let known = values.compactMap { $0 }
    guard let statistics = SampleStatistics(known.map(\.mean)) else { return nil }
    func rate(_ megabits: Double) -> BitsPerSecond { BitsPerSecond(Int64(megabits * 1e6)) }
    median = rate(statistics.p50)
    let low = known.reduce(Double.infinity) { min($0, $1.minimum) }
    let high = known.reduce(0) { max($0, $1.maximum) }
    lowest = rate(low)
    highest = rate(high)
    ceiling = survey.settings.ceilings[direction]
    let top = ceiling?.megabits ?? high
    let total = known.reduce(0) { $0 + $1.seconds }
    let full = known.reduce(0) { $0 + ($1.mean >= top * 0.99 ? $1.seconds : 0) }
    atCeiling = total > 0 ? full / total : 0
    let floor = survey.settings.floors[direction]
    isFloorKnown = floor != nil
    let bottom = (floor?.megabits ?? low) * 1.02
    atFloorSeconds = 0
    for (value, zones) in zip(values, survey.zones[direction]) {
      guard let value, value.mean <= bottom, zones.sum() > 0 else { continue }
      atFloorSeconds += zones.sum() - zones[.green]
    }
  }
}
