import Config
import Model

/// Our settings of steering under the names that the original's attributes have.
struct SteeringConfigValues {
  let settings: SteeringSettings

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
