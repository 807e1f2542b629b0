import Foundation
import Testing

/// RouterSim with traffic in the queues of its first WAN, and what it takes to run
/// `wanctl-cake doctor` on it.
final class DoctorRouter {
  struct Config: Sendable {
    var user = "wanctl-rate"
    var password = DoctorRouter.password
    var wan = 1
    var usesTLS = true
    /// Keys of the section router in place of the one that names the authority.
    var trust: [(key: String, value: String)]?
    var transport = "rest"
    /// Whether the user has a key for SSH.
    var hasKey = false
    /// Lines that the file has in addition.
    var extra = ""
  }

  struct Finding: Decodable {
    struct Fact: Decodable {
      var name: String
      var value: String
    }
    struct Mending: Decodable {
      var text: String
      var file: String?
    }

    var id: String
    var severity: String
    var queue: String?
    var facts: [Fact]
    var mending: [Mending]
  }

  struct Report: Decodable {
    struct Router: Decodable {
      var host: String
      var version: String?
    }

    var clean: Bool
    var routers: [Router]
    var findings: [Finding]
    /// Menus that this RouterSim does not have; the note about them is left out of `findings`.
    var lackedMenus: [String] = []

    enum CodingKeys: CodingKey { case clean, routers, findings }

    init(_ json: String) throws {
      self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
      for finding in findings where finding.id == "read-refused" {
        let lacked = finding.facts.filter {
          $0.value.contains("no such command or directory") || $0.value.contains("bad command name")
        }
        if lacked.count == finding.facts.count { lackedMenus += lacked.map(\.name) }
      }
      if !lackedMenus.isEmpty { findings.removeAll { $0.id == "read-refused" } }
    }
  }

  private struct Ports: Decodable {
    struct HostKey: Decodable {
      var knownHosts: String

      enum CodingKeys: String, CodingKey { case knownHosts = "known_hosts" }
    }

    var control: Int
    var http: Int
    var https: Int
    var ssh: Int?
    var hostKey: HostKey?
    var ca: String

    enum CodingKeys: String, CodingKey {
      case control, ca, ssh
      case hostKey = "ssh_host_key"
      case http = "rest_http"
      case https = "rest_https"
    }
  }

  static let password = "s3cret-of-the-doctor"
  static let binary = Binaries.simulator("RouterSim")

  let folder: URL
  private let process: ChildProcess
  private let ports: Ports

