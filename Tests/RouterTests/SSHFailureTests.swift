import Foundation
import Model
import Platform
import Router
import SSHClient
import TestSupport
import Testing

/// Each way in which SSH fails has its class, and words that say what to do.
@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct SSHFailureTests {
  private func failure(
    _ console: ScriptedConsole, knownHosts: String? = nil,
    _ change: (inout RouterSettings) -> Void = { _ in }
  ) throws -> RouterFailure? {
    let router = SSHRouter(
      console.settings(change), now: Clock.monotonic,
      knownHosts: try console.knownHosts(knownHosts))
    do throws(RouterFailure) {
      try router.setLimit(BitsPerSecond(1), of: down)
      return nil
    } catch {
      return error
    }
  }

  @Test func anUnknownKeySaysHowToAcceptIt() throws {
    let failure = try failure(ScriptedConsole(), knownHosts: "")
    #expect(failure?.failureClass == .tls && failure?.outcome == .notDone)
    #expect(failure?.message.contains("wanctl-setq trust --config FILE") == true)
    #expect(failure?.message.contains("SHA256:") == true)
  }

  @Test func aChangedKeyIsNotAccepted() throws {
    let console = try ScriptedConsole()
    let failure = try failure(
      console, knownHosts: console.server.knownHostsLine("other_ed25519"))
    #expect(failure?.failureClass == .tls)
    #expect(failure?.message.contains("somebody may stand between") == true)
  }

  @Test func refusedUsersAndKeys() throws {
    let console = try ScriptedConsole()
    let wrong = try failure(console) {
      $0.sshKeyFile = PrivateSSHServer.Keys.file("other_ed25519")
    }
    #expect(wrong?.failureClass == .authFailure)
    #expect(wrong?.message.contains("/user/ssh-keys print") == true)
    let missing = try failure(console) { $0.sshKeyFile = "/nonexistent/key" }
    #expect(missing?.failureClass == .authFailure)
    #expect(
      missing?.message
        == "router.ssh_key cannot be read (/nonexistent/key: No such file or directory)")
    let nothing = try failure(console) { $0.sshKeyFile = "" }
    #expect(nothing?.message == "neither router.ssh_key nor router.ssh_password is set")
    let password = try failure(console) {
      $0.sshKeyFile = ""
      $0.sshPassword = Secret("never told")
    }
    #expect(password?.failureClass == .authFailure)
    #expect(password?.message.contains("it takes no password") == true)
    #expect("\(String(describing: password))".contains("never told") == false)
  }

  @Test(.enabled(if: !SSHClient.signsRSAWithSHA2))
  func olderLibrariesAreToldWhatToSet() throws {
    let kex = try PrivateSSHServer(
      hostKeys: ["host_rsa"], settings: ["HostKeyAlgorithms rsa-sha2-256"], script: "")
    defer { kex.close() }
    let console = try ScriptedConsole()
    let strict = try failure(console) { $0.sshPort = kex.port }
    #expect(strict?.failureClass == .tls)
    #expect(strict?.message.contains("/ip/ssh set host-key-type=ed25519") == true)
    let auth = try PrivateSSHServer(
      settings: ["PubkeyAcceptedAlgorithms rsa-sha2-256,ssh-ed25519"], script: "")
    defer { auth.close() }
    let key = try failure(console, knownHosts: auth.knownHostsLine()) {
      $0.sshPort = auth.port
      $0.sshKeyFile = PrivateSSHServer.Keys.file("user_rsa")
    }
    #expect(key?.failureClass == .authFailure)
    #expect(key?.message.contains("use an ed25519 user key") == true)
  }

  @Test func aChannelThatNeverClosesCostsTheDeadline() throws {
    let console = try ScriptedConsole("hang")
    let port = try console.port { $0.operationTimeout = Milliseconds(3000) }
    do throws(RouterFailure) {
      try port.setLimit(BitsPerSecond(1), of: down)
      Issue.record("it was confirmed")
    } catch {
      #expect(error.failureClass == .timeout && error.outcome == .unknown)
    }
    #expect(port.notBefore == nil)
    try FileManager.default.removeItem(at: console.server.folder.appending(path: "replies/1"))
    try console.reply("7\n")
    try port.setLimit(BitsPerSecond(7), of: down)
    #expect(console.server.connectionCount == 2)
  }

  @Test func theInterrupterEndsAnOperation() throws {
    let console = try ScriptedConsole("hang")
    let port = try console.port()
    let interrupt = port.interrupter
    let thread = try Platform.Thread(name: "interrupter") {
      Clock.sleep(Milliseconds(300))
      interrupt()
    }
    do throws(RouterFailure) {
      try port.setLimit(BitsPerSecond(1), of: down)
      Issue.record("it was confirmed")
    } catch {
      #expect(error.failureClass == .timeout)
      #expect(error.message == "given up because the program ends")
    }
    thread.join()
  }

  @Test func portsWhereNoRouterAnswers() throws {
    let console = try ScriptedConsole()
    let settings = console.settings()
    console.server.close()
    let closed = try failure(console) { _ in }
    #expect(
      closed?.failureClass == .connectionRefused || closed?.failureClass == .reset,
      "\(String(describing: closed))")
    #expect(settings.sshPort == console.server.port)
    let name = try failure(console) { $0.host = "no-such-host.invalid" }
    #expect(name?.failureClass == .dnsFailure || name?.failureClass == .timeout)
  }
}

/// Accepting a router's key.
@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct SSHTrustTests {
  @Test func onlyTheComparedKeyIsAccepted() throws {
    let console = try ScriptedConsole("7\n")
    let hosts = try console.knownHosts("")
    let trust = try SSHTrust.examine(console.settings(), knownHosts: hosts)
    #expect(trust.standing == .unknown)
    do throws(RouterFailure) {
      _ = try SSHTrust.accept(
        fingerprint: "SHA256:other", of: console.settings(), knownHosts: hosts)
      Issue.record("another key was accepted")
    } catch {
      #expect(error.message.hasSuffix("not SHA256:other; nothing was changed"))
    }
    let accepted = try SSHTrust.accept(
      fingerprint: trust.key.fingerprint, of: console.settings(), knownHosts: hosts)
    let place = KnownHosts.Place(file: try #require(hosts.userFile), line: 1)
    #expect(accepted == .added(place))
    #expect(
      try SSHTrust.examine(console.settings(), knownHosts: hosts).standing == .known(place))
    let router = SSHRouter(console.settings(), now: Clock.monotonic, knownHosts: hosts)
    try router.setLimit(BitsPerSecond(7), of: down)
  }
}
