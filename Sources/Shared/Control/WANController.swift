public import Model

/// Decides the rates of one WAN, one cycle at a time.
///
/// A pure state machine: it reads no clock, does no I/O and allocates nothing in a step. The same
/// settings, state and measurements give the same decisions, bit for bit, on every machine.
public struct WANController: Sendable {
  public private(set) var settings: ControlSettings
  private var loadAverage: EWMA
  private var baselineTracker: BaselineTracker
  private var relearner = BaselineRelearner()
  /// What the rise of the smoothed RTT is measured from. It is not restored: after a restart the
  /// first cycle may report an acceleration.
  private var previousLoad: Double
  private var download: DownloadQueueController
  private var upload: UploadQueueController

  /// A controller at its start: baseline and smoothed RTT at their initial value, both rates at
  /// their ceiling, both zones GREEN.
  ///
  /// - Parameter state: replaces baseline, smoothed RTT, rates and streaks. Any finite number is
  ///   taken as it is, the first step limits it; what is not finite is left at its start, and so
  ///   are averages whose difference is not.
  public init(_ settings: ControlSettings, restoring state: LoopState? = nil) {
    self.settings = settings
    let initial = settings.baselineInitial.rawValue
    var load = state?.load.rawValue ?? initial
    var baseline = state?.baseline.rawValue ?? initial
    if !load.isFinite { load = initial }
    if !baseline.isFinite { baseline = initial }
    if !(load - baseline).isFinite { (load, baseline) = (initial, initial) }
    loadAverage = EWMA(load)
    baselineTracker = BaselineTracker(baseline)
    previousLoad = initial
    let queues = state?.queues
    download = DownloadQueueController(
      rate: QueueRate(
        queues?.download.rate ?? settings.download.ceiling, settings: settings.download),
      streaks: queues?.download.streaks ?? Streaks())
    upload = UploadQueueController(
      rate: QueueRate(queues?.upload.rate ?? settings.upload.ceiling, settings: settings.upload),
      streaks: queues?.upload.streaks ?? Streaks())
  }

  /// The smoothed RTT.
  public var load: Milliseconds { Milliseconds(loadAverage.value) }
  /// The RTT of the idle line, as far as it is known.
  public var baseline: Milliseconds { Milliseconds(baselineTracker.value) }

  /// Exactly one cycle on `measurement`.
  ///
  /// A measurement that is not finite, or so large that the arithmetic would leave the finite
  /// numbers, changes nothing: the result is that of `held(at:)`.
  public mutating func step(_ measurement: Measurement, at time: UnixTime) -> Decision {
    let sample = measurement.rtt.rawValue
    let newLoad = loadAverage.following(sample, alpha: settings.alphaLoad)
    guard sample.isFinite, newLoad.isFinite, (newLoad - baselineTracker.value).isFinite else {
      return held(at: time)
    }
    loadAverage = EWMA(newLoad)
    let change = followBaseline(measurement, at: time)
    let accelerated = newLoad - previousLoad > settings.accelThreshold.rawValue
    if accelerated { download.accelerate() }
    previousLoad = newLoad
    let delta = newLoad - baselineTracker.value
    let directions = PerDirection(
      download: download.step(delta: delta, settings: settings),
      upload: upload.step(delta: delta, settings: settings))
    return Decision(
      time: time, rtt: measurement.rtt, load: load, baseline: baseline, held: false,
      directions: directions, streaks: streaks, accelerated: accelerated,
      baselineRejected: change == .rejected, baselineRelearned: change == .relearned)
  }

  private enum BaselineChange {
    case none
    case rejected
    case relearned
  }

  private mutating func followBaseline(
    _ measurement: Measurement, at time: UnixTime
  ) -> BaselineChange {
    guard measurement.updatesBaseline else {
      relearner.restart()
      return .none
    }
    let sample = measurement.rtt.rawValue
    let load = loadAverage.value
    switch baselineTracker.update(sample: sample, load: load, settings: settings) {
    case .accepted:
      relearner.restart()
      return .none
    case .rejected:
      relearner.restart()
      return .rejected
    case .frozen:
      let learned = relearner.frozen(
        sample: sample, load: load, at: time, after: settings.baselineRelearnAfter)
      guard let learned else { return .none }
      // Outside the bounds it is said once, and waited for the same time again.
      relearner.restart()
      let update = baselineTracker.adopt(learned, within: settings.baselineBounds)
      return update == .accepted ? .relearned : .rejected
    }
  }

  /// A cycle without a step: nothing was measured, all numbers stand.
  public func held(at time: UnixTime) -> Decision {
    Decision(
      time: time, rtt: nil, load: load, baseline: baseline, held: true,
      directions: PerDirection(
        download: DirectionDecision(
          zone: download.zone, rate: download.rate.target(settings.download)),
        upload: DirectionDecision(zone: upload.zone, rate: upload.rate.target(settings.upload))),
      streaks: streaks)
  }

  private var streaks: PerDirection<Streaks> {
    PerDirection(download: download.streaks, upload: upload.streaks)
  }

  /// Notes what the queues carry, bit/s as the router tells it; nil where it does not. Only this
  /// lets a frozen baseline be learned anew: without it decisions rest on measurements alone.
  public mutating func noteQueueRates(
    _ rates: PerDirection<BitsPerSecond?>, at time: UnixTime
  ) {
    relearner.note(rates, at: time, settings: settings)
  }

  /// Goes on with other settings from the next step on; the state stays, and a rate outside the
  /// new limits is limited by that step.
  public mutating func replaceSettings(_ settings: ControlSettings) {
    self.settings = settings
  }

  /// What a restart goes on from.
  /// - Parameter lastApplied: the limits that the router confirmed last.
  public func state(lastApplied: PerDirection<BitsPerSecond?>) -> LoopState {
    LoopState(
      queues: PerDirection(
        download: LoopState.Queue(
          streaks: download.streaks, rate: download.rate.bitsPerSecond),
        upload: LoopState.Queue(streaks: upload.streaks, rate: upload.rate.bitsPerSecond)),
      baseline: baseline, load: load, lastApplied: lastApplied)
  }
}
