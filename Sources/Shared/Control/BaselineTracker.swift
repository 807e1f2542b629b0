import Model

/// The RTT of the idle line. It follows the measurements slowly, and stands still while the line
/// is loaded: what a queue adds must never become the new normal.
struct BaselineTracker: Sendable {
  /// What a measurement did to the baseline.
  enum Update: Sendable {
    /// It was followed.
    case accepted
    /// The RTT is above the baseline by the update threshold or more.
    case frozen
    /// The new value would lie outside the bounds. The old one stands, wherever it lies.
    case rejected
  }

  private var average: EWMA

  init(_ baseline: Double) { average = EWMA(baseline) }

  var value: Double { average.value }

  /// - Parameters:
  ///   - sample: this cycle's measurement, ms; the baseline follows it and not the smoothed RTT.
  ///   - load: the RTT smoothed with this sample, ms; it decides whether the baseline may move.
  mutating func update(
    sample: Double, load: Double, settings: ControlSettings
  ) -> Update {
    guard load - value < settings.baselineUpdateThreshold.rawValue else { return .frozen }
    return adopt(
      EWMA(value).following(sample, alpha: settings.alphaBaseline), within: settings.baselineBounds)
  }

  /// Takes `baseline` over if it lies within `bounds`.
  mutating func adopt(_ baseline: Double, within bounds: ClosedBounds) -> Update {
    guard bounds.contains(baseline) else { return .rejected }
    average = EWMA(baseline)
    return .accepted
  }
}
