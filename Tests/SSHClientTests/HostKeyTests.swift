import Foundation
import Model
import SSHClient
import TestSupport
import Testing

@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct HostKeyTests {
  @Test func anUnknownKeyIsRefused() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let other = server.knownHostsLine(host: "[127.0.0.1]:1")
    let unknown = failure {
      try server.client(knownHosts: other).connect(timeout: patience)
    }
    guard case .hostKeyUnknown(let key) = unknown?.kind else {
      Issue.record("\(String(describing: unknown))")
      return
    }
    #expect(key.type == "ssh-ed25519")
    #expect(try key.fingerprint == fingerprint("host_ed25519"))
    #expect(try SSHClient.hostKey(of: server.server(), timeout: patience) == key)
    #expect(!server.log.contains("Accepted"), "nobody logs in before the key is known")
  }

  @Test func aChangedKeyIsRefusedAndPlaced() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let line = server.knownHostsLine("other_ed25519")
    let settings = try server.server(knownHosts: "# remark\n" + line)
    let file = try #require(settings.knownHosts.userFile)
    let changed = failure { try SSHClient(settings).connect(timeout: patience) }
    guard case .hostKeyChanged(_, let place) = changed?.kind else {
      Issue.record("\(String(describing: changed))")
      return
    }
    #expect(place == KnownHosts.Place(file: file, line: 2))
    // A key of another type is a change too.
    let type = failure {
      try server.client(knownHosts: server.knownHostsLine("host_rsa")).connect(timeout: patience)
    }
    guard case .hostKeyChanged = type?.kind else {
      Issue.record("\(String(describing: type))")
      return
    }
  }

  @Test func aRevokedKeyIsRefusedThoughItIsKnown() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let line = server.knownHostsLine()
    let failure = failure {
      try server.client(
        knownHosts: line + "@revoked * " + line.split(separator: " ", maxSplits: 1)[1]
      )
      .connect(timeout: patience)
    }
    guard case .hostKeyRevoked = failure?.kind else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func hashedNamesAndPatternsAreKnown() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let hashed = try server.knownHosts(server.knownHostsLine())
    try Program.run("ssh-keygen", "-q", "-H", "-f", hashed)
    let text = try String(contentsOfFile: hashed, encoding: .utf8)
    try #require(text.hasPrefix("|1|"))
    for known in [text, server.knownHostsLine(host: "!10.*,[127.0.0.?]:*,other")] {
      _ = try server.client(knownHosts: known).execute("nothing", timeout: patience)
    }
  }

  @Test func aListThatCannotBeReadIsNoListWithoutEntries() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    var settings = try server.server()
    settings.knownHosts = KnownHosts(systemFile: nil, userFile: server.folder.path)
    let failure = failure { try SSHClient(settings).connect(timeout: patience) }
    #expect(failure?.kind == .knownHosts)
    settings.knownHosts = KnownHosts(
      systemFile: try server.knownHosts(server.knownHostsLine()),
      userFile: "/nonexistent/known_hosts")
    try SSHClient(settings).connect(timeout: patience)
  }

  private func fingerprint(_ key: String) throws -> String {
    let file = PrivateSSHServer.Keys.file(key) + ".pub"
    let fields = try Program.run("ssh-keygen", "-l", "-f", file).split(separator: " ")
    return String(try #require(fields.dropFirst().first))
  }
}

