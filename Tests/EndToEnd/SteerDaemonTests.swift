import Foundation
import Testing

/// The real steering daemon against a simulated router: what it does to the rule, and what it makes
/// of a crash, of a router that is away, and of signals.
@Suite struct SteerDaemonTests {
  @Test func congestionSwitchesTheRuleOnAndRecoveryOff() throws {
    let bench = try SteeredRouter([
      "mangle_rule":
        #"{comment: "ADAPTIVE: Steer latency-sensitive to WAN2", flush_connections: [3478]}"#
    ])
    let daemon = try bench.start("run")
    #expect(eventually(within: 30) { daemon.remarks.contains("] wanctl-steer 0.1.0 runs") })
    #expect(eventually(within: 30) { daemon.remarks.contains("WAN2' is off") }, "\(daemon.remarks)")
    #expect(try !bench.isRuleOn())
    try bench.baseline(SteeredRouter.congested)
    #expect(eventually(within: 30) { daemon.remarks.contains("transition: WAN1_DEGRADED") })
    #expect(try bench.isRuleOn(), "\(daemon.remarks)")
    #expect(eventually(within: 30) { daemon.remarks.contains("1 connections were removed") })
    #expect(eventually(within: 30) { bench.savedState == "WAN1_DEGRADED" })
    try bench.baseline(SteeredRouter.calm)
    #expect(eventually(within: 30) { daemon.remarks.contains("transition: WAN1_GOOD") })
    #expect(try !bench.isRuleOn())
    daemon.terminate()
    #expect(daemon.waitUntilExit(within: 20) == 0, "\(daemon.remarks)")
    #expect(bench.savedState == "WAN1_GOOD")
    #expect(daemon.remarks.contains("stopped by SIGTERM"))
    #expect(!daemon.remarks.contains(SimulatedRouter.password))
    let lock = bench.folder.path + "/run/steering.lock"
    #expect(!FileManager.default.fileExists(atPath: lock))
  }

  /// The answer to the command is held back, so that the daemon cannot have saved what it did.
  @Test func aKillBetweenCommandAndSaveIsMendedAtTheNextStart() throws {
    let bench = try SteeredRouter()
    try bench.baseline(SteeredRouter.congested)
    try bench.router.fault(
      #"{"fault":"T2","match":{"method":"PATCH","path":"ip/firewall/mangle"},"args":{"applied":true}}"#
    )
    let first = try bench.start("run")
    #expect(try eventually(within: 30) { try bench.isRuleOn() }, "\(first.remarks)")
    first.send(SIGKILL)
    #expect(first.waitUntilExit(within: 20) == SIGKILL)
    #expect(bench.savedState != "WAN1_DEGRADED")
    try bench.router.fault(#"{"fault":"T8","match":{"path":"nothing"}}"#)
    try bench.baseline(SteeredRouter.calm)

    let second = try bench.start("run")
    #expect(
      eventually(within: 30) { second.remarks.contains("reconciled: on the router the rule") },
      "\(second.remarks)")
    #expect(eventually(within: 30) { second.remarks.contains("transition: WAN1_GOOD") })
    #expect(try !bench.isRuleOn(), "it recovers as usual")
    second.terminate()
    #expect(second.waitUntilExit(within: 20) == 0)
  }

