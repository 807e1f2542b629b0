import Foundation
import HTTPClient
import Model
import Terminal
import Testing

@testable import Diagnose

@Suite struct ReportTests {
  private static var broken: RouterFacts {
    var facts = RouterFacts.clean()
    facts.changeQueue(downName) { $0.isDisabled = true }
    facts.steering?.user = "wanctl-rate"
    facts.clock = .failed(failure(.rejected, "the router refuses this (HTTP 400: no such command)"))
    return facts
  }

  @Test func aCleanRouterIsALineAndAWord() {
    let text = DiagnosisReport([.clean()]).text(width: 80, palette: Palette(isColored: false))
    #expect(
      text == """
        192.168.88.1 (MikroTik, RB5009UG+S+, RouterOS 7.23.7 (long-term), up for 6 days)

        Nothing found.

        """)
  }

  @Test func findingsReadLikeThis() {
    let text = DiagnosisReport([Self.broken]).text(width: 72, palette: Palette(isColored: false))
    #expect(
      text == """
        192.168.88.1 (MikroTik, RB5009UG+S+, RouterOS 7.23.7 (long-term), up for 6 days)

        error: WAN-Download-1 (wan1): the queue is switched off [queue-disabled]
          disabled  yes
          Packets pass it unshaped, whatever limit is set.
          on the router:
            /queue/tree/enable [find name="WAN-Download-1"]

        warning: 192.168.88.1: two daemons share one router user [user-shared]
          router.user  wanctl-rate
          in           wan1.yaml
          in           steering.yaml
          RouterOS works on the requests of one user one after the other: one
          that hangs holds up the other daemon for up to a minute.
          on the router:
            /user/add name=wanctl-steer group=[/user/get [find name="wanctl-rate"] group] password=PASSWORD
          in steering.yaml:
            router:
              user: wanctl-steer

        note: 192.168.88.1: the router did not let something be read [read-refused]
          /system/clock  the router refuses this (HTTP 400: no such command)
          What was not read could not be checked.

        1 error, 1 warning, 1 note

        """)
  }

  @Test func sentencesAreBrokenAtTheWidthAndCommandsNever() {
    for width in [1, 40, 57, 100] {
      let text = DiagnosisReport([Self.broken]).text(
        width: width, palette: Palette(isColored: false))
      for line in text.split(separator: "\n")
      where !line.hasPrefix("    ") && line.hasPrefix("  ") {
        #expect(line.count <= max(width, 40), "\(line)")
      }
      #expect(text.contains("group=[/user/get [find name=\"wanctl-rate\"] group] password="))
    }
  }

  @Test func coloursOnlyWhereTheyAreWanted() {
    let report = DiagnosisReport([Self.broken])
    let plain = report.text(width: 80, palette: Palette(isColored: false))
    let colored = report.text(width: 80, palette: Palette(isColored: true))
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.contains("\u{1B}[1;31merror:\u{1B}[0m"))
    #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test func nothingFromTheRouterSteersTheTerminal() {
    var facts = RouterFacts.clean()
    facts.identity = "evil\u{1B}[2J\n"
    facts.changeQueue(downName) {
      $0.parent = "eth\u{1B}]0;x\u{7}"
      $0.isInvalid = true
    }
    let text = DiagnosisReport([facts]).text(width: 80, palette: Palette(isColored: false))
    #expect(!text.unicodeScalars.contains("\u{1B}") && !text.unicodeScalars.contains("\u{7}"))
  }

  @Test func theJSONHasTheKeysOfTheManual() throws {
    let report = DiagnosisReport([Self.broken])
    let root = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(Set(root.keys) == ["clean", "errors", "warnings", "notes", "routers", "findings"])
    #expect(root["clean"] as? Bool == false && root["errors"] as? Int == 1)
    let router = try #require((root["routers"] as? [[String: Any]])?.first)
    #expect(
      Set(router.keys) == [
        "host", "identity", "board", "version", "uptime_s", "cpu_load_percent", "flash_sectors",
        "flash_sectors_per_hour", "flash_sectors_per_hour_since_boot", "flash_sectors_per_year",
        "clock_offset_s", "sampled_s",
      ])
    let findings = try #require(root["findings"] as? [[String: Any]])
    #expect(
      findings.map { $0["id"] as? String } == ["queue-disabled", "user-shared", "read-refused"])
    #expect(
      Set(findings[0].keys) == [
        "id", "severity", "router", "wan", "queue", "title", "facts", "reason", "mending",
      ])
    let mending = try #require(findings[1]["mending"] as? [[String: String]])
    #expect(mending.map { $0["where"] } == ["router", "configuration"])
    #expect(mending[1]["file"] == "steering.yaml")
  }

  /// Whatever goes wrong together, the report can be printed and its JSON be read.
  @Test func everythingWrongAtOnceIsReported() throws {
    for test in CheckTests.connection + CheckTests.queues + CheckTests.router
      + CheckTests.steering
    {
      var facts = Self.broken
      test.breaking(&facts)
      let report = DiagnosisReport([facts, .clean()])
      #expect(!report.isClean || test.severity == .note)
      let root = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
      #expect((root?["findings"] as? [Any])?.count == report.findings.count)
      #expect(!report.text(width: 80, palette: Palette(isColored: true)).isEmpty)
    }
  }

  @Test func notesAloneAreClean() {
    var facts = RouterFacts.clean()
    facts.clock = .failed(failure(.rejected))
    let report = DiagnosisReport([facts])
    #expect(report.isClean && report.findings.count == 1)
  }
}
