public import Model

/// The second opinion on steering: a score that must stay high, or low, for a while.
///
/// In the good state a score of at least `steer_threshold` starts the degrade timer, and steering
/// begins when it ends. After that the hold-down runs, whatever the score. Then a score of at most
/// `recovery_threshold` on a calm line starts the recovery timer, and steering ends when that does.
/// One evaluation of another kind stops a timer.
public struct ConfidenceController: Sendable {
  public private(set) var settings: SteeringControlSettings.Confidence
  /// What a timer loses in one evaluation, s.
  private var step: Double
  private var degradeTimer: Double?
  private var holdDown: Double?
  private var recoveryTimer: Double?
  private var flaps = FlapDetector()

  /// - Parameter interval: the time from one evaluation to the next.
  public init(_ settings: SteeringControlSettings.Confidence, interval: Milliseconds) {
    self.settings = settings
    step = interval.seconds
  }

  /// Goes on with other settings; timers that run, run on.
  mutating func replaceSettings(
    _ settings: SteeringControlSettings.Confidence, interval: Milliseconds
  ) {
    self.settings = settings
    step = interval.seconds
  }

  /// Once in each cycle.
  /// - Parameters:
  ///   - isDegraded: the state now.
  ///   - mayEnable: false while nothing may be steered away for congestion.
  public mutating func evaluate(
    _ signals: ConfidenceSignals, isDegraded: Bool, mayEnable: Bool = true, at time: UnixTime
  ) -> ConfidenceOpinion {
    let score = signals.score
    let isFlapping = flaps.check(at: time, settings: settings.flapDetection)
    let verdict: SteeringVerdict? =
      if isDegraded {
        recovers(score, signals) ? .disable : nil
      } else {
        degrades(score, isFlapping: isFlapping, mayEnable: mayEnable) ? .enable : nil
      }
    return ConfidenceOpinion(
      score: score, degradeTimer: degradeTimer, holdDown: holdDown, recoveryTimer: recoveryTimer,
      decision: settings.isDryRun ? nil : verdict, would: verdict, isFlapping: isFlapping)
  }

  /// The state has changed, and the router confirmed it.
  /// - Parameter byVerdict: the change was decided here, and not by others.
  public mutating func stateChanged(
    toDegraded isDegraded: Bool, byVerdict: Bool, at time: UnixTime
  ) {
    degradeTimer = nil
    recoveryTimer = nil
    holdDown = isDegraded && byVerdict ? settings.holdDownSeconds : nil
    flaps.changed(at: time)
  }

  /// Nothing is measured: what must last begins anew afterwards.
  mutating func interrupt() {
    degradeTimer = nil
    recoveryTimer = nil
  }

  /// The opinion with the timers as they stand.
  func standing(_ opinion: ConfidenceOpinion) -> ConfidenceOpinion {
    var opinion = opinion
    opinion.degradeTimer = degradeTimer
    opinion.holdDown = holdDown
    opinion.recoveryTimer = recoveryTimer
    return opinion
  }

  private mutating func degrades(
    _ score: ConfidenceScore, isFlapping: Bool, mayEnable: Bool
  ) -> Bool {
    let penalty =
      isFlapping && settings.flapDetection.isApplied ? settings.flapDetection.penalty : 0
    guard mayEnable, Double(score.value) >= settings.steerThreshold + penalty else {
      degradeTimer = nil
      return false
    }
    return countDown(&degradeTimer, from: settings.sustainSeconds)
  }

  private mutating func recovers(_ score: ConfidenceScore, _ signals: ConfidenceSignals) -> Bool {
    if holdDown != nil, !countDown(&holdDown, from: settings.holdDownSeconds) { return false }
    guard Double(score.value) <= settings.recoveryThreshold, signals.isCalm else {
      recoveryTimer = nil
      return false
    }
    return countDown(&recoveryTimer, from: settings.recoverySustainSeconds)
  }

  /// Starts a timer or lets it run on; true when it has ended.
  ///
  /// It is counted down by subtraction, rounding error and all: decisions are compared with
  /// recorded ones cycle by cycle.
  private func countDown(_ timer: inout Double?, from duration: Double) -> Bool {
    guard let left = timer else {
      timer = duration
      return false
    }
    timer = left - step
    guard left - step <= 0 else { return false }
    timer = nil
    return true
  }
}