  /// - Parameter hasSSH: `wanctl-rate` may log in over SSH, by a key.
  init(hasSSH: Bool = false) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var options: [String] = []
    if hasSSH {
      let keygen = try ChildProcess(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.path + "/key"],
        folder: folder)
      try #require(keygen.waitUntilExit(within: 30) == 0, "\(keygen.remarks)")
      options = ["--ssh-profile", "ed25519", "--ssh-key", "wanctl-rate=\(folder.path)/key.pub"]
    }
    let process = try ChildProcess(
      [Self.binary, "--directory", folder.path + "/router"] + options, folder: folder,
      environment: ["ROUTERSIM_PASSWORD": Self.password])
    self.process = process
    let isUp = eventually(within: 30) { process.output.contains("\n") }
    try #require(isUp, "RouterSim did not start: \(process.remarks)")
    ports = try JSONDecoder().decode(Ports.self, from: Data(process.output.utf8))
    try post("/load", #"{"WAN-Download-1":40000000,"WAN-Upload-1":4000000}"#)
  }

  /// Where it is spoken to.
  var httpsPort: Int { ports.https }
  var sshPort: Int { ports.ssh ?? 22 }

  deinit {
    process.send(SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }

  /// Makes the router's host key known to whoever runs the doctor.
  func knowHostKey() throws {
    let home = folder.appending(path: ".ssh")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    let line = try #require(ports.hostKey?.knownHosts)
    try Data("\(line)\n".utf8).write(to: home.appending(path: "known_hosts"))
  }

  /// Writes a configuration and tells where it is.
  func configuration(_ config: Config = Config()) throws -> String {
    var router: [(key: String, value: String)] = [
      ("port", "\(config.usesTLS ? ports.https : ports.http)"),
      ("tls", config.usesTLS ? "\"yes\"" : "\"no\""), ("user", config.user),
      ("password", "${ROUTER_PASSWORD}"), ("transport", config.transport),
      ("ssh_key", config.hasKey ? folder.path + "/key" : "\"\""),
      ("ssh_port", "\(ports.ssh ?? 22)"),
    ]
    if let trust = config.trust {
      router += trust
    } else if config.usesTLS {
      router.append(("ca_file", ports.ca))
    }
    return try WANConfiguration(wan: config.wan, router: router, extra: config.extra)
      .write(to: folder)
  }

  /// Writes a steering configuration for the rule that RouterSim begins with.
  func steering(user: String = "wanctl-steer") throws -> String {
    let file = folder.appending(path: "steering.yaml")
    let text = """
      wan_name: steering
      topology: {primary_wan: wan1, primary_wan_config: \(try configuration()), alternate_wan: wan2}
      router:
        host: 127.0.0.1
        port: \(ports.https)
        tls: "yes"
        user: \(user)
        password: ${ROUTER_PASSWORD}
        ssh_key: ""
        ca_file: \(ports.ca)
      mangle_rule: {comment: "ADAPTIVE: Steer latency-sensitive to WAN2"}
      cake_state_sources: {primary: \(folder.path)/wan1_state.json}
      cake_queues: {primary_download: WAN-Download-1}
      measurement: {interval_seconds: 0.5, ping_host: 127.0.0.1, ping_count: 1}
      thresholds: {yellow_rtt_ms: 15, red_rtt_ms: 15}
      state: {file: \(folder.path)/steering_state.json, history_size: 240}
      logging: {main_log: \(folder.path)/steering.log, debug_log: \(folder.path)/steering_debug.log}
      lock_file: \(folder.path)/steering.lock
      lock_timeout: 60
      """
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Starts the doctor.
  func start(_ arguments: [String], password: String = DoctorRouter.password) throws -> ChildProcess
  {
    try ChildProcess(
      [Binaries.tool("wanctl-cake"), "doctor"] + arguments, folder: folder,
      environment: ["ROUTER_PASSWORD": password, "HOME": folder.path])
  }

  /// Runs the doctor to its end, and reads its JSON.
  func report(
    _ config: Config = Config(), samples: Double = 0.5, _ arguments: [String] = []
  ) throws -> (status: Int32, report: Report) {
    let child = try start(
      ["--config", try configuration(config), "--samples", "\(samples)", "--json"] + arguments,
      password: config.password)
    let status = try #require(child.waitUntilExit(within: 60), "\(child.remarks)")
    #expect(!child.output.contains(Self.password) && !child.remarks.contains(Self.password))
    let report = try Report(child.output)
    #expect(status == (report.clean ? 0 : 1), "\(child.remarks)")
    return (status, report)
  }

  /// Sends a command to the simulator's control port.
  func post(_ path: String, _ body: String) throws {
    let curl = try ChildProcess(
      ["curl", "-sf", "--data", body, "http://127.0.0.1:\(ports.control)\(path)"], folder: folder)
    try #require(curl.waitUntilExit(within: 30) == 0, "\(path) \(body): \(curl.remarks)")
  }

  /// Whether the rule of steering is on, as the simulator itself says; nil when it has none.
  func isSteeringEnabled() throws -> Bool? {
    let curl = try ChildProcess(
      ["curl", "-sf", "http://127.0.0.1:\(ports.control)/state"], folder: folder)
    try #require(curl.waitUntilExit(within: 30) == 0)
    let state = try JSONSerialization.jsonObject(with: Data(curl.output.utf8)) as? [String: Any]
    let menus = try #require(state?["rows"] as? [String: Any])
    let rules = try #require(menus["ip/firewall/mangle"] as? [[String: Any]])
    let rule = rules.first { ($0["comment"] as? String)?.hasPrefix("ADAPTIVE") == true }
    return rule.map { $0["disabled"] as? String != "true" }
  }

  /// What the router was asked, by method.
  func methods() throws -> Set<String> {
    struct Answer: Decodable {
      struct Request: Decodable { var method: String }
      var requests: [Request]
    }
    let curl = try ChildProcess(
      ["curl", "-sf", "http://127.0.0.1:\(ports.control)/requests"], folder: folder)
    try #require(curl.waitUntilExit(within: 30) == 0)
    let answer = try JSONDecoder().decode(Answer.self, from: Data(curl.output.utf8))
    return Set(answer.requests.map(\.method))
  }
}
