import Foundation
import Testing

/// A network namespace with a line (LinkSim) and a router (RouterSim) that shapes it.
final class SimulatedLine {
  struct Report: Decodable {
    struct Link: Decodable {
      var capacity: Double?
      var shaper: Double?
      var delay: Double?

      enum CodingKeys: String, CodingKey {
        case capacity = "capacity_bps"
        case shaper = "shaper_bps"
        case delay = "delay_ms"
      }
    }

    /// Seconds since the line is up.
    var time: Double
    var download: Link
    var upload: Link

    enum CodingKeys: String, CodingKey {
      case time = "t"
      case download, upload
    }
  }

  static let controlPort = 40_001
  static let httpsPort = 40_002
  static let password = "open sesame"

  let folder: URL
  let configuration: URL
  private let router: ChildProcess
  private var link: ChildProcess?

  /// - Parameters:
  ///   - scenario: of the line, as LinkSim reads it.
  ///   - extra: lines that the configuration has in addition.
  ///   - hasIPv6: whether it answers over IPv6 too; two lines in a namespace are told apart by that.
  init(scenario: String, extra: String = "", hasIPv6: Bool = true) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "line-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    configuration = folder.appending(path: "wan1.yaml")
    router = try ChildProcess(
      [
        "unshare", "-rn", Binaries.simulator("RouterSim"), "--control-port",
        "\(Self.controlPort)", "--https-port", "\(Self.httpsPort)", "--no-http", "--directory",
        folder.path,
      ], folder: folder, environment: ["ROUTERSIM_PASSWORD": Self.password])
    let isReady = eventually(within: 20) { router.output.contains("rest_https") }
    try #require(isReady, "RouterSim did not start: \(router.remarks)")
    try yaml(extra).write(to: configuration, atomically: true, encoding: .utf8)
    let scenarioFile = folder.appending(path: "scenario.json")
    try scenario.write(to: scenarioFile, atomically: true, encoding: .utf8)
    let link = try start(
      Binaries.simulator("LinkSim"),
      ["--scenario", scenarioFile.path, "--router", "\(Self.controlPort)", "--duration", "120"]
        + (hasIPv6 ? [] : ["--no-ipv6"]))
    self.link = link
    let isUp = eventually(within: 20) { link.output.contains("ready") }
    try #require(isUp, "LinkSim did not start: \(link.remarks)")
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// Starts a program in the namespace.
  func start(_ program: String, _ arguments: [String]) throws -> ChildProcess {
    let path = program.contains("/") ? program : Binaries.tool(program)
    return try ChildProcess(
      ["nsenter", "--preserve-credentials", "-U", "-n", "-t", "\(router.processID)", path]
        + arguments, folder: folder, environment: ["WANCTL_TEST_PASSWORD": Self.password])
  }

  /// What the line did so far.
  var reports: [Report] {
    (link?.output ?? "").split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Report.self, from: Data($0.utf8))
    }
  }

  var remarks: String { "\(link?.remarks ?? "") \(router.remarks)" }

  /// Looks at the newest report until it is as wanted.
  func wait(upTo seconds: Double, _ wanted: (Report) -> Bool) -> Bool {
    eventually(within: seconds) { reports.last.map(wanted) ?? false }
  }

  private func yaml(_ extra: String) -> String {
    """
    wan_name: wan1
    router:
      host: 127.0.0.1
      port: \(Self.httpsPort)
      user: wanctl-rate
      password: ${WANCTL_TEST_PASSWORD}
      ssh_key: /nonexistent
      ca_file: \(folder.path)/ca.pem
    queues:
      download: WAN-Download-1
      upload: WAN-Upload-1
    continuous_monitoring:
      enabled: true
      baseline_rtt_initial: 20
      download:
        floor_green_mbps: 30
        floor_yellow_mbps: 25
        floor_soft_red_mbps: 20
        floor_red_mbps: 15
        ceiling_mbps: 95
        step_up_mbps: 1
        factor_down: 0.85
      upload:
        floor_mbps: 5
        ceiling_mbps: 18
        step_up_mbps: 1
        factor_down: 0.9
      thresholds:
        target_bloat_ms: 15
        warn_bloat_ms: 45
        baseline_time_constant_sec: 50
        load_time_constant_sec: 0.25
      ping_hosts: [198.18.0.1, 198.18.0.2, 198.18.0.3]
      use_median_of_three: true
    logging:
      main_log: \(folder.path)/wan1.log
      debug_log: \(folder.path)/wan1_debug.log
    lock_file: \(folder.path)/wan1.lock
    lock_timeout: 300
    storage:
      db_path: ""
    \(extra)
    """
  }
}
