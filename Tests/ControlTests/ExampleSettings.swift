import Control
import Model

extension ControlSettings {
  /// A cable line: four floors, thresholds 12/45/80, smoothing 50 s and 0.1 s.
  static let cable = ControlSettings(
    baselineInitial: Milliseconds(24), baselineBounds: ClosedBounds(min: 10, max: 60),
    targetBloat: ConfiguredNumber(integer: 12), warnBloat: ConfiguredNumber(integer: 45),
    hardRedBloat: ConfiguredNumber(integer: 80), alphaBaseline: 0.05 / 50, alphaLoad: 0.05 / 0.1,
    baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(12),
    baselineRelearnAfter: Milliseconds(seconds: 600),
    download: Queue(
      ceiling: 940e6, floorGreen: 550e6, floorYellow: 350e6, floorSoftRed: 275e6, floorRed: 200e6,
      stepUp: 10e6, factorDown: 0.85, factorDownYellow: 0.96, greenRequired: 5),
    upload: Queue(
      ceiling: 38e6, floorGreen: 8e6, floorYellow: 8e6, floorSoftRed: 8e6, floorRed: 8e6,
      stepUp: 1e6, factorDown: 0.9, factorDownYellow: 0.94, greenRequired: 5))

  /// A DSL line: one floor per direction, thresholds 3/10/80, raw weights.
  static let dsl = ControlSettings(
    baselineInitial: Milliseconds(31), baselineBounds: ClosedBounds(min: 10, max: 60),
    targetBloat: ConfiguredNumber(integer: 3), warnBloat: ConfiguredNumber(integer: 10),
    hardRedBloat: ConfiguredNumber(80, isInteger: false), alphaBaseline: 0.015, alphaLoad: 0.2,
    baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(15),
    baselineRelearnAfter: Milliseconds(seconds: 600),
    download: Queue(
      ceiling: 95e6, floorGreen: 25e6, floorYellow: 25e6, floorSoftRed: 25e6, floorRed: 25e6,
      stepUp: 2e6, factorDown: 0.9, factorDownYellow: 0.96, greenRequired: 5),
    upload: Queue(
      ceiling: 18e6, floorGreen: 6e6, floorYellow: 6e6, floorSoftRed: 6e6, floorRed: 6e6,
      stepUp: 0.5e6, factorDown: 0.95, factorDownYellow: 0.94, greenRequired: 5))

  /// `cable`, but the smoothed RTT is the measurement and the baseline stays 0: the delta of a
  /// cycle is its measurement.
  static var deltaIsMeasurement: ControlSettings {
    var settings = cable
    settings.baselineInitial = .zero
    settings.alphaLoad = 1
    settings.baselineUpdateThreshold = Milliseconds(-1e12)
    return settings
  }
}

extension LoopState {
  /// A state with the given rates in bit/s.
  init(
    download: Double, upload: Double, baseline: Double = 24, load: Double = 24,
    streaks: PerDirection<Streaks> = PerDirection(download: Streaks(), upload: Streaks())
  ) {
    self.init(
      queues: PerDirection(
        download: Queue(streaks: streaks.download, rate: download),
        upload: Queue(streaks: streaks.upload, rate: upload)),
      baseline: Milliseconds(baseline), load: Milliseconds(load), lastApplied: .unknown)
  }
}

extension PerDirection where Value == BitsPerSecond? {
  static var unknown: Self { Self(download: nil, upload: nil) }
}

extension WANController {
  /// One cycle on an ICMP measurement in ms.
  mutating func step(_ rtt: Double, at seconds: Double = 0) -> Decision {
    step(Measurement(rtt: Milliseconds(rtt)), at: UnixTime(seconds: seconds))
  }
}
