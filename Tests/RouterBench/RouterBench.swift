import Glibc
import HTTPClient
import Model
import Platform
import Router
import SSHClient

/// Measures how fast a router is written to, and how fast the other way is taken when one fails.
/// Not installed; scripts/bench-router starts it beside a simulated router.
@main
struct RouterBench {
  struct Wrong: Error, CustomStringConvertible {
    var description: String
  }

  static func main() {
    // libcurl and OpenSSL write to connections that are gone.
    signal(SIGPIPE, SIG_IGN)
    do {
      try RouterBench(Array(CommandLine.arguments.dropFirst())).run()
    } catch {
      let text = "router-bench: \(error)\n"
      _ = text.withCString { write(2, $0, strlen($0)) }
      exit(1)
    }
  }

  private let settings: RouterSettings
  private let knownHosts: KnownHosts
  private var access: RouterAccess { RouterAccess(settings, knownHosts: knownHosts) }
  private let control: HTTPClient
  private let queue: Identifier

  /// - Parameter arguments: the ports of the control port, https and SSH, and the folder with
  ///   `ca.pem`, `key` and `known_hosts`.
  private init(_ arguments: [String]) throws {
    let ports = arguments.compactMap { Int($0) }
    guard ports.count == 3, arguments.count == 4, let password = getenv("ROUTERSIM_PASSWORD")
    else { throw Wrong(description: "usage: router-bench CONTROL HTTPS SSH FOLDER") }
    let folder = arguments[3]
    settings = RouterSettings(
      host: "127.0.0.1", port: ports[1], user: "wanctl-rate",
      password: Secret(String(cString: password)), scheme: .https, caFile: folder + "/ca.pem",
      sshPort: ports[2], sshKeyFile: folder + "/key", increaseInterval: .zero,
      statsInterval: .zero)
    knownHosts = KnownHosts(systemFile: nil, userFile: folder + "/known_hosts")
    control = HTTPClient(
      HTTPServer(
        host: "127.0.0.1", port: ports[0], usesTLS: false, user: "", password: Secret("")))
    queue = try Identifier("WAN-Download-1")
  }

  private func run() throws {
    put("write and confirmation, no latency of the router itself (ms)")
    put(head)
    put(row("REST", try writes(2000, over: .rest), goal: "p50 <= 1"))
    put(row("SSH", try writes(500, over: .ssh), goal: "p50 <= 5"))
    put(row("SSH, with the login", try logins(20), goal: "-"))
    put("")
    put("from the decision, when REST fails (ms)")
    put(head)
    let refused = try failovers(
      20, #"{"fault":"T1","args":{"service":"www-ssl","ms":400}}"#, deadline: Milliseconds(5000))
    put(row("refused: SSH is taken", refused.taken, goal: "<= 100"))
    put(row("refused: confirmed over SSH", refused.confirmed, goal: "-"))
    let silent = try failovers(
      10, #"{"fault":"T2","match":{"method":"PATCH"}}"#, deadline: Milliseconds(1000))
    put(row("silent, deadline 1000: SSH is taken", silent.taken, goal: "<= 1100"))
    put(row("silent: confirmed over SSH", silent.confirmed, goal: "-"))
  }

  // MARK: Measuring

  private func writes(_ count: Int, over transport: Transport) throws -> [Double] {
    let port = access.port(over: transport, now: Clock.monotonic)
    _ = try port.readQueues([queue])
    return try (0..<count).map { index in
      let start = Clock.monotonic()
      try port.setLimit(BitsPerSecond(600_000_000 + Int64(index % 2)), of: queue)
      return (Clock.monotonic() - start).rawValue
    }
  }

  private func logins(_ count: Int) throws -> [Double] {
    try (0..<count).map { index in
      let port = access.port(over: .ssh, now: Clock.monotonic)
      let start = Clock.monotonic()
      try port.setLimit(BitsPerSecond(500_000_000 + Int64(index % 2)), of: queue)
      return (Clock.monotonic() - start).rawValue
    }
  }

  /// - Returns: when the other way was taken, and when the limit was confirmed there.
  private func failovers(
    _ count: Int, _ fault: String, deadline: Milliseconds
  ) throws -> (taken: [Double], confirmed: [Double]) {
    var settings = settings
    settings.operationTimeout = deadline
    var taken: [Double] = []
    var confirmed: [Double] = []
    for round in 0..<count {
      // Each time a new one, which knows nothing of the failure before.
      let port = RouterAccess(settings, knownHosts: knownHosts).port(now: Clock.monotonic)
      let session = RouterSession(
        port: port, queues: [RouterQueue(wan: 0, direction: .download, name: queue)],
        settings: settings,
        budget: SharedBudget(file: nil, settings: .init(burst: 100_000, perMinute: 100_000)),
        clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall)
      ) { _ in }
      func step(until isDone: () -> Bool) throws {
        let limit = Clock.monotonic() + Milliseconds(seconds: 30)
        while !isDone() {
          guard Clock.monotonic() < limit else { throw Wrong(description: "\(fault): no end") }
          if case .until(let time) = session.step() {
            Clock.sleep(min(time - Clock.monotonic(), Milliseconds(1)))
          }
        }
      }
      session.submit(
        queue: 0, target: BitsPerSecond(700_000_000 + Int64(round)),
        decidedAt: Clock.monotonic())
      try step { session.isSettled }
      try post("/fault", fault)
      let decided = Clock.monotonic()
      session.submit(queue: 0, target: BitsPerSecond(400_000_000), decidedAt: decided)
      try step { port.transport == .ssh }
      taken.append((Clock.monotonic() - decided).rawValue)
      try step { session.isSettled }
      confirmed.append((Clock.monotonic() - decided).rawValue)
      // Until the port is open again, and the router has forgotten what was given up.
      Clock.sleep(Milliseconds(seconds: 3))
    }
    return (taken, confirmed)
  }

  private func post(_ path: String, _ body: String) throws {
    let request = HTTPRequest(.post, path, body: Array(body.utf8))
    let response = try control.perform(request, timeout: Milliseconds(seconds: 10))
    guard response.status == 200 else {
      throw Wrong(description: "\(path): \(String(decoding: response.body, as: UTF8.self))")
    }
  }

  // MARK: Telling

  private static let columns = ["times", "p50", "p95", "p99", "longest", "goal"]

  private var head: String { line("", Self.columns) }

  private func row(_ name: String, _ times: [Double], goal: String) -> String {
    let sorted = times.sorted()
    func percentile(_ share: Double) -> String {
      fixed(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))], digits: 2)
    }
    return line(
      name,
      ["\(times.count)", percentile(0.5), percentile(0.95), percentile(0.99), percentile(1), goal])
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    let name = "  " + name + String(repeating: " ", count: max(1, 38 - name.count))
    return name
      + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
  }

  private func put(_ text: String) {
    _ = (text + "\n").withCString { write(1, $0, strlen($0)) }
  }
}
