import Foundation
import Model
import Platform
import SSHClient
import TestSupport
import Testing

@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct LoginTests {
  @Test(.enabled(if: PrivateSSHServer.canHavePassword)) func aPasswordIsEnough() throws {
    let server = try PrivateSSHServer(password: "correct horse", script: script)
    defer { server.close() }
    let right = try server.client(key: nil, password: "correct horse")
    #expect(try text(right.execute("say in", timeout: patience)) == "in\r\n")
    // And is tried after a key that is refused.
    let both = try server.client(key: "other_ed25519", password: "correct horse")
    #expect(try text(both.execute("say in", timeout: patience)) == "in\r\n")
    let wrong = try server.client(key: nil, password: "wrong")
    let failure = failure { try wrong.execute("say in", timeout: patience) }
    guard case .authentication(let refusal) = failure?.kind else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(refusal.triedPassword && refusal.offered.contains("password"))
    #expect(refusal.keyType == nil)
    #expect(failure?.detail.contains("wrong") == false)
  }

  @Test func aRefusedKeyIsTold() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let failure = failure {
      try server.client(key: "other_ed25519").execute("say in", timeout: patience)
    }
    #expect(
      failure?.kind
        == .authentication(
          SSHFailure.Refusal(
            keyType: "ssh-ed25519", triedPassword: false, offered: ["publickey"])))
    #expect(failure?.mayHaveBeenSent == false)
  }

  @Test func nothingToLogInWithIsARefusal() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    let failure = failure { try server.client(key: nil).connect(timeout: patience) }
    guard case .authentication(let refusal) = failure?.kind else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(refusal.keyType == nil && !refusal.triedPassword)
  }

  @Test func aKeyFileThatCannotBeUsedIsNamed() throws {
    let server = try PrivateSSHServer()
    defer { server.close() }
    func problem(_ file: String) throws -> SSHFailure? {
      var settings = try server.server()
      settings.keyFile = file
      return failure { try SSHClient(settings).connect(timeout: patience) }
    }
    let missing = try problem("/nonexistent/key")
    #expect(missing?.kind == .keyFile(.unreadable))
    #expect(missing?.detail == "/nonexistent/key: No such file or directory")
    try "no key at all".write(toFile: server.file("odd"), atomically: true, encoding: .utf8)
    #expect(try problem(server.file("odd"))?.kind == .keyFile(.unknownFormat))
    let locked = server.file("locked")
    try FileManager.default.copyItem(
      atPath: PrivateSSHServer.Keys.file("user_ed25519"), toPath: locked)
    try Program.run(
      "ssh-keygen", "-q", "-p", "-P", "", "-N", "passphrase", "-f", locked)
    #expect(try problem(locked)?.kind == .keyFile(.hasPassphrase))
  }

  @Test func whoDoesNotListenOrSpeakSSHIsTold() throws {
    let server = try PrivateSSHServer()
    var settings = try server.server()
    server.close()
    let closed = failure {
      try SSHClient(settings).connect(timeout: Milliseconds(2000))
    }
    #expect(closed?.kind == .refused || closed?.kind == .reset, "\(String(describing: closed))")
    settings.host = "no-such-host.invalid"
    settings.connectTimeout = patience
    let nobody = failure { try SSHClient(settings).connect(timeout: patience) }
    #expect(nobody?.kind == .nameNotFound, "\(String(describing: nobody))")
    settings.host = "127.0.0.1"
    settings.port = 0
    let noPort = failure { try SSHClient(settings).connect(timeout: patience) }
    #expect(noPort?.kind == .unusable)
  }

  @Test func aServerThatSaysNothingIsGivenUp() throws {
    // It accepts connections by itself: nobody takes them.
    let listener = try Socket.open(AF_INET, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
    try Socket.bind(listener.rawValue, to: SocketAddress(.loopback4))
    let descriptor = listener.rawValue
    try systemCall("listen") { listen(descriptor, 8) }
    let address = try #require(try Socket.localAddress(descriptor))
    let settings = SSHServer(
      host: "127.0.0.1", port: Int(address.port), user: "nobody",
      knownHosts: KnownHosts(systemFile: nil, userFile: nil))
    let failure = failure { try SSHClient(settings).connect(timeout: Milliseconds(200)) }
    #expect(failure?.kind == .timeout)
  }
}

