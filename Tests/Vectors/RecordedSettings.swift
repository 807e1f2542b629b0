import Foundation
import Model
import Testing

/// The settings and states that a recording was made with, from the objects of its header.
///
/// `effective` holds what the original made of the configuration file, so that the decisions are
/// tested without a reader of configuration files between them and the recording.
enum Recorded {
  typealias Object = VectorFile.Object

  static func controlSettings(_ effective: Object) -> ControlSettings {
    ControlSettings(
      baselineInitial: Milliseconds(number(effective, "baseline_rtt_initial")),
      baselineBounds: ClosedBounds(
        min: number(effective, "baseline_rtt_min"), max: number(effective, "baseline_rtt_max")),
      targetBloat: configured(effective, "target_bloat_ms"),
      warnBloat: configured(effective, "warn_bloat_ms"),
      hardRedBloat: configured(effective, "hard_red_bloat_ms"),
      alphaBaseline: number(effective, "alpha_baseline"),
      alphaLoad: number(effective, "alpha_load"),
      baselineUpdateThreshold: Milliseconds(number(effective, "baseline_update_threshold_ms")),
      accelThreshold: Milliseconds(number(effective, "accel_threshold_ms")),
      baselineRelearnAfter: Milliseconds(seconds: 600),
      download: queue(effective, "download", softRed: "floor_soft_red"),
      upload: queue(effective, "upload", softRed: "floor_yellow"))
  }

  private static func queue(
    _ effective: Object, _ direction: String, softRed: String
  ) -> ControlSettings.Queue {
    func value(_ key: String) -> Double { number(effective, "\(direction)_\(key)") }
    return ControlSettings.Queue(
      ceiling: value("ceiling"), floorGreen: value("floor_green"),
      floorYellow: value("floor_yellow"), floorSoftRed: value(softRed),
      floorRed: value("floor_red"), stepUp: value("step_up"), factorDown: value("factor_down"),
      factorDownYellow: value("factor_down_yellow"), greenRequired: Int(value("green_required")))
  }

  static func fallback(_ effective: Object) -> LoopSettings.Fallback {
    LoopSettings.Fallback(
      isEnabled: flag(effective, "fallback_enabled"),
      checksGateway: flag(effective, "fallback_check_gateway"),
      checksTCP: flag(effective, "fallback_check_tcp"),
      mode: LoopSettings.Fallback.Mode(rawValue: effective["fallback_mode"] as? String ?? ""),
      maximumCycles: Int(number(effective, "fallback_max_cycles")))
  }

  /// The state file that a recording starts from, by the original's rules: what the file does not
  /// say stays as it is without a file.
  static func state(_ header: Object, _ effective: Object) throws -> LoopState? {
    guard let files = header["files"] as? [String: String],
      let text = files[effective["state_file"] as? String ?? ""]
    else { return nil }
    let file = try #require(VectorJSON.value(of: text) as? Object)
    func queue(_ direction: String) -> LoopState.Queue {
      let section = file[direction] as? Object ?? [:]
      func streak(_ key: String) -> Int { (section[key] as? NSNumber)?.intValue ?? 0 }
      return LoopState.Queue(
        streaks: Streaks(
          green: streak("green_streak"), softRed: streak("soft_red_streak"),
          red: streak("red_streak")),
        rate: (section["current_rate"] as? NSNumber)?.doubleValue
          ?? number(effective, "\(direction)_ceiling"))
    }
    let ewma = file["ewma"] as? Object ?? [:]
    func average(_ key: String) -> Milliseconds {
      Milliseconds(
        (ewma[key] as? NSNumber)?.doubleValue ?? number(effective, "baseline_rtt_initial"))
    }
    return LoopState(
      queues: PerDirection(download: queue("download"), upload: queue("upload")),
      baseline: average("baseline_rtt"), load: average("load_rtt"),
      lastApplied: PerDirection(download: nil, upload: nil))
  }

  static func number(_ object: Object, _ key: String) -> Double {
    guard let number = object[key] as? NSNumber else { preconditionFailure("\(key) is no number") }
    return number.doubleValue
  }

  static func flag(_ object: Object, _ key: String) -> Bool {
    (object[key] as? NSNumber)?.boolValue ?? false
  }

  /// A number whose kind matters: `12` and `12.0` give different texts.
  static func configured(_ object: Object, _ key: String) -> ConfiguredNumber {
    let kind = (object[key] as? NSNumber).map { String(cString: $0.objCType) }
    return ConfiguredNumber(number(object, key), isInteger: kind != "d")
  }
}
