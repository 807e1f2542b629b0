import Foundation
import Model
import Platform
import SSHClient
import Testing

@testable import Router

/// Two ways to one simulated router: our own REST and SSH, and our tools over them.
@Suite struct FailoverTests {
  private struct Write {
    var service: String
    var limit: Int
    var isAnswered: Bool
  }

  /// The simulated router, and what it takes to reach it in both ways.
  private final class Bench {
    let router: SimulatedRouter
    let settings: RouterSettings
    let access: RouterAccess

    init(_ change: (inout RouterSettings) -> Void = { _ in }) throws {
      router = try SimulatedRouter()
      var settings = RouterSettings(
        host: "127.0.0.1", port: router.ports.http, user: SimulatedRouter.user,
        password: Secret(SimulatedRouter.password), scheme: .http,
        sshKeyFile: router.folder.path + "/key", statsInterval: Milliseconds(200))
      settings.sshPort = router.ports.ssh
      change(&settings)
      self.settings = settings
      access = RouterAccess(
        settings,
        knownHosts: KnownHosts(
          systemFile: nil, userFile: router.folder.path + "/known_hosts"))
    }

    func run(
      _ tool: String, _ arguments: [String], over transport: Transport
    ) throws -> ChildProcess {
      let folder = self.router.folder
      let file = try WANConfiguration(
        router: [
          ("port", "\(settings.port)"), ("tls", "no"), ("user", SimulatedRouter.user),
          ("password", "${WANCTL_TEST_PASSWORD}"), ("ssh_key", folder.path + "/key"),
          ("ssh_port", "\(settings.sshPort)"), ("transport", transport.rawValue),
        ], download: "{floor_mbps: 10, ceiling_mbps: 100, step_up_mbps: 1, factor_down: 0.85}",
        upload: "{floor_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}",
        extra: "storage: {db_path: \"\"}"
      ).write(to: folder)
      return try ChildProcess(
        [Binaries.tool(tool)] + arguments + ["--config", file], folder: folder,
        environment: [
          "WANCTL_TEST_PASSWORD": SimulatedRouter.password, "HOME": try self.router.makeHome(),
          "WANCTL_LOG_FORMAT": "",
        ])
    }

    /// The limits that were written, in the order in which the router got them.
    func writes() throws -> [Write] {
      struct Log: Decodable {
        struct Request: Decodable {
          var service: String
          var method: String
          var body: String
          var outcome: String
        }
        var requests: [Request]
      }
      let log = try JSONDecoder().decode(Log.self, from: Data(router.get("/requests").utf8))
      return log.requests.compactMap { request in
        guard let limit = request.body.firstMatch(of: /max-limit"?[=:]"?([0-9]+)/) else {
          return nil
        }
        return Write(
          service: request.service, limit: Int(limit.output.1) ?? 0,
          isAnswered: request.outcome == "answered")
      }
    }

    func limit() throws -> String {
      try router.output(#":put [/queue tree get [find name="WAN-Download-1"] max-limit]"#)
    }
  }

  /// Drives a session in this thread, with a lower target every few milliseconds.
  private final class Driver {
    private let session: RouterSession
    private let log = Log()
    private var target: Int64 = 700_000_000

    private final class Log { var events: [RouterEvent] = [] }

    init(_ port: any RouterPort, _ settings: RouterSettings) throws {
      let log = log
      session = RouterSession(
        port: port,
        queues: [
          RouterQueue(wan: 0, direction: .download, name: try Identifier("WAN-Download-1"))
        ], settings: settings,
        budget: SharedBudget(file: nil, settings: .init(burst: 10_000, perMinute: 10_000)),
        clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall)
      ) { log.events.append($0) }
    }

    var newest: Int64 { target }
    var isSettled: Bool { session.isSettled }

    /// Confirmations over a way since the last call.
    private func confirmed(over transport: Transport) -> Int {
      defer { log.events = [] }
      return log.events.count {
        if case .writeConfirmed(let write) = $0 { write.transport == transport } else { false }
      }
    }

    /// Until a few targets are confirmed over this way.
    func goOn(over transport: Transport) -> Bool {
      var count = 0
      return goOn {
        target -= 1000
        session.submit(
          queue: 0, target: BitsPerSecond(target), decidedAt: Clock.monotonic())
        count += confirmed(over: transport)
        return count >= 5
      }
    }

    func settle() -> Bool { goOn { session.isSettled } }

    private func goOn(until isDone: () -> Bool) -> Bool {
      let deadline = Date() + 60
      while !isDone() {
        guard Date() < deadline else { return false }
        if case .none = session.step() { continue }
        usleep(5000)
      }
      return true
    }
  }

