import Config
import Foundation
import Model

/// Our settings of a loop under the names that the original's attributes have.
struct LoopConfigValues {
  let settings: LoopSettings
  let effective: EffectiveConfig

  subscript(name: String) -> Any? {
    let control = settings.control
    let fallback = settings.fallback
    let router = settings.router
    switch name {
    case "wan_name": return settings.wan.text
    case "queue_down": return settings.queues.download.text
    case "queue_up": return settings.queues.upload.text
    case "enabled": return plain("continuous_monitoring.enabled")
    case "schema_version": return plain("schema_version")
    case "baseline_rtt_initial": return control.baselineInitial.rawValue
    case "target_bloat_ms": return control.targetBloat.value
    case "warn_bloat_ms": return control.warnBloat.value
    case "hard_red_bloat_ms": return control.hardRedBloat.value
    case "alpha_baseline": return control.alphaBaseline
    case "alpha_load": return control.alphaLoad
    case "baseline_update_threshold_ms": return control.baselineUpdateThreshold.rawValue
    case "accel_threshold_ms": return control.accelThreshold.rawValue
    case "baseline_rtt_min": return control.baselineBounds.min
    case "baseline_rtt_max": return control.baselineBounds.max
    case "ping_hosts": return settings.probe.reflectors
    case "use_median_of_three": return settings.probe.usesMedianOfThree
    case "fallback_enabled": return fallback.isEnabled
    case "fallback_check_gateway": return fallback.checksGateway
    case "fallback_check_tcp": return fallback.checksTCP
    case "fallback_gateway_ip": return fallback.gateway
    case "fallback_tcp_targets":
      return fallback.tcpTargets.map { [$0.host, Int($0.port)] as [Any] }
    case "fallback_mode": return plain("continuous_monitoring.fallback_checks.fallback_mode")
    case "fallback_max_cycles": return fallback.maximumCycles
    case "timeout_ssh_command": return router.operationTimeout.seconds
    case "timeout_ping": return settings.probe.timeout.seconds
    case "router_transport": return router.transport.rawValue
    case "router_host": return router.host
    case "router_user": return router.user
    case "router_password":
      // The original keeps the variable and looks it up later.
      return router.password.revealed == ConfigVectors.environment["ROUTER_PASSWORD"]
        ? "${ROUTER_PASSWORD}" : router.password.revealed
    case "router_port": return router.port
    case "router_verify_ssl": return router.verifyTLS
    case "ssh_key": return router.sshKeyFile
    case "lock_file": return settings.lockFile
    case "lock_timeout": return settings.lockTimeoutSeconds
    case "state_file": return settings.stateFile
    case "main_log": return settings.mainLog
    case "debug_log": return settings.debugLog
    case "health_check_enabled": return settings.health.isEnabled
    case "health_check_host": return settings.health.host
    case "health_check_port": return settings.health.port
    case "metrics_enabled": return settings.metrics.isEnabled
    case "metrics_host": return settings.metrics.host
    case "metrics_port": return settings.metrics.port
    case "storage_db_path": return settings.storage.path
    case "storage_retention_days": return settings.storage.retentionDays
    default: return queue(name)
    }
  }

  private func queue(_ name: String) -> Any? {
    let isDownload = name.hasPrefix("download_")
    let queue = isDownload ? settings.control.download : settings.control.upload
    switch name.dropFirst(isDownload ? "download_".count : "upload_".count) {
    case "ceiling": return queue.ceiling
    case "floor_green": return queue.floorGreen
    case "floor_yellow": return queue.floorYellow
    case "floor_soft_red": return queue.floorSoftRed
    case "floor_red": return queue.floorRed
    case "step_up": return queue.stepUp
    case "factor_down": return queue.factorDown
    case "factor_down_yellow": return queue.factorDownYellow
    case "green_required": return queue.greenRequired
    default: return nil
    }
  }

  private func plain(_ key: String) -> Any? {
    switch effective[key] {
    case .flag(let flag): flag
    case .integer(let integer): integer
    case .number(let number): number
    case .text(let text): text
    default: nil
    }
  }
}
