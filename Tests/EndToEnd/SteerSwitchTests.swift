import Foundation
import Testing

/// The real `wanctl-steer` switching a simulated router by hand, over TLS.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: DoctorRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct SteerSwitchTests {
  private static let rule = #"wan2: the rule "ADAPTIVE: Steer latency-sensitive to WAN2" is"#

  private struct Run {
    var status: Int32?
    var output: String
    var remarks: String
  }

  private func steer(_ router: DoctorRouter, _ arguments: String...) throws -> Run {
    let child = try ChildProcess(
      [Binaries.tool("wanctl-steer")] + arguments + ["--config", try router.steering()],
      folder: router.folder,
      environment: ["ROUTER_PASSWORD": DoctorRouter.password, "HOME": router.folder.path])
    let status = child.waitUntilExit(within: 60)
    #expect(!child.output.contains(DoctorRouter.password))
    return Run(status: status, output: child.output, remarks: child.remarks)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func state(_ router: DoctorRouter) throws -> String? {
    let file = router.folder.appending(path: "steering_state.json")
    guard let data = try? Data(contentsOf: file) else { return nil }
    return try object(String(decoding: data, as: UTF8.self))["current_state"] as? String
  }

  @Test func theRuleIsSwitchedConfirmedAndRemembered() throws {
    let router = try DoctorRouter()
    #expect(try router.isSteeringEnabled() == false)
    let on = try steer(router, "enable")
    #expect(on.status == 0, "\(on.remarks)")
    #expect(on.output == "\(Self.rule) on, confirmed by the router\n")
    #expect(try router.isSteeringEnabled() == true)
    #expect(try state(router) == "WAN1_DEGRADED")
    #expect(try steer(router, "enable", "--target", "wan2").output.hasSuffix("on, as it was\n"))

    // Nobody runs, but the rest is told.
    let shown = try steer(router, "status", "--live", "--json")
    #expect(shown.status == 2, "\(shown.remarks)")
    let status = try object(shown.output)
    #expect(status["enabled"] as? Bool == true && status["target"] as? String == "wan2")
    #expect((status["rules"] as? [[String: String]])?.map { $0["status"] } == ["on"])
    let transitions = try #require(status["transitions"] as? [[String: Any]])
    #expect(transitions.map { $0["reason"] as? String } == ["manual"])

    let off = try steer(router, "disable")
    #expect(off.output == "\(Self.rule) off, confirmed by the router\n")
    #expect(try router.isSteeringEnabled() == false)
    #expect(try state(router) == "WAN1_GOOD")
    let names = try FileManager.default.contentsOfDirectory(atPath: router.folder.path)
    #expect(!names.contains("steering.lock"), "the lock is given back")
  }

  /// A process that runs by the name of the original, and one that holds the lock.
  @Test func aDaemonThatRunsIsNotTalkedOver() throws {
    let router = try DoctorRouter()
    let lock = router.folder.appending(path: "steering.lock")
    try Data("\(getpid())\n".utf8).write(to: lock)
    let descriptor = open(lock.path, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let refused = try steer(router, "enable")
    #expect(refused.status == 1 && refused.output == "")
    #expect(
      refused.remarks
        == "wanctl-steer: \(lock.path) is held by process \(getpid()): it would switch the rule as it decides; stop it first, or use --force\n"
    )
    #expect(try router.isSteeringEnabled() == false)
    let forced = try steer(router, "enable", "--force")
    #expect(forced.status == 0 && forced.remarks.contains("it goes on deciding"))
    #expect(try router.isSteeringEnabled() == true)
    #expect(try state(router) == nil, "the state is the daemon's")
  }

  /// A service manager removes the folder of the lock with the daemon.
  @Test func theFolderOfTheLockIsMade() throws {
    let router = try DoctorRouter()
    let config = try router.steering()
    let text = try String(contentsOfFile: config, encoding: .utf8)
      .replacingOccurrences(of: "/steering.lock", with: "/run/steering.lock")
    let other = router.folder.appending(path: "other.yaml")
    try Data(text.utf8).write(to: other)
    let child = try ChildProcess(
      [Binaries.tool("wanctl-steer"), "enable", "--config", other.path], folder: router.folder,
      environment: ["ROUTER_PASSWORD": DoctorRouter.password, "HOME": router.folder.path])
    #expect(child.waitUntilExit(within: 60) == 0, "\(child.remarks)")
    #expect(try router.isSteeringEnabled() == true)
  }

  @Test func whatCannotBeSwitchedIsSaid() throws {
    let router = try DoctorRouter()
    #expect(try steer(router, "enable", "--target", "wan9").status == 2)
    try router.post("/world", #"{"rows":{"ip/firewall/mangle":{"*4":null}}}"#)
    let run = try steer(router, "enable")
    #expect(run.status == 1 && run.remarks.contains("the router has no rule with the comment"))
    #expect(try state(router) == nil)
    let status = try steer(router, "status", "--live")
    #expect(status.status == 2 && status.output.contains("wan2 missing"))
  }
}
