import Foundation
import Terminal
import TestSupport
import Testing

@testable import Diagnose

/// `check --migrate` on trees as the original's installer makes them.
@Suite struct MigrationTests {
  private func report(_ tree: OriginalTree) throws -> MigrationReport {
    try #require(Migration(root: tree.root, environment: [:]).report())
  }

  /// The lines about a file, as `verdict: text`.
  private func lines(_ report: MigrationReport, _ subject: String) -> [String] {
    report.lines.filter { $0.subject == subject }.map { "\($0.verdict.rawValue): \($0.text)" }
  }

  private func has(
    _ report: MigrationReport, _ verdict: MigrationLine.Verdict, _ subject: String, _ words: String
  ) -> Bool {
    report.lines.contains {
      $0.verdict == verdict && $0.subject == subject && $0.text.contains(words)
    }
  }

  private let config = "/etc/wanctl/wan1.yaml"

  @Test func theInstallersTreeNeedsOnlyItsUnitRemoved() throws {
    let report = try report(OriginalTree())
    #expect(
      report.lines.filter { $0.verdict == .change }.map(\.subject)
        == ["/etc/systemd/system/wanctl@.service"], "\(report.lines)")
    #expect(has(report, .same, config, "is valid: queues WAN-Download-Wan1"))
    #expect(has(report, .same, config, "alpha_baseline"))
    #expect(
      has(report, .same, config, "state_file has no effect: the state is kept in /run/wanctl"))
    #expect(has(report, .same, "/run/wanctl/wan1_state.json", "baseline 24.0 ms"))
    #expect(has(report, .differs, config, "asked, not 10.10.110.1"))
    #expect(has(report, .differs, config, "90 days, not 7"))
    #expect(has(report, .same, "/etc/wanctl/ssh/router.key", "the key for SSH"))
    #expect(has(report, .same, "/var/lib/wanctl/metrics.db", "same table"))
    #expect(has(report, .same, "/etc/wanctl/secrets", "environment of the services"))
    #expect(has(report, .differs, "/opt/wanctl", "(version 1.4.0)"))
    #expect(
      has(
        report, .same, "/etc/systemd/system/multi-user.target.wants/wanctl@wan1.service",
        "under the same name"))
    #expect(!report.lines.contains { $0.text.contains("hunter2") })
    #expect(!report.isReady)
  }

  @Test func withoutTheUnitNothingIsLeftToDo() throws {
    let tree = try OriginalTree()
    try tree.remove("etc/systemd/system/wanctl@.service")
    #expect(try report(tree).isReady)
  }

  @Test func aFreshInstallationHasNoState() throws {
    let report = try report(OriginalTree(hasRun: false))
    #expect(has(report, .same, "/run/wanctl/wan1_state.json", "is not there"))
    #expect(lines(report, "/var/lib/wanctl/metrics.db").isEmpty)
  }

  @Test func steeringLooksForTheBaselineWhereTheLoopNeverWrites() throws {
    let tree = try OriginalTree()
    try tree.addSteering()
    let report = try report(tree)
    let path = "/etc/wanctl/steering.yaml"
    #expect(has(report, .same, path, "is valid: wan1, rule \"ADAPTIVE: Steer"))
    #expect(has(report, .change, path, "is not where the loop"))
    #expect(has(report, .change, path, "write primary: /run/wanctl/wan1_state.json"))
    #expect(has(report, .differs, path, "transport: ssh is obeyed"))
    #expect(has(report, .differs, path, "RED needs no drops"))
    #expect(has(report, .change, "/etc/systemd/system/steering.service", "starts the original"))
    // With the path it fits.
    try tree.write(
      OriginalTree.steering
        + "cake_state_sources: {primary: /run/wanctl/wan1_state.json}\n",
      to: "etc/wanctl/steering.yaml")
    #expect(!has(try self.report(tree), .change, path, ""))
  }

  @Test func theOldNameOfSteeringIsKnown() throws {
    let tree = try OriginalTree()
    try tree.addSteering(as: "steering_config.yaml")
    let old = try #require(
      try report(tree).lines.first { $0.text.contains("name of old versions") })
    #expect(old.verdict == .change && old.subject == "/etc/wanctl/steering_config.yaml")
    #expect(
      old.mending == [
        .host("mv /etc/wanctl/steering_config.yaml /etc/wanctl/steering.yaml")
      ])
    try tree.addSteering()
    #expect(has(try report(tree), .differs, "/etc/wanctl/steering_config.yaml", "is not read"))
  }

  @Test func whatTheWizardWroteForSteeringNeverRan() throws {
    let tree = try OriginalTree()
    try tree.addSteering(OriginalTree.wizardSteering)
    #expect(
      has(try report(tree), .change, "/etc/wanctl/steering.yaml", "the original's daemon never"))
  }

  @Test(arguments: [
    ("  verify_ssl: false\n", "", "change", "router.verify_ssl is not set"),
    ("  transport: rest\n", "  transport: ssh\n", "differs", "transport: ssh is obeyed"),
    ("  transport: rest\n", "  port: 8080\n", "change", "spoke plain HTTP on every port"),
    ("baseline_rtt_initial: 24", "baseline_rtt_initial: 8", "differs", "never let a baseline of 8"),
    ("baseline_rtt_initial: 24", "baseline_rtt_initial: 80", "differs", "baseline of 80 ms"),
    ("floor_red_mbps: 100", "floor_red_mbps: 600", "change", "is not valid here: line 20"),
    ("user: admin", "user: CHANGE_ME", "change", "CHANGE_ME"),
    ("use_median_of_three: true\n", "use_median_of_three: false\n", "differs", "asked the first"),
    ("${ROUTER_PASSWORD}", "${OTHER_PASSWORD}", "change", "OTHER_PASSWORD"),
  ])
  func whatStandsInAFileIsToldOfThatFile(
    old: String, new: String, verdict: String, words: String
  ) throws {
    let tree = try OriginalTree()
    #expect(OriginalTree.loop.contains(old))
    try tree.write(
      OriginalTree.loop.replacingOccurrences(of: old, with: new), to: "etc/wanctl/wan1.yaml")
    let report = try report(tree)
    #expect(
      lines(report, config).contains { $0.hasPrefix(verdict + ":") && $0.contains(words) },
      "\(lines(report, config))")
  }

  @Test func damageIsSaid() throws {
    let tree = try OriginalTree()
    try tree.write("{", to: "run/wanctl/wan1_state.json")
    try tree.write("no database", to: "var/lib/wanctl/metrics.db")
    try tree.write("ROUTER_PASSWORD=hunter2\n", to: "etc/wanctl/secrets", mode: 0o644)
    try tree.remove("etc/wanctl/ssh/router.key")
    let report = try report(tree)
    #expect(has(report, .differs, "/run/wanctl/wan1_state.json", "cannot be used"))
    #expect(has(report, .change, "/var/lib/wanctl/metrics.db", "is no SQLite database"))
    #expect(has(report, .change, "/etc/wanctl/secrets", "can be read by everybody"))
    #expect(has(report, .differs, "/etc/wanctl/ssh/router.key", "is not there"))
  }

  @Test func unitsOfOldVersionsAndAdditionsToThemAreFound() throws {
    let tree = try OriginalTree()
    try tree.write("[Timer]\n", to: "etc/systemd/system/wanctl@.timer")
    try FileManager.default.createDirectory(
      atPath: tree.folder.file("etc/systemd/system/wanctl@.service.d"),
      withIntermediateDirectories: true)
    try tree.write("[Service]\n", to: "etc/systemd/system/wanctl@.service.d/override.conf")
    let report = try report(tree)
    #expect(has(report, .change, "/etc/systemd/system/wanctl@.timer", "by a timer"))
    #expect(has(report, .change, "/etc/systemd/system/wanctl@.service.d", "override.conf"))
  }

  @Test func configurationsWithTheOldNameAreToBeRenamed() throws {
    let tree = try OriginalTree()
    try tree.write(OriginalTree.loop, to: "etc/wanctl/wan1_config.yaml")
    #expect(has(try report(tree), .change, "/etc/wanctl/wan1_config.yaml", "/etc/wanctl/wan1.yaml"))
  }

  @Test func aFolderWithoutAnInstallationGivesNoReport() {
    #expect(Migration(root: "/nonexistent", environment: [:]).report() == nil)
  }

  @Test func theReportIsForPeopleAndPrograms() throws {
    let report = try report(OriginalTree())
    let text = report.text(width: 80, palette: Palette(isColored: false))
    #expect(text.hasPrefix("/etc/wanctl/wan1.yaml\n  same     is valid: queues"))
    #expect(text.contains("\n             systemctl daemon-reload\n"))
    #expect(text.contains("1 change\nWhat is marked change has to be done before."))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(object["ready"] as? Bool == false)
    #expect((object["lines"] as? [[String: Any]])?.count == report.lines.count)
  }
}
