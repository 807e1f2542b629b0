import Model

/// Finds a baseline that is frozen for another reason than load, which a route change can cause:
/// the new path is longer by the update threshold or more, and the baseline would never follow.
///
/// The rule: for longer than `baselineRelearnAfter` every step found the baseline frozen, and all
/// the time the line was idle by throughput, which both queues' rates below `idleShare` of their
/// ceilings tell. What the baseline then becomes is the mean of the measurements of that time,
/// smoothed with a tenth of it as time constant: recent enough to have forgotten the way there,
/// long enough that no single spike is mistaken for the path.
///
/// Whatever is not known counts against it: without readings of the queues, or with a gap of more
/// than `readingLifetime` between them, the time begins anew, and so it does at a step that the
/// baseline must not follow.
struct BaselineRelearner: Sendable {
  /// A queue that carries less than this share of its ceiling is idle.
  static let idleShare = 0.1
  /// How long a reading of the queues speaks for the line.
  static let readingLifetime = Milliseconds(5000)

  /// Since when the readings have shown an idle line, without a gap.
  private var idleSince: UnixTime?
  private var lastReading: UnixTime?
  /// Since when the baseline has been frozen on an idle line.
  private var frozenSince: UnixTime?
  /// The mean of the measurements since then, ms.
  private var settled = EWMA(0)

  /// Notes a reading of both queues; nil where the router did not tell.
  mutating func note(
    _ rates: PerDirection<BitsPerSecond?>, at time: UnixTime, settings: ControlSettings
  ) {
    let isIdle =
      Self.isIdle(rates.download, ceiling: settings.download.ceiling)
      && Self.isIdle(rates.upload, ceiling: settings.upload.ceiling)
    if !isIdle {
      idleSince = nil
    } else if idleSince == nil || !isCovered(time) {
      idleSince = time
    }
    lastReading = time
  }

  private static func isIdle(_ rate: BitsPerSecond?, ceiling: Double) -> Bool {
    guard let rate else { return false }
    return Double(rate.rawValue) < idleShare * ceiling
  }

  private func isCovered(_ time: UnixTime) -> Bool {
    guard let lastReading else { return false }
    return time - lastReading <= Self.readingLifetime
  }

  /// Notes a step that left the baseline frozen. Returns the baseline to learn when it has been
  /// so for long enough on an idle line.
  mutating func frozen(
    sample: Double, load: Double, at time: UnixTime, after patience: Milliseconds
  ) -> Double? {
    guard patience > .zero, let idleSince, isCovered(time) else {
      frozenSince = nil
      return nil
    }
    guard let since = frozenSince, since >= idleSince else {
      frozenSince = time
      settled = EWMA(load)
      return nil
    }
    settled.add(sample, alpha: min(1, 10 * controlInterval.rawValue / patience.rawValue))
    return time - since > patience ? settled.value : nil
  }

  /// Begins anew: the baseline moved, was learned, or must not follow what was measured.
  mutating func restart() { frozenSince = nil }
}