/// What servers like RouterOS of several settings take, by the keys that they have and we have.
@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct AlgorithmTests {
  struct Profile: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var hostKey = "host_rsa"
    var settings: [String]
    /// With an RSA key of the user and with an ed25519 one; nil = as an older library can do it.
    var rsa: Bool?
    var ed25519: Bool?
  }

  static let rsaNames = "ssh-rsa,rsa-sha2-256,rsa-sha2-512"
  static let sha2Names = "rsa-sha2-256,rsa-sha2-512"

  static let profiles = [
    Profile(
      testDescription: "default",
      settings: [
        "HostKeyAlgorithms \(rsaNames)", "PubkeyAcceptedAlgorithms \(rsaNames),ssh-ed25519",
      ], rsa: true, ed25519: true),
    Profile(
      testDescription: "strong-crypto",
      settings: [
        "HostKeyAlgorithms \(sha2Names)", "PubkeyAcceptedAlgorithms \(sha2Names),ssh-ed25519",
      ]),
    Profile(
      testDescription: "ed25519 host key, no SHA-1", hostKey: "host_ed25519",
      settings: [
        "HostKeyAlgorithms ssh-ed25519", "PubkeyAcceptedAlgorithms \(sha2Names),ssh-ed25519",
      ], ed25519: true),
    Profile(
      testDescription: "group exchange, counter mode",
      settings: [
        "HostKeyAlgorithms \(rsaNames)", "PubkeyAcceptedAlgorithms \(rsaNames),ssh-ed25519",
        "KexAlgorithms diffie-hellman-group-exchange-sha256",
        "Ciphers aes128-ctr,aes192-ctr,aes256-ctr", "MACs hmac-sha2-256",
      ], rsa: true, ed25519: true),
    Profile(
      testDescription: "legacy 6.49",
      settings: [
        "HostKeyAlgorithms ssh-rsa", "PubkeyAcceptedAlgorithms ssh-rsa",
        "KexAlgorithms diffie-hellman-group14-sha1", "MACs hmac-sha1",
      ], rsa: true, ed25519: false),
    Profile(
      testDescription: "only GCM", hostKey: "host_ed25519",
      settings: [
        "Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com",
        "PubkeyAcceptedAlgorithms \(rsaNames),ssh-ed25519",
      ]),
  ]

  @Test(arguments: profiles, ["user_rsa", "user_ed25519"])
  func whatIsNegotiated(_ profile: Profile, _ key: String) throws {
    let server = try PrivateSSHServer(hostKeys: [profile.hostKey], settings: profile.settings)
    defer { server.close() }
    let failure = failure {
      _ = try server.client(key: key).execute("nothing", timeout: patience)
    }
    let expected = key == "user_rsa" ? profile.rsa : profile.ed25519
    if expected ?? SSHClient.signsRSAWithSHA2 {
      #expect(failure == nil, "\(server.log)")
      return
    }
    switch failure?.kind {
    case .noCommonAlgorithm: #expect(expected == nil)
    case .authentication(let refusal):
      #expect(refusal.keyType == (key == "user_rsa" ? "ssh-rsa" : "ssh-ed25519"))
    default: Issue.record("\(String(describing: failure)) \(server.log)")
    }
  }

  @Test(arguments: ["host_rsa", "host_ed25519"])
  func theKnownTypeOfKeyIsAskedFor(_ known: String) throws {
    let server = try PrivateSSHServer(
      hostKeys: ["host_rsa", "host_ed25519"],
      settings: ["HostKeyAlgorithms ssh-ed25519,\(Self.rsaNames)"])
    defer { server.close() }
    let client = try server.client(knownHosts: server.knownHostsLine(known))
    _ = try client.execute("nothing", timeout: patience)
  }
}
