import Foundation
import Testing

/// The real `check --live` of both tools against RouterSim, asking about users of this host.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: DoctorRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct LiveCheckTests {
  struct Check: Decodable {
    struct Finding: Decodable { var id: String }
    var what: String
    var which: String
    var result: String
    var seen: String
    var findings: [Finding]
  }

  struct Report: Decodable {
    struct Live: Decodable { var passed: Bool }
    var live: Live
    var checks: [Check]

    /// The ids of all findings.
    var ids: [String] { checks.flatMap { $0.findings.map(\.id) } }
    func first(_ what: String) -> Check? { checks.first { $0.what == what } }
  }

  private let router: DoctorRouter
  private let me = NSUserName()

  init() throws {
    router = try DoctorRouter()
    try secrets("ROUTER_PASSWORD='\(DoctorRouter.password)'\n", mode: 0o600)
  }

  private var secretsFile: String { router.folder.path + "/secrets" }

  private func secrets(_ text: String, mode: Int) throws {
    try Data(text.utf8).write(to: URL(filePath: secretsFile))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: secretsFile)
  }

  private func run(
    _ tool: String = "wanctl-loop", config: String? = nil, user: String? = nil,
    _ arguments: [String] = [], json: Bool = true
  ) throws -> (status: Int32?, output: String, remarks: String) {
    let child = try ChildProcess(
      [Binaries.tool(tool), "check", "--live", "--secrets", secretsFile, "--user", user ?? me]
        + ["--config", try config ?? router.configuration(Self.quiet)] + arguments
        + (json ? ["--json"] : []),
      folder: router.folder, environment: ["HOME": router.folder.path])
    let status = child.waitUntilExit(within: 60)
    #expect(!(child.output + child.remarks).contains(DoctorRouter.password))
    return (status, child.output, child.remarks)
  }

  /// The last line of the output.
  private func report(_ output: String) throws -> Report {
    let line = try #require(output.split(separator: "\n").last, "nothing was printed")
    return try JSONDecoder().decode(Report.self, from: Data(line.utf8))
  }

  /// Ports and database of the test's own.
  private static let quiet = DoctorRouter.Config(
    extra: "health_check: {enabled: false}\nstorage: {db_path: null}")

  @Test func aSoundDeploymentPasses() throws {
    let result = try run()
    #expect(result.status == 0, "\(result.output) \(result.remarks)")
    let report = try report(result.output)
    #expect(report.live.passed && report.ids == [], "\(report.ids)")
    let topics = Set(report.checks.map(\.what))
    #expect(
      topics == [
        "configuration", "account", "secrets", "file", "state", "router", "trust", "queue",
        "router-health",
      ])
    #expect(report.checks.filter { $0.what == "queue" }.count == 2)
  }

  @Test func theTableIsForPeople() throws {
    let result = try run(json: false)
    #expect(result.status == 0, "\(result.remarks)")
    #expect(result.output.contains("\nRESULT  WHAT "))
    #expect(result.output.contains("\nok      queue          WAN-Download-1 "))
  }

  @Test func theServiceUserIsAskedAboutAndNotWhoAsks() throws {
    // What the tests made in their own folder is not for nobody.
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: router.folder.path)
    let result = try run(user: "nobody")
    #expect(result.status == 78)
    let report = try report(result.output)
    #expect(report.ids.contains("folder-not-writable") && !report.live.passed)
    let unknown = try run(user: "no-such-user-here")
    #expect(unknown.status == 78)
    #expect(try self.report(unknown.output).ids.contains("account-missing"))
  }

  @Test func secretsAreLookedAt() throws {
    try secrets("# nothing\n", mode: 0o600)
    var result = try run()
    #expect(result.status == 78)
    #expect(try report(result.output).ids.contains("secret-missing"))
    try secrets("ROUTER_PASSWORD=\(DoctorRouter.password)\n", mode: 0o644)
    result = try run()
    #expect(result.status == 78)
    #expect(try report(result.output).ids == ["secret-exposed"])
  }

  @Test func aRouterThatIsAwayIsAnErrorAndTheRestIsStillTold() throws {
    try router.post("/fault", #"{"fault":"T1"}"#)
    let result = try run()
    #expect(result.status == 78)
    let report = try report(result.output)
    #expect(report.ids == ["router-unreachable"])
    #expect(report.first("queue")?.result == "skipped")
    #expect(report.checks.contains { $0.what == "file" && $0.result == "ok" })
  }

  @Test func aDamagedStateIsAWarningOnly() throws {
    try Data("{".utf8).write(to: router.folder.appending(path: "wan1_state.json"))
    let result = try run()
    #expect(result.status == 0)
    #expect(try report(result.output).ids == ["state-damaged"])
  }

  @Test func aConfigurationThatCannotBeRunEndsWith78() throws {
    let result = try run(config: "/nonexistent.yaml")
    #expect(result.status == 78)
    #expect(try report(result.output).first("configuration")?.result == "error")
  }

  @Test func steeringAndItsLoopAreHeldTogether() throws {
    let steering = try router.steering()
    // The loop's state is what steering takes its baseline from.
    let state = router.folder.appending(path: "wan1_state.json")
    try Data(#"{"ewma":{"baseline_rtt":24.5}}"#.utf8).write(to: state)
    let text =
      try String(contentsOfFile: steering, encoding: .utf8)
      + "\nhealth_check: {enabled: false}\nstorage: {db_path: null}\n"
    try Data(text.utf8).write(to: URL(filePath: steering))
    var result = try run("wanctl-steer", config: steering)
    #expect(result.status == 0, "\(result.output) \(result.remarks)")
    var report = try report(result.output)
    #expect(report.ids == [] && report.first("agreement")?.result == "ok", "\(report.ids)")
    #expect(report.first("rule")?.seen == "there, switched off")
    // An old state means a loop that does not run; another path means none at all.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -600)], ofItemAtPath: state.path)
    result = try run(["--steer", steering])
    #expect(result.status == 0)
    report = try self.report(result.output)
    #expect(report.ids.contains("state-stale"))
    let other = text.replacingOccurrences(of: "wan1_state.json", with: "other_state.json")
    try Data(other.utf8).write(to: URL(filePath: steering))
    result = try run("wanctl-steer", config: steering)
    report = try self.report(result.output)
    #expect(Set(report.ids) == ["steering-disagrees", "file-missing"])
  }
}

extension LiveCheckTests {
  private func run(_ arguments: [String]) throws -> (
    status: Int32?, output: String, remarks: String
  ) {
    try run("wanctl-loop", config: nil, user: nil, arguments)
  }
}
