import Foundation
import TestSupport
import Testing

/// `wanctl-setq trust` and the SSH host key.
@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct TrustTests {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "wanctl-trust-\(UUID().uuidString)")

  @Test func anSSHHostKeyIsShownAndAcceptedByItsFingerprint() throws {
    let server = try PrivateSSHServer(script: "")
    defer {
      server.close()
      try? FileManager.default.removeItem(at: folder)
    }
    let config = try configuration(server)
    let shown = try trust(config)
    #expect(shown.status == 0, "\(shown.remarks)")
    #expect(shown.output.contains("known        no\n"), "\(shown.output)")
    let found = shown.output.firstMatch(of: /fingerprint  (SHA256:\S+)/)?.output.1
    let fingerprint = String(try #require(found))
    #expect(shown.output.contains("trust --config \(config) --accept \(fingerprint)"))
    let known = folder.path + "/.ssh/known_hosts"

    let other = try trust(config, ["--accept", "SHA256:other"])
    #expect(other.status == 1)
    #expect(other.remarks.contains("nothing was changed"))
    #expect(!FileManager.default.fileExists(atPath: known))

    let accepted = try trust(config, ["--accept", fingerprint])
    #expect(accepted.status == 0, "\(accepted.remarks)")
    #expect(accepted.output == "\(fingerprint) is known now, by \(known):1\n")
    #expect(try String(contentsOfFile: known, encoding: .utf8) == server.knownHostsLine())
    #expect(try trust(config).output.contains("known        yes, by \(known):1\n"))

    try server.knownHostsLine("other_ed25519").write(
      toFile: known, atomically: true, encoding: .utf8)
    #expect(try trust(config).output.contains("known        NO: \(known):1 has another key"))
    #expect(try trust(config, ["--accept", fingerprint]).output.contains("in place of the former"))
    #expect(try String(contentsOfFile: known, encoding: .utf8) == server.knownHostsLine())
    #expect(!server.log.contains("Accepted"), "nobody logs in")
  }

  private struct Run {
    var status: Int32?
    var output: String
    var remarks: String
  }

  private func trust(_ config: String, _ arguments: [String] = []) throws -> Run {
    let child = try ChildProcess(
      [Binaries.tool("wanctl-setq"), "trust", "--config", config] + arguments, folder: folder,
      environment: ["HOME": folder.path])
    let status = child.waitUntilExit(within: 60)
    return Run(status: status, output: child.output, remarks: child.remarks)
  }

  /// - Returns: the path of a configuration with this server as its router.
  private func configuration(_ server: PrivateSSHServer) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return try WANConfiguration(router: [
      ("port", "9"), ("user", "wanctl"), ("ssh_key", "/nonexistent"),
      ("ssh_port", "\(server.port)"), ("transport", "ssh"),
    ]).write(to: folder)
  }
}
