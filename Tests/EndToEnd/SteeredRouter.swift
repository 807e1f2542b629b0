import Foundation
import Testing

/// A simulated router with the rule of steering, and `wanctl-steer` whose primary is loopback.
///
/// What the primary's loop is said to have written as its baseline decides what steering sees:
/// with `congested` every answer is far above it, with `calm` none is.
final class SteeredRouter {
  static let congested = 0.0001
  static let calm = 50.0

  let router: SimulatedRouter
  var folder: URL { router.folder }
  var stateFile: URL { folder.appending(path: "state/steering_state.json") }
  /// Lines of the configuration that are not as below.
  private let changes: [String: String]

  init(_ changes: [String: String] = [:]) throws {
    router = try SimulatedRouter()
    self.changes = changes
    try baseline(Self.calm)
    try configure()
  }

  /// What the loop of the primary writes, now.
  func baseline(_ value: Double) throws {
    let file = folder.appending(path: "wan1_state.json")
    try #"{"ewma":{"baseline_rtt":\#(value),"load_rtt":20.0}}"#.write(
      to: file, atomically: true, encoding: .utf8)
  }

  var configuration: URL { folder.appending(path: "steering.yaml") }

  func configure(_ more: [String: String] = [:]) throws {
    let lines = [
      "wan_name": "steering",
      "topology": "{primary_wan: wan1, primary_wan_config: wan1.yaml, alternate_wan: wan2}",
      "router":
        "{host: 127.0.0.1, port: \(router.ports.http), tls: no, user: wanctl-rate, password: \"${WANCTL_TEST_PASSWORD}\", ssh_key: \"\"}",
      "mangle_rule": #"{comment: "ADAPTIVE: Steer latency-sensitive to WAN2"}"#,
      "cake_state_sources": "{primary: \(folder.path)/wan1_state.json}",
      "cake_queues": "{primary_download: WAN-Download-1}",
      "measurement": "{interval_seconds: 0.05, ping_host: 127.0.0.1, ping_count: 1}",
      "thresholds":
        "{green_rtt_ms: 0.0001, yellow_rtt_ms: 0.0002, red_rtt_ms: 0.0003, min_queue_yellow: 1000, min_queue_red: 0, baseline_rtt_bounds: {min: 0, max: 60}}",
      "state": "{file: \(stateFile.path), history_size: 50}",
      "logging":
        "{main_log: \(folder.path)/steering.log, debug_log: \(folder.path)/steering_debug.log}",
      "lock_file": "\(folder.path)/run/steering.lock", "lock_timeout": "60",
      "storage": #"{db_path: ""}"#,
    ].merging(changes) { $1 }.merging(more) { $1 }
    try lines.map { "\($0.key): \($0.value)\n" }.sorted().joined()
      .write(to: configuration, atomically: true, encoding: .utf8)
  }

  func start(_ arguments: String..., environment: [String: String] = [:]) throws -> ChildProcess {
    try ChildProcess(
      [Binaries.tool("wanctl-steer")] + arguments + ["--config", configuration.path],
      folder: folder,
      environment: [
        "WANCTL_TEST_PASSWORD": SimulatedRouter.password, "WANCTL_LOG_FORMAT": "",
        "HOME": folder.path,
      ].merging(environment) { $1 })
  }

  /// Whether the rule is on, by the router.
  func isRuleOn() throws -> Bool {
    struct Rule: Decodable {
      var comment: String?
      var disabled: String?
    }
    let rules = try JSONDecoder().decode(
      [Rule].self, from: Data(router.rest("ip/firewall/mangle").utf8))
    let rule = try #require(rules.first { $0.comment?.hasSuffix("to WAN2") == true })
    return rule.disabled == "false"
  }

  func setRule(isOn: Bool) throws {
    try router.post(
      "/admin",
      #"{"rule":{"comment":"ADAPTIVE: Steer latency-sensitive to WAN2","disabled":\#(!isOn)}}"#)
  }

  /// The name of the state that is on the disk; empty without one.
  var savedState: String {
    let text = (try? String(contentsOf: stateFile, encoding: .utf8)) ?? ""
    return text.firstMatch(of: /"current_state":"([^"]+)"/).map { String($0.output.1) } ?? ""
  }
}
