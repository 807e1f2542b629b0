import Foundation
import Model
import Platform
import SSHClient
import Synchronization

@testable import Router

/// A simulated router, reached by our own REST over TLS and our own SSH.
final class ContractBench {
  let router: SimulatedRouter
  let download: Identifier
  /// The time where it stands still; nil = it is the host's.
  private let stopped: Mutex<MonotonicTime?>

  /// - Parameters:
  ///   - options: RouterSim's, in addition.
  ///   - stopsTime: our clock only goes on when `skip` says so. That of the router goes on.
  init(_ options: [String] = [], stopsTime: Bool = false) throws {
    router = try SimulatedRouter(["--ssh-profile", "ed25519"] + options)
    download = try Identifier("WAN-Download-1")
    stopped = Mutex(stopsTime ? Clock.monotonic() : nil)
  }

  func now() -> MonotonicTime { stopped.withLock { $0 } ?? Clock.monotonic() }

  /// Lets time pass while the clock stands still.
  func skip(_ time: Milliseconds) { stopped.withLock { $0 = $0.map { $0 + time } } }

  var clock: RouterSession.Clock {
    RouterSession.Clock(monotonic: { [unowned self] in now() }, wall: Clock.wall)
  }

  func settings(_ change: (inout RouterSettings) -> Void = { _ in }) -> RouterSettings {
    var settings = RouterSettings(
      host: "127.0.0.1", port: router.ports.https, user: SimulatedRouter.user,
      password: Secret(SimulatedRouter.password), scheme: .https, caFile: router.ports.ca,
      sshPort: router.ports.ssh, sshKeyFile: router.folder.path + "/key",
      operationTimeout: Milliseconds(seconds: 20), increaseInterval: .zero, statsInterval: .zero)
    change(&settings)
    return settings
  }

  var knownHosts: KnownHosts {
    KnownHosts(systemFile: nil, userFile: router.folder.path + "/known_hosts")
  }

  func port(
    over transport: Transport, _ change: (inout RouterSettings) -> Void = { _ in }
  ) -> any RouterPort {
    RouterAccess(settings(change), knownHosts: knownHosts).port(over: transport) {
      [unowned self] in now()
    }
  }

  /// Limits of the queues in bit/s, as the router has them.
  func limits() throws -> [String: Int64] {
    try JSONDecoder().decode([String: Int64].self, from: Data(router.get("/queues").utf8))
  }

  func requests(since number: Int = 0) throws -> [LoggedRequest] {
    try Self.requests(of: router, since: number)
  }

  static func requests(of router: SimulatedRouter, since number: Int) throws -> [LoggedRequest] {
    struct Log: Decodable { var requests: [LoggedRequest] }
    let text = try router.get("/requests?since=\(number)")
    return try JSONDecoder().decode(Log.self, from: Data(text.utf8)).requests
  }
}

/// A request as the simulated router has noted it.
struct LoggedRequest: Decodable {
  /// Counted from the start of the router.
  var number: Int
  /// Seconds of the router's clock.
  var arrived: Double
  var user: String
  var connection: Int
  var service: String
  var method: String
  var path: String
  var body: String
  var status: Int?
  var outcome: String
  /// Milliseconds until the answer was given.
  var latency: Double?
  var faults: [String]

  enum CodingKeys: String, CodingKey {
    case number = "n"
    case arrived = "t"
    case latency = "latency_ms"
    case user, connection, service, method, path, body, status, outcome, faults
  }

  var transport: Transport { service == "ssh" ? .ssh : .rest }

  var isWrite: Bool { method == "PATCH" || body.contains(" tree set ") }

  /// What it asks for, in a word.
  var purpose: String {
    if isWrite { return "write" }
    if path.hasSuffix("/queue/tree/print") || body.contains("tree print") { return "read" }
    return path.hasSuffix("/queue/tree") ? "look-up" : "ask"
  }

  /// What became of it where that is not an answer that says yes.
  var trouble: String? {
    // Which of these it is, is a matter of when somebody looks.
    if ["aborted", "dripping", "pending", "unanswered"].contains(outcome) { return "no answer" }
    guard outcome == "answered" else { return outcome }
    guard let status, status >= 400 else { return nil }
    return "\(status)"
  }
}

extension [LoggedRequest] {
  /// `write (reset), read, SSH write`: requests over another way than `usual` are named.
  func trace(usual: Transport) -> String {
    map { request in
      (request.transport == usual ? "" : "\(request.transport.name) ") + request.purpose
        + (request.trouble.map { " (\($0))" } ?? "")
    }.joined(separator: ", ")
  }
}

/// Does what blocks on a thread of its own, where it keeps no other test from running.
func aside<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Foundation.Thread { continuation.resume(with: Result { try body() }) }.start()
  }
}
