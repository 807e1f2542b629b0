import Foundation
import Testing

/// The real daemon on loopback, with HTTP on ports of the kernel's choice and a router that nobody
/// listens for.
final class ObservedLoop {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "observed-\(UUID().uuidString)")
  let process: ChildProcess
  /// `127.0.0.1:40123`: where health is served.
  let address: String

  /// - Parameters:
  ///   - extra: lines that the configuration has in addition; `storage` is among them.
  ///   - health: `health_check`, in one line.
  init(extra: String, health: String = "{port: 0}") throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process = try Self.start(in: folder, extra: extra, health: health)
    address = try Self.address("health", of: process)
  }

  deinit {
    process.terminate()
    _ = process.waitUntilExit(within: 10)
    try? FileManager.default.removeItem(at: folder)
  }

  var port: UInt16 { address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }

  static func start(in folder: URL, extra: String, health: String) throws -> ChildProcess {
    let name = UUID().uuidString
    let configuration = folder.appending(path: "\(name).yaml")
    try """
    wan_name: wan1
    router: {host: 127.0.0.1, port: 9, user: wanctl, password: "x", ssh_key: /nonexistent}
    queues: {download: WAN-Download, upload: WAN-Upload}
    continuous_monitoring:
      enabled: true
      baseline_rtt_initial: 20
      download: {floor_mbps: 10, ceiling_mbps: 100, step_up_mbps: 1, factor_down: 0.85}
      upload: {floor_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}
      thresholds:
        {target_bloat_ms: 15, warn_bloat_ms: 45, baseline_time_constant_sec: 50, load_time_constant_sec: 0.2}
      ping_hosts: [127.0.0.1]
      fallback_checks: {check_gateway: false, check_tcp: false}
    logging: {main_log: \(folder.path)/\(name).log, debug_log: \(folder.path)/\(name).debug}
    lock_file: \(folder.path)/\(name).lock
    lock_timeout: 300
    health_check: \(health)
    \(extra)
    """.write(to: configuration, atomically: true, encoding: .utf8)
    return try ChildProcess(
      [Binaries.tool("wanctl-loop"), "run", "--config", configuration.path], folder: folder,
      environment: ["WANCTL_LOG_FORMAT": ""])
  }

  /// The address that the log names behind `name on `.
  static func address(_ name: String, of process: ChildProcess) throws -> String {
    var found: String?
    let isListening = eventually(within: 30) {
      let remarks = process.remarks
      guard let place = remarks.firstRange(of: "\(name) on ") else { return false }
      let rest = remarks[place.upperBound...]
      guard let end = rest.firstIndex(of: "\n") else { return false }
      found = String(rest[..<end])
      return true
    }
    try #require(isListening, "\(process.remarks)")
    return try #require(found)
  }

  func get(_ path: String, from other: String? = nil, token: String? = nil) -> (
    status: Int, body: String
  ) {
    let output = folder.appending(path: UUID().uuidString).path
    let words =
      ["curl", "-s", "-m", "20", "-o", output, "-w", "%{http_code}"]
      + (token.map { ["-H", "Authorization: Bearer \($0)"] } ?? [])
    guard
      let curl = try? ChildProcess(words + ["http://\(other ?? address)\(path)"], folder: folder),
      curl.waitUntilExit(within: 30) == 0
    else { return (0, "") }
    return (Int(curl.output) ?? 0, (try? String(contentsOfFile: output, encoding: .utf8)) ?? "")
  }

  /// `/health`, taken apart.
  func health() throws -> [String: Any] {
    let body = get("/health").body
    return try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
  }
}