  @Test func aRuleThatIsOffAgainstTheStateIsFollowed() throws {
    let bench = try SteeredRouter()
    try bench.baseline(SteeredRouter.congested)
    let first = try bench.start("run")
    #expect(eventually(within: 30) { bench.savedState == "WAN1_DEGRADED" }, "\(first.remarks)")
    first.send(SIGKILL)
    #expect(first.waitUntilExit(within: 20) == SIGKILL)
    try bench.setRule(isOn: false)
    try bench.baseline(SteeredRouter.calm)
    let second = try bench.start("run")
    #expect(
      eventually(within: 30) {
        second.remarks.contains("reconciled: on the router the rule is off")
      },
      "\(second.remarks)")
    #expect(eventually(within: 30) { bench.savedState == "WAN1_GOOD" })
    second.terminate()
    #expect(second.waitUntilExit(within: 20) == 0)
  }

  /// The command is done, the answer is lost, and then the router is away for a while.
  @Test func aRouterThatGoesAwayInTheMiddleOfASwitchIsReadAfterwards() throws {
    let bench = try SteeredRouter()
    let daemon = try bench.start("run")
    #expect(eventually(within: 30) { daemon.remarks.contains("WAN2' is off") }, "\(daemon.remarks)")
    try bench.router.fault(
      #"{"fault":"T3","match":{"method":"PATCH","path":"ip/firewall/mangle"},"count":0,"args":{"applied":true}}"#
    )
    try bench.baseline(SteeredRouter.congested)
    #expect(eventually(within: 30) { daemon.remarks.contains("DEGRADED detected") })
    try bench.router.fault(#"{"fault":"T1","args":{"service":"www","ms":2500}}"#)
    #expect(
      eventually(within: 40) { bench.savedState == "WAN1_DEGRADED" }, "\(daemon.remarks)")
    #expect(eventually(within: 40) { bench.router.isListening }, "its port is open again")
    #expect(try bench.isRuleOn())
    try bench.baseline(SteeredRouter.calm)
    #expect(eventually(within: 30) { daemon.remarks.contains("transition: WAN1_GOOD") })
    #expect(try !bench.isRuleOn())
    daemon.terminate()
    #expect(daemon.waitUntilExit(within: 20) == 0)
  }

  @Test func signalsReloadAndStopIt() throws {
    let bench = try SteeredRouter()
    let daemon = try bench.start("run", "--debug")
    #expect(eventually(within: 30) { daemon.remarks.contains("[WAN1_GOOD] rtt=") })
    let second = try bench.start("run")
    #expect(second.waitUntilExit(within: 30) == 1)
    #expect(second.remarks.contains("steering.lock is held"), "\(second.remarks)")
    let reset = try bench.start("--reset")
    #expect(reset.waitUntilExit(within: 30) == 1)
    #expect(reset.remarks.contains("stop it before a reset"), "\(reset.remarks)")

    try bench.configure([
      "measurement": "{interval_seconds: 0.1, ping_host: 127.0.0.1, ping_count: 3}"
    ])
    daemon.send(SIGHUP)
    #expect(eventually(within: 30) { daemon.remarks.contains("ping_count: 1 -> 3") })
    try bench.configure(["measurement": "{interval_seconds: 0, ping_host: 127.0.0.1}"])
    daemon.send(SIGHUP)
    #expect(eventually(within: 30) { daemon.remarks.contains("the configuration stays as it was") })
    #expect(try bench.start("run").waitUntilExit(within: 30) == 78)
    daemon.send(SIGINT)
    #expect(daemon.waitUntilExit(within: 20) == 0, "\(daemon.remarks)")
  }

  @Test func resetBeginsAnew() throws {
    let bench = try SteeredRouter()
    try FileManager.default.createDirectory(
      at: bench.stateFile.deletingLastPathComponent(), withIntermediateDirectories: true)
    try #"{"current_state":"WAN1_DEGRADED","good_count":7}"#.write(
      to: bench.stateFile, atomically: true, encoding: .utf8)
    try bench.setRule(isOn: true)
    let reset = try bench.start("--reset")
    #expect(reset.waitUntilExit(within: 30) == 0, "\(reset.remarks)")
    #expect(bench.savedState == "WAN1_GOOD")
    #expect(try !bench.isRuleOn())

    try bench.setRule(isOn: true)
    try bench.router.fault(#"{"fault":"A2","match":{"method":"PATCH"},"count":0}"#)
    let refused = try bench.start("--reset")
    #expect(refused.waitUntilExit(within: 30) == 1, "\(refused.remarks)")
    #expect(refused.remarks.contains("disable the rule 'ADAPTIVE"), "\(refused.remarks)")
    #expect(try bench.isRuleOn())
  }
}
