import Model
import Testing

@testable import Config

/// What becomes of a file as a whole.
@Suite struct ValidationTests {
  @Test func theFixtureHasNoFindings() throws {
    let result = load(validText)
    #expect(result.diagnostics.isEmpty)
    let settings = try #require(result.settings)
    #expect(settings.control.download.ceiling == 940_000_000)
    #expect(settings.control.upload.floorRed == 8.2 * 1_000_000)
    #expect(settings.control.targetBloat == ConfiguredNumber(integer: 15))
    #expect(settings.control.warnBloat.text == "45.0")
    #expect(settings.control.alphaLoad == 0.05 / 0.5)
    #expect(settings.stateFile == "/run/wanctl/wan1_state.json")
    #expect(settings.storage == LoopSettings.Storage())
    #expect(settings.router.transport == .rest)
    #expect(settings.router.verifyTLS)
    #expect(settings.fallback == LoopSettings.Fallback())
    #expect(settings.control.baselineRelearnAfter == Milliseconds(600_000))
  }

  @Test func everyKeyReachesTheSettings() throws {
    let text =
      validText.replacing(
        "  user: wanctl",
        with: """
            user: wanctl
            transport: ssh
            ssh_password: ${HOST}
            port: 8443
            tls: on
            ca_file: /etc/ca.pem
            pin_sha256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
            write_budget: {burst: 30, per_minute: 20}
            increase_interval_sec: 2
            stats_interval_sec: 0
            type: routeros
          """
      ).replacing(
        "  enabled: true",
        with: """
            enabled: true
            on_exit: ceiling
            probe: {source: 192.0.2.1, interface: eth0.2, mark: 0x10}
            fallback_checks:
              enabled: no
              check_gateway: no
              check_tcp: no
              gateway_ip: 10.0.0.1
              tcp_targets: [[one.one.one.one, 53], ["2606:4700:4700::1111", 443]]
              fallback_mode: freeze
              max_fallback_cycles: 7
          """
      ).replacing(
        "    hard_red_bloat_ms: 80",
        with: """
              hard_red_bloat_ms: 80
              baseline_rtt_bounds: {min: 5, max: 70}
              baseline_update_threshold_ms: 2
              accel_threshold_ms: 20
              baseline_relearn_sec: 0
          """) + """

        timeouts: {ssh_command: 5, ping: 0.5}
        health_check: {enabled: yes, host: 0.0.0.0, port: 0, token: "${HOST}"}
        metrics: {enabled: yes, host: "::1", port: 9105}
        storage: {db_path: /tmp/x.db, retention_days: 400, commit_interval_sec: 2.5}
        """
    let result = load(text)
    let settings = try #require(result.settings)
    #expect(result.diagnostics.isEmpty)
    let router = settings.router
    #expect(router.transport == .ssh)
    #expect(router.sshPassword == Secret("r1.lan"))
    #expect(router.port == 8443)
    #expect(router.scheme == .https)
    #expect(router.caFile == "/etc/ca.pem")
    #expect(router.pinnedKey == "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    #expect(router.writeBudget == RouterSettings.WriteBudget(burst: 30, perMinute: 20))
    #expect(router.increaseInterval == Milliseconds(2000))
    #expect(router.statsInterval == .zero)
    #expect(router.operationTimeout == Milliseconds(5000))
    #expect(settings.onExit == .ceiling)
    #expect(settings.probe.sourceAddress == "192.0.2.1")
    #expect(settings.probe.interface == "eth0.2")
    #expect(settings.probe.mark == 16)
    #expect(settings.probe.timeout == Milliseconds(500))
    #expect(
      settings.fallback
        == LoopSettings.Fallback(
          isEnabled: false, checksGateway: false, checksTCP: false, gateway: "10.0.0.1",
          tcpTargets: [
            LoopSettings.Fallback.Target(host: "one.one.one.one", port: 53),
            LoopSettings.Fallback.Target(host: "2606:4700:4700::1111", port: 443),
          ], mode: .freeze, maximumCycles: 7))
    #expect(settings.control.baselineBounds == ClosedBounds(min: 5, max: 70))
    #expect(settings.control.baselineUpdateThreshold == Milliseconds(2))
    #expect(settings.control.accelThreshold == Milliseconds(20))
    #expect(settings.control.baselineRelearnAfter == .zero)
    #expect(settings.health.token == Secret("r1.lan"))
    #expect(settings.health.port == 0)
    #expect(settings.metrics.host == "::1")
    #expect(
      settings.storage
        == LoopSettings.Storage(
          path: "/tmp/x.db", retentionDays: 400, commitInterval: Milliseconds(2500)))
  }

  @Test func everythingIsFoundAtOnce() {
    let text = validText.replacing("wan_name: wan1", with: "wan_name: a b\nturbo: 1")
      .replacing("lock_timeout: 300", with: "lock_timeout: 0")
      .replacing("floor_red_mbps: 200", with: "floor_red_mbps: 600")
      .replacing("  host: 192.168.55.1\n", with: "")
    #expect(
      load(text).diagnostics.map { "\($0.location.line) \($0.key ?? "")" } == [
        "1 wan_name", "2 turbo", "3 router.host",
        "18 continuous_monitoring.download.floor_red_mbps", "40 lock_timeout",
      ])
  }

  @Test func secretsNeverAppear() {
    for password in [
      "hunter2", "[hunter2]", "{hunter2: hunter2}", "CHANGE_ME-hunter2", "*hunter2",
      "!hunter2 x", "!!int hunter2", "&hunter2 [&hunter2 x]", "!!binary hunter2", "'hunter2",
    ] {
      let result = load(edited("${ROUTER_PASSWORD}", password))
      let all = CheckReport.text(result) + CheckReport.json(result) + ValidationReport.text(result)
      #expect(!all.contains("hunter2"))
    }
    let typo = load(edited("password: ${ROUTER_PASSWORD}", "pasword: hunter2"))
    #expect(typo.warnings.contains { $0.remedy == "did you mean router.password?" })
    #expect(!CheckReport.json(typo).contains("hunter2"))
  }

  @Test(arguments: [
    (24.0, 10.0, 60.0), (8, 4, 60), (80, 10, 160), (10, 10, 60), (60, 10, 60), (1, 0.5, 60),
  ])
  func defaultBoundsMakeRoom(initial: Double, minimum: Double, maximum: Double) {
    let result = load(edited("baseline_rtt_initial: 24", "baseline_rtt_initial: \(initial)"))
    #expect(result.diagnostics.isEmpty)
    #expect(
      result.settings?.control.baselineBounds == ClosedBounds(min: minimum, max: maximum))
  }

  @Test func crossedBoundsAreAccepted() {
    let result = load(
      edited(
        "hard_red_bloat_ms: 80",
        "hard_red_bloat_ms: 80\n    baseline_rtt_bounds: {min: 50, max: 20}")
    )
    #expect(result.settings?.control.baselineBounds == ClosedBounds(min: 50, max: 20))
    #expect(result.warnings.count == 3)
  }

  @Test func unknownFallbackModeIsNil() {
    let result = load(
      edited("enabled: true", "enabled: true\n  fallback_checks: {fallback_mode: explode}"))
    #expect(result.settings != nil)
    #expect(result.settings?.fallback.mode == nil)
  }

  @Test func historyCanBeSwitchedOff() {
    for value in ["null", "\"\"", ""] {
      let result = load(validText + "\nstorage:\n  db_path: \(value)\n")
      #expect(result.diagnostics.isEmpty)
      #expect(result.settings != nil)
      #expect(result.settings?.storage.path == nil)
    }
  }

  @Test(arguments: ["[a]", "5", "hello", "- a\n- b"])
  func filesThatAreNoMapping(text: String) {
    let result = load(text)
    #expect(result.errors.map(\.reason) == [.type])
    #expect(result.errors[0].location.line == 1)
  }

  @Test func wrongSectionAlsoNamesItsKeys() {
    let text = validText.replacing(
      "router:\n  host: 192.168.55.1\n  user: wanctl\n  ssh_key: \"\"\n  password: ${ROUTER_PASSWORD}",
      with: "router: [a]")
    #expect(
      load(text).errors.compactMap(\.key) == [
        "router.host", "router.user", "router.ssh_key", "router",
      ])
  }

  @Test(arguments: [1, 22, 65535]) func anyPortMayBeThatOfSSH(port: Int) {
    let result = load(
      validText.replacing("user: wanctl", with: "user: wanctl\n  ssh_port: \(port)"))
    #expect(result.settings?.router.sshPort == port)
    #expect(result.diagnostics.isEmpty)
  }
}
