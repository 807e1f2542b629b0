import Config
import Foundation
import Model
import Testing

/// Configuration files that the original read, with what it made of them.
@Suite struct ConfigVectors {
  struct Case: CustomTestStringConvertible, @unchecked Sendable {
    var name: String
    var kind: String
    var text: String
    var outcome: VectorFile.Object

    var testDescription: String { name }
  }

  static let environment = ["ROUTER_PASSWORD": "from the environment"]

  static var cases: [Case] { cases(holding: "autorate") }

  static func cases(holding part: String) -> [Case] {
    VectorFile.all("config", holding: part).flatMap(\.rows).compactMap { row in
      guard let input = row["in"] as? VectorFile.Object, let name = input["case"] as? String,
        let kind = input["class"] as? String, let text = input["config"] as? String,
        let outcome = row["out"] as? VectorFile.Object
      else { return nil }
      return Case(name: name, kind: kind, text: text, outcome: outcome)
    }
  }

  /// Null sections that the original stumbles over and we take as not there.
  static let acceptedByUs = [
    "section_null_fallback", "section_null_timeouts", "section_null_health",
    "section_null_metrics", "section_null_bounds", "section_null_storage",
  ]

  @Test(arguments: cases)
  func autorate(_ vector: Case) throws {
    let result = ConfigFile.load(
      text: vector.text.utf8, path: "wan1.yaml", environment: Self.environment)
    let accepted = try #require(vector.outcome["accepted"] as? Bool)
    let findings = Comment(
      rawValue: result.diagnostics.map(\.description).joined(separator: "\n"))

    if Self.acceptedByUs.contains(vector.name) {
      exclude(vector.name, because: "a null section counts as absent")
      #expect(result.isValid, findings)
      return
    }
    if ["quirk", "unchecked", "late"].contains(vector.kind), !result.isValid {
      exclude(vector.name, because: "class \(vector.kind) may be refused: \(result.errors[0])")
      return
    }
    #expect(result.isValid == accepted, findings)
    if let effective = vector.outcome["effective"] as? VectorFile.Object,
      let found = result.effective,
      let settings = result.settings
    {
      let ours = EffectiveValues(settings: settings, effective: found)
      for (key, expected) in effective.sorted(by: { $0.key < $1.key }) {
        if let reason = difference(key, effective: effective, text: vector.text) {
          exclude("\(vector.name) \(key)", because: reason)
          continue
        }
        let value = ours[key]
        #expect(Self.same(value, expected), "\(key): \(String(describing: value)), not \(expected)")
      }
    }
    if let paths = vector.outcome["paths"] as? [String] {
      #expect(Set(result.errors.compactMap(\.key)).isSuperset(of: paths), findings)
    }
    if let line = vector.outcome["line"] as? Int {
      #expect(result.errors.first?.location.line == line, findings)
    }
    if vector.kind == "warns" { #expect(!result.warnings.isEmpty, findings) }
  }

  /// Why a default of ours is another; nil where it is the same, or where the file sets the key.
  private func difference(
    _ key: String, effective: VectorFile.Object, text: String
  ) -> String? {
    let initial = (effective["baseline_rtt_initial"] as? NSNumber)?.doubleValue ?? 0
    func isSet(_ name: String) -> Bool { text.contains("\(name):") }
    switch key {
    case "router_transport" where !isSet("transport"): return "rest is the default"
    case "router_verify_ssl" where !isSet("verify_ssl"): return "certificates are verified"
    case "fallback_gateway_ip" where !isSet("gateway_ip"): return "the gateway is the host's own"
    case "storage_retention_days" where !isSet("retention_days"): return "history is kept 90 days"
    case "baseline_rtt_min" where !isSet("min") && initial < 10,
      "baseline_rtt_max" where !isSet("max") && initial > 60:
      return "bounds make room for the initial baseline"
    default: return nil
    }
  }

  /// Whether a value of ours is the recorded one; objects are compared key by key.
  static func same(_ ours: Any?, _ expected: Any) -> Bool {
    switch (ours, expected) {
    case (nil, _ as NSNull): true
    case (let ours as [String: Any], let expected as [String: Any]):
      Set(ours.keys) == Set(expected.keys)
        && expected.allSatisfy { same(ours[$0.key], $0.value) }
    // Foundation reads a number with many digits as a decimal one; its text is the double's.
    case (let ours as Double, let expected as NSNumber): Double("\(expected)") == ours
    case (let ours as NSObject, let expected as NSObject): ours == expected
    default: false
    }
  }
}

/// Our settings under the names that the original's attributes have.
private struct EffectiveValues {
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

/// Every other recording names a configuration and what the original made of it.
@Suite struct ConfigsOfOtherVectors {
  @Test(arguments: ["control", "apply", "statefile", "downsample"])
  func areAccepted(family: String) {
    for file in VectorFile.all(family) {
      let texts = (file.header["configs"] as? [String]) ?? [file.header["config"] as? String ?? ""]
      for text in texts where text.contains("continuous_monitoring") {
        let result = ConfigFile.load(
          text: text.utf8, path: "\(file.name).yaml", environment: ConfigVectors.environment)
        #expect(result.isValid, "\(file): \(result.errors)")
      }
    }
  }
}
