import Config
import Foundation
import Model
import Testing

/// Steering configurations that the original read, with what it made of them.
@Suite struct SteeringConfigVectors {
  static var cases: [ConfigVectors.Case] { ConfigVectors.cases(holding: "steering") }

  /// Null sections that the original stumbles over and we take as not there.
  static let acceptedByUs = [
    "confidence_null", "mode_null", "bounds_null", "sources_null", "storage_null",
  ]

  @Test(arguments: cases)
  func steering(_ vector: ConfigVectors.Case) throws {
    let result = SteeringConfigFile.load(
      text: vector.text.utf8, path: "steering.yaml", environment: ConfigVectors.environment)
    let accepted = try #require(vector.outcome["accepted"] as? Bool)
    let findings = Comment(
      rawValue: result.diagnostics.map(\.description).joined(separator: "\n"))

    if Self.acceptedByUs.contains(vector.name) {
      exclude(vector.name, because: "a null section counts as absent")
      #expect(result.isValid, findings)
      return
    }
    if vector.kind == "late" {
      exclude(vector.name, because: "what fails at the start is refused at load")
      #expect(!result.isValid, findings)
      return
    }
    if ["quirk", "unchecked"].contains(vector.kind), !result.isValid {
      exclude(vector.name, because: "class \(vector.kind) may be refused: \(result.errors[0])")
      return
    }
    #expect(result.isValid == accepted, findings)
    if let effective = vector.outcome["effective"] as? VectorFile.Object,
      let found = result.effective,
      let settings = result.settings
    {
      for (key, expected) in effective.sorted(by: { $0.key < $1.key }) {
        if key == "router_transport", !vector.text.contains("transport:") {
          exclude("\(vector.name) \(key)", because: "rest is the default")
        } else if key == "router_verify_ssl", !vector.text.contains("verify_ssl:") {
          exclude("\(vector.name) \(key)", because: "certificates are verified")
        } else {
          let value = RecordedSteering(settings, found)[key]
          #expect(
            ConfigVectors.same(value, expected),
            "\(key): \(String(describing: value)), not \(expected)")
        }
      }
    }
    if let paths = vector.outcome["paths"] as? [String] {
      #expect(Set(result.errors.compactMap(\.key)).isSuperset(of: paths), findings)
    }
    // What is old is said to be.
    if ["legacy", "deprecated"].contains(vector.kind) {
      #expect(
        result.warnings.contains { $0.reason == .legacyKey || $0.reason == .unusedKey }, findings)
    }
  }

  /// Every other recording of steering names a configuration that the original ran by.
  @Test(arguments: ["steering", "confidence", "statefile", "downsample"])
  func thoseOfOtherRecordingsAreAccepted(family: String) {
    for file in VectorFile.all(family) {
      guard let text = file.header["config"] as? String, text.contains("mangle_rule") else {
        continue
      }
      let result = SteeringConfigFile.load(
        text: text.utf8, path: "\(file.name).yaml", environment: ConfigVectors.environment)
      #expect(result.isValid, "\(file): \(result.errors)")
    }
  }
}

/// Our settings under the names that the original's attributes have.
private struct RecordedSteering {
  let settings: SteeringSettings
  let effective: EffectiveConfig

  init(_ settings: SteeringSettings, _ effective: EffectiveConfig) {
    self.settings = settings
    self.effective = effective
  }

  subscript(name: String) -> Any? {
    let control = settings.control
    let router = settings.router
    switch name {
    case "wan_name": return settings.name.text
    case "schema_version": return settings.schemaVersion
    case "primary_wan": return control.primary
    case "alternate_wan": return control.targets.first?.name
    case "state_good": return control.goodName
    case "state_degraded": return control.degradedName
    case "primary_state_file": return settings.primarySources.stateFile
    case "primary_wan_config": return settings.primaryConfig
    case "mangle_rule_comment": return settings.rules.first?.comment.text
    case "measurement_interval": return control.interval.seconds
    case "ping_host": return settings.primarySources.probe?.host
    case "ping_count": return settings.primarySources.probe?.count
    case "primary_download_queue": return settings.primarySources.downloadQueue?.text
    case "primary_upload_queue": return settings.primarySources.uploadQueue?.text
    case "cake_aware": return control.isCAKEAware
    case "enable_yellow_state": return settings.enablesYellowState
    case "use_confidence_scoring": return control.confidence != nil
    case "confidence_config": return confidence
    case "state_file": return settings.stateFile
    case "history_size": return control.historySize
    case "lock_file": return settings.lockFile
    case "lock_timeout": return settings.lockTimeoutSeconds
    case "timeout_ssh_command": return router.operationTimeout.seconds
    case "timeout_ping": return settings.probeTimeout.seconds
    case "timeout_ping_total": return settings.probeTotalTimeout.seconds
    case "router_transport": return router.transport.rawValue
    case "router_host": return router.host
    case "router_user": return router.user
    case "router_password": return router.password.revealed
    case "router_port": return router.port
    case "router_verify_ssl": return router.verifyTLS
    case "ssh_key": return router.sshKeyFile
    case "main_log": return settings.mainLog
    case "debug_log": return settings.debugLog
    case "log_cake_stats": return settings.logsCAKEStatistics
    case "metrics_enabled": return settings.hasMetrics
    default: return threshold(name)
    }
  }

  private func threshold(_ name: String) -> Any? {
    let thresholds = settings.control.thresholds
    let samples = settings.control.samples
    switch name {
    case "bad_threshold_ms": return thresholds.bad.value
    case "recovery_threshold_ms": return thresholds.recovery.value
    case "green_rtt_ms": return thresholds.green.value
    case "yellow_rtt_ms": return thresholds.yellow.value
    case "red_rtt_ms": return thresholds.red.value
    case "min_drops_red": return thresholds.minimumDropsRed
    case "min_queue_yellow": return thresholds.minimumQueueYellow
    case "min_queue_red": return thresholds.minimumQueueRed
    case "rtt_ewma_alpha": return thresholds.rttAlpha
    case "queue_ewma_alpha": return thresholds.queueAlpha
    case "bad_samples": return samples.bad
    case "good_samples": return samples.good
    case "red_samples_required": return samples.red
    case "green_samples_required": return samples.green
    case "baseline_rtt_min": return thresholds.baselineBounds.min
    case "baseline_rtt_max": return thresholds.baselineBounds.max
    default: return nil
    }
  }

  private var confidence: Any? {
    guard let confidence = settings.control.confidence else { return nil }
    let flaps = confidence.flapDetection
    return [
      "confidence": [
        "steer_threshold": confidence.steerThreshold,
        "recovery_threshold": confidence.recoveryThreshold,
        "sustain_duration_sec": confidence.sustainSeconds,
        "recovery_sustain_sec": confidence.recoverySustainSeconds,
      ],
      "timers": ["hold_down_duration_sec": confidence.holdDownSeconds],
      "flap_detection": [
        "enabled": flaps.isEnabled, "window_minutes": flaps.windowMinutes,
        "max_toggles": flaps.maximumToggles, "penalty_duration_sec": flaps.penaltySeconds,
        "penalty_threshold_add": flaps.penalty,
      ],
      "dry_run": ["enabled": confidence.isDryRun],
    ] as [String: [String: Any]]
  }
}
