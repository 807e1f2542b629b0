import Foundation
import Model
import Testing

@testable import Config

@Suite struct ReportTests {
  @Test func validationOfAValidFile() {
    #expect(
      ValidationReport.text(load(validText)) == """
        Configuration valid: wan1.yaml
          WAN: wan1
          Transport: rest
          Router: 192.168.55.1:wanctl
          Download: 200M - 940M
            Floors: GREEN=550M, YELLOW=350M, SOFT_RED=275M, RED=200M
          Upload: 8M - 38M
            Floors: GREEN=20M, YELLOW=15M, RED=8M
          Thresholds: GREEN<=15ms, SOFT_RED<=45.0ms, RED>80ms
          Ping hosts: ['1.1.1.1', '8.8.8.8', '9.9.9.9']
          Queue names: WAN-Download-1, WAN-Upload-1

        """)
  }

  @Test func validationOfInvalidFiles() {
    #expect(
      ValidationReport.text(load(edited("lock_timeout: 300", "lock_timeout: 0"))) == """
        Configuration INVALID: wan1.yaml
          Error: wan1.yaml:40:15: lock_timeout 0 is below 1; it must be a whole number from 1 to 3600 s

        """)
    let two = ValidationReport.text(load("wan_name: a b\n"))
    #expect(
      two.hasPrefix("Configuration INVALID: wan1.yaml\n  Error: Config validation failed with"))
    #expect(two.contains("\n  - wan1.yaml:1:11: wan_name \"a b\""))
  }

  @Test func textOfAValidFile() {
    #expect(
      CheckReport.text(load(validText + "\nturbo: 1")) == """
        wan1.yaml: valid (1 warning)
          wan1.yaml:41:1: warning: unknown key "turbo" has no effect

          WAN         wan1
          router      wanctl@192.168.55.1 by REST over TLS on port 443, certificate verified; no fallback
          download    WAN-Download-1: 200 to 940 Mbit/s, +10 per cycle after 5 GREEN, x0.85 in RED, x0.96 in YELLOW
                      floors: GREEN 550, YELLOW 350, SOFT_RED 275, RED 200
          upload      WAN-Upload-1: 8.2 to 38 Mbit/s, +1 per cycle after 5 GREEN, x0.9 in RED, x0.94 in YELLOW
                      floor 8.2 Mbit/s in every zone
          thresholds  GREEN to 15 ms above the baseline, YELLOW to 45.0 ms, download SOFT_RED to 80 ms
          smoothing   smoothed RTT over 0.5 s, baseline over 60 s
          baseline    24 ms at first, between 10 and 60 ms, learned anew after 600 s frozen and idle
          reflectors  1.1.1.1, 8.8.8.8, 9.9.9.9; median of three, lost after 1 s
          fallback    gateway (the host's own), TCP 1.1.1.1 port 443, TCP 8.8.8.8 port 443; graceful_degradation
          history     /var/lib/wanctl/metrics.db, 90 days
          health      http://127.0.0.1:9101
          metrics     off
          state       /run/wanctl/wan1_state.json
          lock        /run/wanctl/wan1.lock
          logs        /var/log/wanctl/wan1.log, /var/log/wanctl/wan1_debug.log
          on exit     rates stay

        """)
  }

  @Test func textOfOtherFiles() {
    #expect(
      CheckReport.text(load("a: [")) == """
        wan1.yaml: invalid (1 error)
          wan1.yaml:1:5: not valid YAML: did not find expected node content (while parsing a flow node)

        """)
    #expect(
      CheckReport.text(load(edited("WAN-Upload-1", "CHANGE_ME")))
        .hasPrefix("wan1.yaml: valid, but run will not start (1 warning)\n"))
    let ssh = CheckReport.text(
      load(
        edited("  ssh_key: \"\"", "  ssh_key: /k\n  transport: ssh\n  port: 80")
          .replacing("1.1.1.1, 8.8.8.8, 9.9.9.9]", with: "1.1.1.1]")
            + """

            health_check: {host: "::1", token: "${HOST}"}
            storage: {db_path: null}
            """))
    #expect(
      ssh.contains("by SSH with /k; fallback REST unencrypted on port 80"), "\(ssh)")
    #expect(ssh.contains("health      http://[::1]:9101, with a token"))
    #expect(ssh.contains("history     off"))
    let others = CheckReport.text(
      load(
        edited(
          "enabled: true",
          """
          enabled: true
            on_exit: ceiling
            use_median_of_three: no
            probe: {source: 192.0.2.1, interface: eth0, mark: 5}
            fallback_checks: {check_tcp: no, check_gateway: no, fallback_mode: other}
          """
        ).replacing("  use_median_of_three: true\n", with: "")
          .replacing(
            "hard_red_bloat_ms: 80", with: "hard_red_bloat_ms: 80\n    baseline_relearn_sec: 0"
          )
          .replacing(
            "user: wanctl", with: "user: wanctl\n  verify_ssl: no\n  ssh_password: ${HOST}")))
    #expect(others.contains("certificate NOT verified; fallback SSH\n"), "\(others)")
    #expect(others.contains("first answer, lost after 1 s, from 192.0.2.1, by eth0, mark 5"))
    #expect(others.contains("nothing is probed; unknown mode: every lost cycle fails"))
    #expect(others.contains("never learned anew"))
    #expect(others.contains("on exit     rates go to their ceilings"))
    let none = CheckReport.text(
      load(edited("enabled: true", "enabled: true\n  fallback_checks: {enabled: no}")))
    #expect(none.contains("fallback    none"))
    let pinned = CheckReport.text(
      load(
        edited(
          "user: wanctl",
          "user: wanctl\n  pin_sha256: sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")))
    #expect(pinned.contains("certificate verified and key pinned"))
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func jsonOfAValidFile() throws {
    let text = CheckReport.json(load(edited("wan_name: wan1", "wan_name: wan1\nturbo: 1")))
    #expect(text.hasPrefix("{\"valid\":true,\"findings\":[{\"severity\":\"warning\",\"file\":"))
    let json = try object(text)
    #expect(json["runnable"] as? Bool == true)
    #expect((json["digest"] as? String)?.count == 16)
    #expect(json["files"] as? [String] == ["wan1.yaml"])
    let finding = try #require((json["findings"] as? [[String: Any]])?.first)
    #expect(finding["line"] as? Int == 2)
    #expect(finding["column"] as? Int == 1)
    #expect(finding["key"] as? String == "turbo")
    #expect(finding["value"] is NSNull)
    #expect(finding["reason"] as? String == "unknown_key")
    // The key structure of the file; the numbers as the file has them.
    #expect(
      text.contains(
        "\"download\":{\"ceiling_mbps\":940,\"floor_green_mbps\":550,\"floor_yellow_mbps\":350,"
          + "\"floor_soft_red_mbps\":275,\"floor_red_mbps\":200,\"step_up_mbps\":10,"
          + "\"factor_down\":0.85,\"factor_down_yellow\":0.96,\"green_required\":5}"))
    #expect(text.contains("\"warn_bloat_ms\":45.0"))
    #expect(text.contains("\"baseline_rtt_bounds\":{\"min\":10.0,\"max\":60.0}"))
    #expect(text.contains("\"password\":\"(hidden)\",\"ssh_password\":\"\""))
    #expect(text.contains("\"tcp_targets\":[[\"1.1.1.1\",443],[\"8.8.8.8\",443]]"))
    let effective = try #require(json["effective"] as? [String: Any])
    #expect((effective["queues"] as? [String: String])?["upload"] == "WAN-Upload-1")
  }

  @Test func jsonOfAnInvalidFile() throws {
    let json = try object(CheckReport.json(load(edited("lock_timeout: 300", "lock_timeout: 0"))))
    #expect(json["valid"] as? Bool == false)
    #expect(json["runnable"] as? Bool == false)
    #expect(json["effective"] is NSNull)
    #expect(json["digest"] is NSNull)
    let finding = try #require((json["findings"] as? [[String: Any]])?.first)
    #expect(finding["severity"] as? String == "error")
    #expect(finding["value"] as? String == "0")
    #expect(finding["remedy"] as? String == "it must be a whole number from 1 to 3600 s")
    let unreadable = try object(
      CheckReport.json(ConfigFile.load(path: "/nowhere/x.yaml", environment: [:])))
    let missing = try #require((unreadable["findings"] as? [[String: Any]])?.first)
    #expect(missing["line"] is NSNull)
  }

  @Test func legacyFormsBecomeNewOnesInTheEffectiveConfiguration() throws {
    let result = load(
      edited("load_time_constant_sec: 0.5", "alpha_load: 0.2")
        .replacing("    floor_green_mbps: 20\n    floor_yellow_mbps: 15\n", with: "")
        .replacing("floor_red_mbps: 8.2", with: "floor_mbps: 8.2"))
    let effective = try #require(result.effective)
    let thresholds = "continuous_monitoring.thresholds."
    #expect(effective[thresholds + "load_time_constant_sec"] == .number(0.25))
    #expect(effective[thresholds + "alpha_load"] == .number(0.2))
    for zone in ["green", "yellow", "red"] {
      #expect(effective["continuous_monitoring.upload.floor_\(zone)_mbps"] == .number(8.2))
    }
    #expect(effective["continuous_monitoring.upload.floor_mbps"] == nil)
    #expect(effective["state_file"] == nil)
    #expect(effective["nothing.like.it"] == nil)
  }

  @Test func theDigestTellsConfigurationsApart() throws {
    let digest = try #require(load(validText).effective?.digest)
    #expect(digest == load("# comment\n" + validText).effective?.digest)
    #expect(digest == load(validText, environment: ["ROUTER_PASSWORD": "x"]).effective?.digest)
    #expect(digest != load(edited("940", "941")).effective?.digest)
    #expect(digest.utf8.count == 16)
    #expect(digest.allSatisfy { $0.isHexDigit })
  }

  @Test func changesAreNamedKeyByKey() throws {
    let old = try #require(load(validText).effective)
    let text = edited("ceiling_mbps: 940", "ceiling_mbps: 800")
      .replacing("[1.1.1.1, 8.8.8.8, 9.9.9.9]", with: "[1.1.1.1, 8.8.8.8, 1.0.0.1]")
    let new = try #require(load(text, environment: ["ROUTER_PASSWORD": "other"]).effective)
    #expect(new.changes(since: new).isEmpty)
    #expect(
      new.changes(since: old) == [
        "router.password: changed",
        "continuous_monitoring.download.ceiling_mbps: 940 -> 800",
        "continuous_monitoring.ping_hosts: [1.1.1.1, 8.8.8.8, 9.9.9.9] -> "
          + "[1.1.1.1, 8.8.8.8, 1.0.0.1]",
      ])
    let token = try #require(
      load(edited("user: wanctl", "user: wanctl\n  ca_file: /x")).effective)
    #expect(token.changes(since: old) == ["router.ca_file: none -> /x"])
    #expect(old.changes(since: token) == ["router.ca_file: /x -> none"])
  }

  @Test func pathsThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    let text =
      validText.replacing("/var/log/wanctl/", with: folder.path + "/")
      .replacing("/run/wanctl/wan1.lock", with: "wan1.lock")
      .replacing("ssh_key: \"\"", with: "ssh_key: \(folder.path)/key\n  ca_file: \(folder.path)")
      + "\nstorage: {db_path: \(folder.path)/none/metrics.db}\n"
    let result = load(text)
    #expect(result.diagnostics.isEmpty)
    let checked = result.checkingPaths()
    #expect(
      checked.diagnostics.map(\.description) == [
        "wan1.yaml:5:12: warning: router.ssh_key: \"\(folder.path)/key\": "
          + "No such file or directory",
        "wan1.yaml:42:20: warning: storage.db_path: folder \"\(folder.path)/none\": "
          + "No such file or directory",
      ])
    #expect(checked.isValid)
    #expect(checked.runBlockers.isEmpty)
    #expect(load("a: [").checkingPaths().errors.count == 1)
  }

  @Test func textsOfDiagnostics() {
    #expect(quoted("a\"b\\c\n\t\u{1b}") == "\"a\\\"b\\\\c\\n\\t\\u{1b}\"")
    #expect(quoted(String(repeating: "ü", count: 100)).count == 63)
    #expect(ConfigLocation(file: "f").description == "f")
    #expect(ConfigValue.text("").description == "\"\"")
    #expect(ConfigValue.secret(Secret("x")).description == "(hidden)")
    #expect(ConfigValue.flag(false).description == "false")
    #expect(ConfigValue.null.description == "none")
  }

  @Test func theEnvironmentOfThisProcess() {
    let environment = ProcessEnvironment.current()
    #expect(environment["PATH"] == ProcessInfo.processInfo.environment["PATH"])
  }
}