  @Test func overSSHAndBackWithoutAStaleWrite() throws {
    let bench = try Bench()
    let port = bench.access.port(
      now: Clock.monotonic,
      schedule: TransportChoice.Schedule(first: Milliseconds(500), limit: Milliseconds(2000)))
    let driver = try Driver(port, bench.settings)
    #expect(driver.goOn(over: .rest))
    try bench.router.fault(#"{"fault":"T1","args":{"service":"www","ms":3000}}"#)
    #expect(driver.goOn(over: .ssh))
    #expect(driver.goOn(over: .rest))
    #expect(driver.settle())
    #expect(try bench.limit() == "\(driver.newest)\r\n")
    let writes = try bench.writes()
    for (earlier, later) in zip(writes, writes.dropFirst()) {
      #expect(later.limit <= earlier.limit, "an older target after a newer one")
      // Only a write whose answer was lost may be there twice.
      #expect(later.limit < earlier.limit || !earlier.isAnswered, "written twice")
    }
    let ways = writes.map(\.service)
    let changes = zip(ways, ways.dropFirst()).count { $0 != $1 }
    #expect(changes == 2, "one way after the other: \(ways)")
  }

  @Test func limitsAreSetOverSSH() throws {
    let bench = try Bench()
    let set = try bench.run("wanctl-setq", ["WAN-Download-1=612M"], over: .ssh)
    #expect(set.waitUntilExit(within: 30) == 0, "\(set.remarks)")
    #expect(set.output.hasPrefix("WAN-Download-1: 800M -> 612M, confirmed in "))
    #expect(try bench.limit() == "612000000\r\n")
    #expect(try bench.writes().map(\.service) == ["ssh"])
    let shown = try bench.run("wanctl-setq", ["--show"], over: .ssh)
    #expect(shown.waitUntilExit(within: 30) == 0, "\(shown.remarks)")
    let lines = shown.output.split(separator: "\n")
    #expect(lines.dropFirst().prefix(2).allSatisfy { $0.hasSuffix("ssh") }, "\(lines)")
    #expect(lines.last?.hasPrefix("REST works too: MikroTik, RouterOS 7") == true, "\(lines)")
  }

  @Test func aPersonIsToldOfTheOtherWay() throws {
    let bench = try Bench()
    try bench.router.fault(#"{"fault":"T1","args":{"service":"www"}}"#)
    let set = try bench.run("wanctl-setq", ["--json", "WAN-Download-1=500M"], over: .rest)
    #expect(set.waitUntilExit(within: 30) == 0, "\(set.remarks)")
    #expect(set.remarks.contains("nothing listens on port"), "\(set.remarks)")
    #expect(set.remarks.contains("going on over SSH"), "\(set.remarks)")
    #expect(set.output.contains(#""transport":"ssh""#), "\(set.output)")
    #expect(try bench.limit() == "500000000\r\n")
  }

  @Test func howBothWaysStandIsShown() throws {
    let bench = try Bench()
    func ways() throws -> [TransportRecord] {
      let shown = try bench.run("wanctl-setq", ["--json", "--show"], over: .rest)
      #expect(shown.waitUntilExit(within: 30) == 0, "\(shown.remarks)")
      return try shown.output.split(separator: "\n").compactMap { line in
        guard case .record(.transport(let way)) = try RecordReader().read(line.utf8) else {
          return nil
        }
        return way
      }
    }
    let well = try ways()
    #expect(well.map(\.transport) == [.rest, .ssh] && well.allSatisfy(\.works))
    #expect(well.map(\.isUsed) == [true, false] && well.map(\.isConfigured) == [true, false])
    try bench.router.fault(#"{"fault":"T1","args":{"service":"www"}}"#)
    let over = try ways()
    #expect(over.map(\.transport) == [.ssh, .rest] && over.map(\.works) == [true, false])
    #expect(over.map(\.isUsed) == [true, false] && over.map(\.isConfigured) == [false, true])
    #expect(over.last?.error?.contains("nothing listens on port") == true)
  }

  @Test func aKeyThatIsNotThereKeepsFromStartingOverSSHOnly() throws {
    let bench = try Bench()
    try FileManager.default.removeItem(at: bench.router.folder.appending(path: "key"))
    let first = try bench.run("wanctl-setq", ["WAN-Download-1=5M"], over: .ssh)
    #expect(first.waitUntilExit(within: 30) == 78)
    #expect(first.remarks.contains("router.ssh_key"), "\(first.remarks)")
    let loop = try bench.run("wanctl-loop", ["run"], over: .ssh)
    #expect(loop.waitUntilExit(within: 30) == 78)
    #expect(loop.remarks.contains("router.ssh_key"), "\(loop.remarks)")
  }

  @Test func theLoopWorksOverSSH() throws {
    let bench = try Bench()
    let loop = try bench.run("wanctl-loop", ["run"], over: .ssh)
    #expect(
      eventually(within: 30) { loop.remarks.contains("WAN-Download-1 set to 100M") },
      "\(loop.remarks)")
    #expect(try bench.limit() == "100000000\r\n")
    #expect(try bench.writes().allSatisfy { $0.service == "ssh" })
    loop.terminate()
    #expect(loop.waitUntilExit(within: 20) == 0, "\(loop.remarks)")
  }
}