@Suite struct KnownHostsTests {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "wanctl-known-\(UUID().uuidString)")

  private func key(_ number: UInt8, type: String = "ssh-ed25519") throws -> HostKey {
    let name = Array(type.utf8)
    return try #require(
      HostKey(bytes: [0, 0, 0, UInt8(name.count)] + name + [0, 0, 0, 2, number, number]))
  }

  private func line(_ host: String, _ key: HostKey) -> String {
    "\(host) \(key.type) \(key.base64)\n"
  }

  @Test func anAcceptedKeyIsKnownFromThenOn() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.path + "/known_hosts"
    let hosts = KnownHosts(systemFile: nil, userFile: file)
    let first = try key(1)
    #expect(try hosts.standing(of: first, host: "Router", port: 22) == .unknown)
    let place = KnownHosts.Place(file: file, line: 1)
    #expect(try hosts.accept(first, host: "Router", port: 22) == .added(place))
    #expect(try hosts.accept(first, host: "router", port: 22) == .knownBefore(place))
    #expect(try hosts.standing(of: first, host: "ROUTER", port: 22) == .known(place))
    #expect(try hosts.standing(of: first, host: "router", port: 2222) == .unknown)
    _ = try hosts.accept(first, host: "router", port: 2222)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text == line("router", first) + line("[router]:2222", first))
    #expect(try mode(folder.path) == 0o700)
    #expect(try mode(file) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["known_hosts"])
  }

  @Test func aChangedKeyIsReplacedAndTheRestStays() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.path + "/known_hosts"
    let (old, new, rsa) = (try key(1), try key(2), try key(3, type: "ssh-rsa"))
    let before =
      "# mine\n" + line("router", old) + "\n" + line("router", rsa) + line("other", old)
    try before.write(toFile: file, atomically: true, encoding: .utf8)
    let hosts = KnownHosts(systemFile: nil, userFile: file)
    #expect(
      try hosts.standing(of: new, host: "router", port: 22)
        == .changed(KnownHosts.Place(file: file, line: 2)))
    #expect(
      try hosts.accept(new, host: "router", port: 22)
        == .replaced(KnownHosts.Place(file: file, line: 5)))
    #expect(
      try String(contentsOfFile: file, encoding: .utf8)
        == "# mine\n\n" + line("router", rsa) + line("other", old) + line("router", new))
    #expect(
      try hosts.standing(of: old, host: "router", port: 22)
        == .changed(KnownHosts.Place(file: file, line: 5)))
  }

  @Test func linesOfOthersAreNotTouched() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (old, new) = (try key(1), try key(2))
    for text in [line("router,other", old), line("r*", old), "@revoked * " + line("", new)] {
      let file = folder.path + "/known_hosts"
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let hosts = KnownHosts(systemFile: nil, userFile: file)
      let refusal = failure { try hosts.accept(new, host: "router", port: 22) }
      #expect(refusal != nil)
      #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    }
    let system = KnownHosts(
      systemFile: folder.path + "/known_hosts", userFile: folder.path + "/mine")
    try line("router", old).write(
      toFile: folder.path + "/known_hosts", atomically: true, encoding: .utf8)
    let refusal = failure { try system.accept(new, host: "router", port: 22) }
    #expect(refusal?.kind == .knownHosts)
    #expect(refusal?.detail.contains("known_hosts:1") == true)
  }

  @Test func whateverStandsInAFileDoesNoHarm() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.path + "/known_hosts"
    let good = try key(7)
    let pieces = [
      "router", "ssh-ed25519", good.base64, "@revoked", "@cert-authority", "|1|", "|1|a|b", "*",
      "!", ",", " ", "\t", "\n", "\r\n", "#", "AAAA", "=", "\u{0}", "é", "[router]:22", "!router",
    ]
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        pieces.randomElement(using: &random)! + (Bool.random(using: &random) ? " " : "")
      }.joined()
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      let hosts = KnownHosts(systemFile: nil, userFile: file)
      if try hosts.standing(of: good, host: "router", port: 22) == .unknown {
        _ = try hosts.accept(good, host: "router", port: 22)
        guard case .known = try hosts.standing(of: good, host: "router", port: 22) else {
          Issue.record("seed \(seed): not known after acceptance in \(text.debugDescription)")
          return
        }
      }
    }
  }

  @Test func theHomeOfTheUserCounts() {
    let user = KnownHosts.standard.userFile
    #expect(user?.hasSuffix("/.ssh/known_hosts") == true)
    if let home = ProcessInfo.processInfo.environment["HOME"], !home.isEmpty {
      #expect(user == home + "/.ssh/known_hosts")
    }
  }

  private func mode(_ path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }
}
