import Config
import Foundation

/// A complete configuration without any finding.
let validText = """
  wan_name: wan1
  router:
    host: 192.168.55.1
    user: wanctl
    ssh_key: ""
    password: ${ROUTER_PASSWORD}
  queues:
    download: WAN-Download-1
    upload: WAN-Upload-1
  continuous_monitoring:
    enabled: true
    baseline_rtt_initial: 24
    download:
      ceiling_mbps: 940
      floor_green_mbps: 550
      floor_yellow_mbps: 350
      floor_soft_red_mbps: 275
      floor_red_mbps: 200
      step_up_mbps: 10
      factor_down: 0.85
    upload:
      ceiling_mbps: 38
      floor_green_mbps: 20
      floor_yellow_mbps: 15
      floor_red_mbps: 8.2
      step_up_mbps: 1
      factor_down: 0.9
    thresholds:
      target_bloat_ms: 15
      warn_bloat_ms: 45.0
      hard_red_bloat_ms: 80
      baseline_time_constant_sec: 60
      load_time_constant_sec: 0.5
    ping_hosts: [1.1.1.1, 8.8.8.8, 9.9.9.9]
    use_median_of_three: true
  logging:
    main_log: /var/log/wanctl/wan1.log
    debug_log: /var/log/wanctl/wan1_debug.log
  lock_file: /run/wanctl/wan1.lock
  lock_timeout: 300
  """

/// The same with one text replaced.
func edited(_ old: String, _ new: String) -> String {
  precondition(validText.contains(old), "\(old) is not in the fixture")
  return validText.replacing(old, with: new, maxReplacements: 1)
}

let testEnvironment = ["ROUTER_PASSWORD": "hunter2", "PORT": "8443", "EMPTY": "", "HOST": "r1.lan"]

func load(_ text: String, environment: [String: String] = testEnvironment) -> ConfigResult {
  ConfigFile.load(text: text.utf8, path: "wan1.yaml", environment: environment)
}

/// A folder of its own that is removed with its last reference.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("wanctl-config-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = path + "/" + name
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// The folder of this package, for its manual pages and examples.
let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
