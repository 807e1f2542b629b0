import Foundation
import HTTPClient
import Model
import SSHClient
import TestSupport
import Testing

@testable import Router

/// SSH to routers that want this or that, and the lines that the original sends over it.
@Suite struct ConsoleContractTests {
  enum Ending: String, Sendable {
    case works, noAlgorithm, refused
  }

  /// What becomes of a login with an Ed25519 and with an RSA key.
  static let profiles: [(profile: String, Ending, Ending)] = {
    let isNew = SSHClient.signsRSAWithSHA2
    return [
      ("default", .works, .works),
      ("strong", isNew ? .works : .noAlgorithm, isNew ? .works : .noAlgorithm),
      ("ed25519", .works, isNew ? .works : .refused),
      ("legacy649", .refused, .works),
      ("gcm-only", isNew ? .works : .noAlgorithm, isNew ? .works : .noAlgorithm),
      ("none", .noAlgorithm, .noAlgorithm),
    ]
  }()

  @Test func algorithms() async throws {
    let found = try await aside {
      let bench = try ContractBench()
      let keys = ["user_ed25519", "user_rsa"]
      let lines = keys.map { "\"\(PrivateSSHServer.Keys.publicLine($0))\"" }
      try bench.router.post(
        "/world", #"{"users":{"wanctl-rate":{"ssh-keys":[\#(lines.joined(separator: ","))]}}}"#)
      return try Self.profiles.map { profile, _, _ in
        try bench.router.post("/profile", #"{"ssh":"\#(profile)"}"#)
        try bench.router.knowHostKey()
        return keys.map { key in
          let port = bench.port(over: .ssh) {
            $0.sshKeyFile = PrivateSSHServer.Keys.file(key)
          }
          do throws(RouterFailure) {
            _ = try port.readQueues([bench.download])
            return (Ending.works, "")
          } catch {
            switch error.failureClass {
            case .tls: return (.noAlgorithm, error.message)
            case .authFailure: return (.refused, error.message)
            default: return (.works, "\(error)")
            }
          }
        }
      }
    }
    for ((profile, ed25519, rsa), endings) in zip(Self.profiles, found) {
      #expect(endings.map(\.0) == [ed25519, rsa], "\(profile): \(endings)")
      for (ending, message) in endings {
        switch ending {
        case .works: #expect(message == "", "\(profile)")
        case .noAlgorithm:
          #expect(message.contains("/ip/ssh set host-key-type=ed25519"), "\(profile)")
        case .refused: #expect(message.contains("refuses user 'wanctl-rate'"), "\(profile)")
        }
      }
    }
    let hint = "use an ed25519 user key"
    #expect(SSHClient.signsRSAWithSHA2 || found[2][1].1.contains(hint))
  }

  /// A pin stands for the key, not for who signed the certificate.
  @Test func anotherKeyThanThePinnedOneIsRefused() async throws {
    let (failure, requests) = try await aside {
      let bench = try ContractBench()
      let pin = try RouterTrust.examine(bench.settings()).certificate.pin
      let port = bench.port(over: .rest) { ($0.pinnedKey, $0.caFile) = (pin, nil) }
      try port.setLimit(BitsPerSecond(5_000_000), of: bench.download)
      try bench.router.fault(#"{"fault":"L2"}"#)
      let last = try bench.requests().last?.number ?? 0
      var failure: RouterFailure?
      do throws(RouterFailure) {
        try port.setLimit(BitsPerSecond(6_000_000), of: bench.download)
      } catch { failure = error }
      return (failure, try bench.requests(since: last))
    }
    #expect(failure?.failureClass == .tls && failure?.outcome == .notDone)
    #expect(failure?.message.contains("router.pin_sha256") == true)
    #expect(requests.isEmpty, "no password for a stranger")
  }

  /// The lines that the original sends do over SSH what they are meant to.
  @Test func linesOfTheOriginal() async throws {
    let comment = try RuleComment("ADAPTIVE: Steer latency-sensitive to WAN2")
    try await aside {
      let bench = try ContractBench()
      let rest = bench.port(over: .rest)
      let client = SSHClient(SSHServer(bench.settings(), knownHosts: bench.knownHosts))
      func run(_ line: String) throws -> String {
        let reply = try client.execute(line, timeout: Milliseconds(seconds: 20))
        guard reply.exitStatus == 0, reply.errors.isEmpty else { throw Unexpected(line) }
        return String(decoding: reply.output, as: UTF8.self)
      }
      func expect(_ isTrue: Bool, after line: String) throws {
        guard isTrue else { throw Unexpected(line) }
      }
      let both =
        #"/queue tree set [find name="WAN-Download-1"] queue=cake-down-wan1 max-limit=612000000; "#
        + #"/queue tree set [find name="WAN-Upload-1"] queue=cake-up-wan1 max-limit=30000000"#
      try expect(try run(both).isEmpty, after: both)
      let limits = try bench.limits()
      try expect(
        limits["WAN-Download-1"] == 612_000_000 && limits["WAN-Upload-1"] == 30_000_000,
        after: both)

      let statistics = #"/queue/tree/print stats detail where name="WAN-Download-1""#
      let printed = PrintText.rows(try run(statistics)).first.flatMap {
        QueueRow(properties: $0.properties)
      }
      let row = try rest.readQueues([bench.download])[0]
      try expect(
        printed?.bytes == row?.bytes && printed?.packets == row?.packets && row?.bytes != nil
          && printed?.dropped == row?.dropped && printed?.queuedBytes == row?.queuedBytes
          && printed?.queuedPackets == row?.queuedPackets, after: statistics)

      let status = #"/ip firewall mangle print where comment~"ADAPTIVE""#
      for (verb, isEnabled) in [("enable", true), ("disable", false)] {
        let line = #"/ip firewall mangle \#(verb) [find comment~"ADAPTIVE"]"#
        try expect(try run(line).isEmpty, after: line)
        try expect(
          try rest.ruleStatus(comment) == (isEnabled ? .enabled : .disabled), after: line)
        let rule = PrintText.rows(try run(status)).first
        try expect(
          rule?.comment == comment.text && rule?.has("X") == !isEnabled, after: status)
      }

      let more = [
        #"/queue/tree/set [find name="WAN-Download-1"] max-limit=5000000"#,
        #"/ip/firewall/mangle/enable [find comment="\#(comment)"]"#,
        #"/queue/tree/reset-counters [find name="WAN-Download-1"]"#,
      ]
      for line in more { try expect(try run(line).isEmpty, after: line) }
      try expect(try bench.limits()["WAN-Download-1"] == 5_000_000, after: more[0])
      try expect(try rest.ruleStatus(comment) == .enabled, after: more[1])
      try expect(try rest.readQueues([bench.download])[0]?.bytes == 0, after: more[2])
      let identity = "/system/identity/print"
      try expect(try run(identity).contains("name: MikroTik"), after: identity)
    }
  }

  struct Unexpected: Error, CustomStringConvertible {
    var description: String
    init(_ line: String) { description = "not as expected: \(line)" }
  }
}
