import Config
import Foundation
import History
import Model
import Platform
import Router
import Service
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// The daemon in this process, on loopback, with a router in memory: it needs the right to send
/// ICMP. What the primary's loop is said to have written decides what it sees.
@Suite struct SteeringDaemonTests {
  private static let congested = 0.0001
  private static let calm = 50.0

  private final class Bench: Sendable {
    let folder: TemporaryFolder
    let router: RulePort.Router
    private let thread = Mutex<pthread_t?>(nil)
    private let result = Mutex<Result<Bool, any Error>?>(nil)

    init() throws {
      folder = try TemporaryFolder()
      router = RulePort.Router(rules: [
        try RuleComment("ADAPTIVE: WAN2"), try RuleComment("ADAPTIVE: WAN3"),
      ])
      try baseline(SteeringDaemonTests.calm)
      try baseline(SteeringDaemonTests.calm, of: "wan3")
    }

    func baseline(_ value: Double, of wan: String = "wan1") throws {
      try #"{"ewma":{"baseline_rtt":"\#(value)","load_rtt":20.0}}"#.write(
        toFile: folder.file("\(wan)_state.json"), atomically: true, encoding: .utf8)
    }

    func configure(_ measurement: String = "ping_count: 1", more: String = "") throws
      -> SteeringConfigResult
    {
      let file = folder.file("steering.yaml")
      try """
      wan_name: steering
      topology: {primary_wan: wan1, primary_wan_config: wan1.yaml, alternates: [wan2, wan3]}
      router: {host: 127.0.0.1, port: 9, user: u, password: "${SECRET}", ssh_key: ""}
      mangle_rule: {comment: "ADAPTIVE: WAN2", flush_connections: [5060]}
      steering_rules:
        - {to: wan2, comment: "ADAPTIVE: WAN2"}
        - {to: wan3, comment: "ADAPTIVE: WAN3"}
      wans:
        wan3:
          state_file: \(folder.file("wan3_state.json"))
          cake_queues: {download: WAN-Download-3}
          ping: {host: localhost}
      cake_state_sources: {primary: \(folder.file("wan1_state.json"))}
      cake_queues: {primary_download: WAN-Download}
      measurement: {interval_seconds: 0.05, ping_host: 127.0.0.1, \(measurement)}
      thresholds:
        {green_rtt_ms: 0.0001, yellow_rtt_ms: 0.0002, red_rtt_ms: 0.0003, min_queue_red: 0,
         baseline_rtt_bounds: {min: 0, max: 60}}
      mode: {use_confidence_scoring: true}
      state: {file: \(folder.file("state/steering_state.json")), history_size: 50}
      logging: {main_log: \(folder.file("steering.log")), debug_log: \(folder.file("debug.log"))}
      lock_file: \(folder.file("run/steering.lock"))
      lock_timeout: 60
      storage: {db_path: \(folder.file("metrics.db"))}
      \(more)
      """.write(toFile: file, atomically: true, encoding: .utf8)
      return SteeringConfigFile.load(path: file, environment: ["SECRET": "open sesame"])
    }

    /// Runs on a thread of its own: the daemon gives up capabilities and blocks signals there.
    func start(_ configuration: SteeringConfigResult) throws -> SteeringDaemon {
      let daemon = SteeringDaemon(
        configuration, environment: ["SECRET": "open sesame"], logsEveryCycle: true,
        makePort: { [router] in RulePort(router) })
      let thread = try Thread(name: "daemon") {
        self.thread.withLock { $0 = pthread_self() }
        let outcome = Result {
          try daemon.run()
          return true
        }
        self.result.withLock { $0 = outcome }
      }
      thread.detach()
      return daemon
    }

    /// To the daemon's thread alone, which reads it off its descriptor.
    func send(_ signal: Int32) {
      thread.withLock { if let thread = $0 { _ = pthread_kill(thread, signal) } }
    }

    func log(_ name: String = "steering.log") -> String { (try? folder.text(of: name)) ?? "" }

