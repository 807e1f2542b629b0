import Foundation
import Model
import Testing

/// What a recording of steering was made with, from the objects of its header.
extension Recorded {
  static func steeringSettings(_ effective: Object) -> SteeringControlSettings {
    func count(_ key: String) -> Int { Int(number(effective, key)) }
    return SteeringControlSettings(
      primary: effective["primary_wan"] as? String ?? "wan1",
      interval: Milliseconds(seconds: number(effective, "measurement_interval")),
      isCAKEAware: flag(effective, "cake_aware"),
      thresholds: SteeringControlSettings.Thresholds(
        bad: configured(effective, "bad_threshold_ms"),
        recovery: configured(effective, "recovery_threshold_ms"),
        green: configured(effective, "green_rtt_ms"),
        yellow: configured(effective, "yellow_rtt_ms"),
        red: configured(effective, "red_rtt_ms"),
        minimumDropsRed: count("min_drops_red"), minimumQueueYellow: count("min_queue_yellow"),
        minimumQueueRed: count("min_queue_red"), rttAlpha: number(effective, "rtt_ewma_alpha"),
        queueAlpha: number(effective, "queue_ewma_alpha"),
        baselineBounds: ClosedBounds(
          min: number(effective, "baseline_rtt_min"), max: number(effective, "baseline_rtt_max"))),
      samples: SteeringControlSettings.SampleCounts(
        bad: count("bad_samples"), good: count("good_samples"),
        red: count("red_samples_required"), green: count("green_samples_required")),
      confidence: flag(effective, "use_confidence_scoring")
        ? (effective["confidence_config"] as? Object).map(confidence) : nil,
      targets: [
        SteeringControlSettings.Target(name: effective["alternate_wan"] as? String ?? "wan2")
      ],
      historySize: count("history_size"))
  }

  static func confidence(_ groups: Object) -> SteeringControlSettings.Confidence {
    func value(_ group: String, _ key: String) -> Double {
      number(groups[group] as? Object ?? [:], key)
    }
    func isOn(_ group: String) -> Bool { flag(groups[group] as? Object ?? [:], "enabled") }
    return SteeringControlSettings.Confidence(
      steerThreshold: value("confidence", "steer_threshold"),
      recoveryThreshold: value("confidence", "recovery_threshold"),
      sustainSeconds: value("confidence", "sustain_duration_sec"),
      recoverySustainSeconds: value("confidence", "recovery_sustain_sec"),
      holdDownSeconds: value("timers", "hold_down_duration_sec"),
      flapDetection: SteeringControlSettings.Confidence.FlapDetection(
        isEnabled: isOn("flap_detection"),
        windowMinutes: value("flap_detection", "window_minutes"),
        maximumToggles: Int(value("flap_detection", "max_toggles")),
        penaltySeconds: value("flap_detection", "penalty_duration_sec"),
        penalty: value("flap_detection", "penalty_threshold_add")),
      isDryRun: isOn("dry_run"))
  }

  /// The state in the shape of `state` of the recordings, as the original's state file has it.
  static func steeringState(_ file: Object) -> SteeringState {
    func doubles(_ key: String) -> [Double] { file[key] as? [Double] ?? [] }
    func integer(_ key: String) -> Int { (file[key] as? NSNumber)?.intValue ?? 0 }
    func transition(_ object: Object) -> SteeringState.Transition {
      SteeringState.Transition(
        moment: .text(object["timestamp"] as? String ?? ""), from: object["from"] as? String ?? "",
        to: object["to"] as? String ?? "",
        badCount: (object["bad_count"] as? NSNumber)?.intValue ?? -1,
        goodCount: (object["good_count"] as? NSNumber)?.intValue ?? -1)
    }
    return SteeringState(
      name: file["current_state"] as? String ?? "", badCount: integer("bad_count"),
      goodCount: integer("good_count"), redCount: integer("red_count"),
      primary: SteeringState.Line(
        baseline: (file["baseline_rtt"] as? NSNumber).map { Milliseconds($0.doubleValue) },
        rtts: doubles("history_rtt"), deltas: doubles("history_delta"),
        rttAverage: number(file, "rtt_delta_ewma"), queueAverage: number(file, "queue_ewma"),
        drops: file["cake_drops_history"] as? [Int] ?? [],
        queuedPackets: file["queue_depth_history"] as? [Int] ?? [],
        zones: file["cake_state_history"] as? [String] ?? [],
        zone: file["congestion_state"] as? String ?? "",
        readFailures: integer("cake_read_failures")),
      transitions: (file["transitions"] as? [Object] ?? []).map(transition),
      lastTransition: (file["last_transition_time"] as? String).map { .text($0) })
  }

  /// The input of a recorded cycle.
  /// - Parameter state: the text of the primary's state file as it stands, nil = there is none.
  static func steeringInput(_ input: Object, stateFile: String?) -> SteeringInput {
    let baseline = stateFile.flatMap { VectorJSON.value(of: $0) as? Object }
      .flatMap { $0["ewma"] as? Object }.flatMap { $0["baseline_rtt"] }
    let pings = input["pings"] as? [Any] ?? []
    let counters = input["cake"] as? [NSNumber]
    return SteeringInput(
      primary: LineSample(
        baseline: (baseline as? NSNumber).map { Milliseconds($0.doubleValue) }
          ?? (baseline as? String).flatMap(Double.init).map { Milliseconds($0) },
        rtt: pings.lazy.compactMap { ($0 as? NSNumber)?.doubleValue }.first.map {
          Milliseconds($0)
        },
        queue: counters.map {
          QueueReading(dropped: $0[2].int64Value, queuedPackets: $0[3].int64Value)
        }))
  }
}
