import History
import Model

/// A setting that history speaks against, with the numbers that say so.
public struct TuningHint: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case ceilingNeverReached
    case floorHeld
    case thresholdInNoise
    case noise
  }

  public var kind: Kind
  /// One sentence: what to look at.
  public var title: String
  /// What it rests on.
  public var evidence: String
}

extension TuningHint {
  /// A day's course must be known before anything is advised.
  static let leastSeconds = 6 * 3600.0

  static func hints(_ survey: WANSurvey, _ rates: PerDirection<RateFigures?>) -> [TuningHint] {
    let observed = survey.zones.download.reduce(ZoneSeconds(), +).sum()
    guard observed >= leastSeconds else { return [] }
    var hints: [TuningHint] = []
    for direction in Direction.allCases {
      guard let figures = rates[direction] else { continue }
      hints += [ceiling(figures, direction, observed), floor(figures, direction)].compactMap { $0 }
    }
    return hints + [threshold(survey), noise(survey)].compactMap { $0 }
  }

  private static func ceiling(
    _ figures: RateFigures, _ direction: Direction, _ observed: Double
  ) -> TuningHint? {
    guard let ceiling = figures.ceiling,
      figures.highest.megabits < ceiling.megabits * 0.98
    else { return nil }
    return TuningHint(
      kind: .ceilingNeverReached,
      title: "The \(direction.name) ceiling is never reached: a lower ceiling_mbps costs nothing "
        + "and lets the rate settle sooner.",
      evidence: "Ceiling \(FigureText.rate(ceiling)); the highest rate in "
        + "\(FigureText.duration(Int64(observed))) was \(FigureText.rate(figures.highest)), the "
        + "median \(FigureText.rate(figures.median)).")
  }

  private static func floor(_ figures: RateFigures, _ direction: Direction) -> TuningHint? {
    guard figures.atFloorSeconds >= 300, figures.lowest < figures.highest,
      figures.isFloorKnown || figures.lowest.megabits < figures.highest.megabits * 0.9
    else { return nil }
    let floor = figures.isFloorKnown ? "its floor" : "its lowest rate"
    return TuningHint(
      kind: .floorHeld,
      title:
        "The \(direction.name) stood at \(floor) while latency stayed high: the floor is above "
        + "what the line carries then, or the queue is somewhere else.",
      evidence: "\(FigureText.duration(Int64(figures.atFloorSeconds))) at "
        + "\(FigureText.rate(figures.lowest)) without being GREEN.")
  }

  /// Of quiet raw rows: all GREEN, and the greatest sample of a slot is known.
  private static func threshold(_ survey: WANSurvey) -> TuningHint? {
    guard let target = survey.settings.targetBloat, target > .zero else { return nil }
    let baseline = survey[.baseline]
    var peaks: [Double] = []
    for (slot, value) in survey[.rtt].enumerated() {
      let zones = survey.zones.download[slot]
      guard let value, value.tier == .raw, zones.sum() > 0, zones[.green] == zones.sum(),
        let base = baseline.indices.contains(slot) ? baseline[slot]?.mean : nil
      else { continue }
      peaks.append(value.maximum - base)
    }
    guard peaks.count >= 10, let noise = SampleStatistics(peaks), noise.p50 > target.rawValue * 0.6
    else { return nil }
    return TuningHint(
      kind: .thresholdInNoise,
      title: "target_bloat_ms is within the noise of the quiet line: raise it, or choose quieter "
        + "reflectors.",
      evidence: "In half of \(peaks.count) quiet intervals the RTT rose "
        + "\(FigureText.number(noise.p50)) ms above the baseline and more, in one of twenty "
        + "\(FigureText.number(noise.p95)) ms; target_bloat_ms is "
        + "\(FigureText.number(target.rawValue)).")
  }

  private static func noise(_ survey: WANSurvey) -> TuningHint? {
    let count = survey.episodes.download.count
    let blips = survey.episodes.download.blips
    guard blips >= 10, blips * 3 >= count, let target = survey.settings.targetBloat else {
      return nil
    }
    return TuningHint(
      kind: .noise,
      title:
        "Many changes of state are shorter than anything that needs a reaction: target_bloat_ms "
        + "may be a little too low.",
      evidence: "\(blips) of \(count) episodes of download were over within 2 s and peaked at most "
        + "a quarter above \(FigureText.number(target.rawValue)) ms.")
  }
}
