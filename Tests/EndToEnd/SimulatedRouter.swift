import Foundation
import Testing

/// A RouterSim with SSH for one user with a key, and OpenSSH's client to talk to it.
final class SimulatedRouter {
  struct Ports: Decodable {
    struct HostKey: Decodable {
      var sha256: String
      var knownHosts: String

      enum CodingKeys: String, CodingKey {
        case sha256
        case knownHosts = "known_hosts"
      }
    }

    var control: Int
    var http: Int
    var https: Int
    var ssh: Int
    /// PEM file of the authority that signed the certificate of https.
    var ca: String
    var hostKey: HostKey

    enum CodingKeys: String, CodingKey {
      case control, ssh, ca
      case http = "rest_http"
      case https = "rest_https"
      case hostKey = "ssh_host_key"
    }
  }

  /// What ssh said and how it ended; no status when it had to be killed.
  struct Answer: Equatable {
    var status: Int32?
    var output: String
    var remarks: String
  }

  static let user = "wanctl-rate"
  static let password = "open sesame"

  let folder: URL
  let ports: Ports
  private let router: ChildProcess

  /// - Parameter options: RouterSim's, in addition.
  init(_ options: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "router-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let keygen = try ChildProcess(
      ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.path + "/key"], folder: folder)
    try #require(keygen.waitUntilExit(within: 30) == 0, "\(keygen.remarks)")
    let router = try ChildProcess(
      [
        Binaries.simulator("RouterSim"), "--directory", folder.path + "/router", "--ssh-key",
        "\(Self.user)=\(folder.path)/key.pub",
      ] + options, folder: folder, environment: ["ROUTERSIM_PASSWORD": Self.password])
    self.router = router
    let isReady = eventually(within: 30) { router.output.contains("\n") || !router.isRunning }
    try #require(isReady && router.isRunning, "RouterSim did not start: \(router.remarks)")
    ports = try JSONDecoder().decode(Ports.self, from: Data(router.output.utf8))
    try know(ports.hostKey.knownHosts)
  }

  deinit {
    router.terminate()
    _ = router.waitUntilExit(within: 10)
    try? FileManager.default.removeItem(at: folder)
  }

  var remarks: String { router.remarks }

  private func know(_ line: String) throws {
    try (line + "\n").write(
      to: folder.appending(path: "known_hosts"), atomically: true, encoding: .utf8)
  }

  /// A home whose owner knows the host key, for our own tools.
  func makeHome() throws -> String {
    let home = folder.appending(path: "home")
    if FileManager.default.fileExists(atPath: home.path) { return home.path }
    try FileManager.default.createDirectory(
      at: home.appending(path: ".ssh"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: folder.appending(path: "known_hosts"), to: home.appending(path: ".ssh/known_hosts"))
    return home.path
  }

  /// Trusts the host key of now.
  func knowHostKey() throws {
    struct State: Decodable {
      var hostKey: Ports.HostKey
      enum CodingKeys: String, CodingKey { case hostKey = "ssh_host_key" }
    }
    try know(
      JSONDecoder().decode(State.self, from: Data(get("/state").utf8)).hostKey.knownHosts)
  }

  /// Runs one line on the router, or several over one connection when `script` has them.
  func ssh(
    _ line: String, user: String = SimulatedRouter.user, password: String? = nil,
    within seconds: Double = 30, _ more: [String] = []
  ) throws -> Answer {
    var environment: [String: String] = [:]
    var options = [
      "-F", "none", "-p", "\(ports.ssh)", "-o", "UserKnownHostsFile=\(folder.path)/known_hosts",
      "-o", "IdentitiesOnly=yes", "-i", folder.path + "/key", "-o", "IdentityAgent=none",
    ]
    if let password {
      let script = folder.appending(path: "askpass")
      try "#!/bin/sh\nprintf '%s\\n' '\(password)'\n".write(
        to: script, atomically: true, encoding: .utf8)
      chmod(script.path, 0o700)
      environment = ["SSH_ASKPASS": script.path, "SSH_ASKPASS_REQUIRE": "force"]
      options += ["-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1"]
    } else {
      options += ["-o", "BatchMode=yes"]
    }
    let client = try ChildProcess(
      ["ssh"] + options + more + ["\(user)@127.0.0.1", line], folder: folder,
      environment: environment)
    let status = client.waitUntilExit(within: seconds)
    return Answer(status: status, output: client.output, remarks: client.remarks)
  }

  /// The output of a line that ends well.
  func output(_ line: String, user: String = SimulatedRouter.user) throws -> String {
    let answer = try ssh(line, user: user)
    #expect(answer.status == 0, "\(line): \(answer.remarks)")
    return answer.output
  }

  // MARK: HTTP

  /// Whether the port of plain REST is open.
  var isListening: Bool {
    guard let connection = try? ControlPort(port: ports.http).connect() else { return false }
    close(connection)
    return true
  }

  private func curl(_ arguments: [String]) throws -> String {
    let curl = try ChildProcess(
      ["curl", "-sS", "--fail-with-body", "--max-time", "30"] + arguments, folder: folder)
    #expect(curl.waitUntilExit(within: 40) == 0, "\(arguments): \(curl.output) \(curl.remarks)")
    return curl.output
  }

  private var control: ControlPort { ControlPort(port: ports.control) }

  @discardableResult
  func post(_ path: String, _ body: String) throws -> String {
    try control.ask("POST", path, body)
  }

  func get(_ path: String) throws -> String { try control.ask("GET", path) }

  /// Ends all faults.
  func clearFaults() throws { try control.ask("DELETE", "/fault") }

  /// This fault alone from now on.
  func fault(_ json: String) throws {
    try clearFaults()
    try post("/fault", json)
  }

  func rest(_ path: String) throws -> String {
    try curl(["-u", "\(Self.user):\(Self.password)", "http://127.0.0.1:\(ports.http)/rest/\(path)"])
  }
}