    var outcome: Result<Bool, any Error>? { result.withLock { $0 } }
  }

  private func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Clock.monotonic() + Milliseconds(seconds: 30)
    while Clock.monotonic() < deadline {
      if try condition() { return true }
      Clock.sleep(Milliseconds(10))
    }
    return false
  }

  @Test func itSteersReloadsAndEnds() throws {
    let bench = try Bench()
    let configuration = try bench.configure()
    #expect(configuration.errors.map { "\($0)" } == [])
    let daemon = try bench.start(configuration)
    #expect(eventually { (daemon.board.read()?.decidedCycles ?? 0) > 3 }, "\(bench.log())")
    #expect(eventually { daemon.board.read()?.targets.first?.isRuleEnabled == false })
    try bench.baseline(Self.congested)
    #expect(eventually { daemon.board.read()?.stateName == "WAN1_DEGRADED" }, "\(bench.log())")
    #expect(daemon.board.read()?.targetName == "wan2")
    let saved = "state/steering_state.json"
    #expect(eventually { bench.log(saved).hasPrefix(#"{"current_state":"WAN1_DEGRADED""#) })

    // Somebody switches by hand, and the router is asked again after an outage.
    bench.router.change { world in
      world.rules = world.rules.mapValues { _ in .disabled }
      world.failure = RouterFailure(
        .connectionRefused, transport: .rest, operation: "test", message: "planted")
    }
    #expect(eventually { daemon.board.read()?.router.isReachable == false }, "\(bench.log())")
    #expect(eventually { (daemon.board.read()?.readFailures ?? 0) > 3 })
    bench.router.change { $0.failure = nil }
    #expect(
      eventually { (daemon.board.read()?.transitionsToGood ?? 0) > 0 }, "\(bench.log())")
    #expect(daemon.board.read()?.router.isReachable == true)
    try bench.baseline(Self.calm)
    #expect(eventually { daemon.board.read()?.stateName == "WAN1_GOOD" }, "\(bench.log())")

    _ = try bench.configure("ping_count: 3, dead_after_sec: 2")
    bench.send(SIGHUP)
    #expect(eventually { bench.log().contains("ping_count: 1 -> 3") }, "\(bench.log())")
    #expect(eventually { daemon.board.read()?.settings.deadAfter == Milliseconds(2000) })
    _ = try bench.configure("ping_count: 99")
    bench.send(SIGHUP)
    #expect(eventually { bench.log().contains("the configuration stays as it was") })
    bench.send(SIGTERM)
    #expect(eventually { bench.outcome != nil })
    #expect(try bench.outcome?.get() == true)
    for line in [
      "primary wan1, alternates wan2, wan3", "[CONFIDENCE] on, dry_run=true",
      "the baseline of wan1 is 50.0ms", "the rule 'ADAPTIVE: WAN2' is off",
      "WAN1 DEGRADED detected (hysteresis)", "State transition: WAN1_DEGRADED",
      "0 connections were removed", "the router counts no drops of CAKE",
      "could not be read 3 times", "the router answers again", "stopped by SIGTERM",
    ] {
      #expect(bench.log().contains(line), "\(line)\n\(bench.log())")
    }
    #expect(bench.log("debug.log").contains("[WAN1_GOOD] rtt="))
    #expect(!bench.log("debug.log").contains("open sesame"))
    #expect(bench.log(saved).hasPrefix(#"{"current_state":"WAN1_GOOD""#))
    try checkWhatIsLeft(bench)
  }

  /// The log of transitions, and the rows of history in the order of the original's.
  private func checkWhatIsLeft(_ bench: Bench) throws {
    let transitions = bench.log("state/steering_transitions.jsonl")
    #expect(transitions.contains(#""reason":"hysteresis""#))
    #expect(transitions.contains(#""reason":"reconciled""#))
    let database = try SQLiteConnection(
      path: bench.folder.file("metrics.db"), access: .readOnly)
    #expect(
      try database.text("SELECT metric_name FROM metrics ORDER BY id LIMIT 1")
        == "wanctl_config_snapshot")
    let rows = try database.text(
      """
      SELECT group_concat(metric_name || '=' || CAST(value AS INTEGER), ' ') FROM (
        SELECT metric_name, value FROM metrics WHERE id >= (
          SELECT min(id) FROM metrics WHERE metric_name = 'wanctl_steering_transition')
        ORDER BY id LIMIT 6)
      """)
    #expect(
      rows?.wholeMatch(
        of:
          /wanctl_steering_transition=1 wanctl_rtt_ms=\d+ wanctl_rtt_baseline_ms=\d+ wanctl_rtt_delta_ms=\d+ wanctl_steering_enabled=1 wanctl_state=2/
      ) != nil, "\(rows ?? "nothing")")
  }

  @Test func aLockThatIsHeldEndsTheStart() throws {
    let bench = try Bench()
    let configuration = try bench.configure()
    let lock = try InstanceLock(path: bench.folder.file("run/steering.lock"), makesFolders: true)
    _ = try bench.start(configuration)
    #expect(eventually { bench.outcome != nil })
    #expect(throws: StartFailure.self) { try bench.outcome?.get() }
    try lock.release()
  }

  @Test func aResetWritesTheStateAndSwitchesTheRulesOff() throws {
    let bench = try Bench()
    let settings = try #require(try bench.configure().settings)
    bench.router.change { $0.rules = $0.rules.mapValues { _ in .enabled } }
    var remarks: [String] = []
    let reset = SteeringReset(settings) { RulePort(bench.router) }
    #expect(try reset.run { remarks.append($0) })
    #expect(bench.router.change { $0.rules.values.allSatisfy { $0 == .disabled } })
    #expect(bench.log("state/steering_state.json").hasPrefix(#"{"current_state":"WAN1_GOOD""#))
    #expect(remarks.count == 3)
    bench.router.change { $0.rules = [:] }
    #expect(try !reset.run { remarks.append($0) })
    #expect(remarks.last?.contains("no rule") == true)
    let lock = try InstanceLock(path: settings.lockFile)
    #expect(throws: StartFailure.self) { try reset.run { _ in } }
    try lock.release()
  }
}
