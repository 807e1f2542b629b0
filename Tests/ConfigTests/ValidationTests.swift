import Model
import Testing

@testable import Config

/// What is said about a file, key by key. Each case edits the valid fixture in one place.
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

  /// The place, and the message with its remedy, of the one error that an edit makes.
  @Test(arguments: [
    (
      "wan_name: wan1", "wan_name: 12",
      "1:11: wan_name must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -, found the whole number 12; put it in quotes: \"12\""
    ),
    (
      "wan_name: wan1", "wan_name: no",
      "1:11: wan_name must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -, found the truth value no; put it in quotes: \"no\""
    ),
    (
      "wan_name: wan1", "wan_name: \"a\\nb\"",
      "1:11: wan_name \"a\\nb\" has characters that no name may have; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
    ),
    (
      "wan_name: wan1", "wan_name: \"\"",
      "1:11: wan_name is empty; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
    ),
    (
      "wan_name: wan1", "wan_name:",
      "1:10: wan_name has no value; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
    ),
    (
      "wan_name: wan1\n", "",
      "1:1: wan_name is missing; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
    ),
    (
      "  host: 192.168.55.1\n", "", "2:1: router.host is missing; it must be a host name or address"
    ),
    (
      "192.168.55.1", "http://r",
      "3:9: router.host \"http://r\" is no host name or address; 1.1.1.1, 2606:4700:4700::1111 or one.one.one.one are"
    ),
    (
      "192.168.55.1", "-x",
      "3:9: router.host \"-x\" is no host name or address; 1.1.1.1, 2606:4700:4700::1111 or one.one.one.one are"
    ),
    ("user: wanctl", "user: \"\"", "4:9: router.user is empty"),
    ("user: wanctl", "user: \"a\\0\"", "4:9: router.user holds a zero byte"),
    (
      "user: wanctl", "user: wanctl\n  transport: api",
      "5:14: router.transport \"api\" is unknown; it must be one of rest, ssh"
    ),
    (
      "user: wanctl", "user: wanctl\n  tls: maybe",
      "5:8: router.tls \"maybe\" is unknown; it must be auto, yes or no"
    ),
    (
      "user: wanctl", "user: wanctl\n  tls: 1",
      "5:8: router.tls must be auto, yes or no, found the whole number 1"
    ),
    (
      "user: wanctl", "user: wanctl\n  port: 65536",
      "5:9: router.port 65536 is above 65535; it must be a whole number from 1 to 65535"
    ),
    (
      "user: wanctl", "user: wanctl\n  verify_ssl: \"no\"",
      "5:15: router.verify_ssl must be true or false, found the text \"no\"; remove the quotes"
    ),
    (
      "user: wanctl", "user: wanctl\n  pin_sha256: abc",
      "5:15: router.pin_sha256 \"abc\" is no pin; it must be sha256// and 44 characters of Base64; wanctl-setq trust shows the router's"
    ),
    (
      "enabled: true", "enabled: 1",
      "11:12: enabled must be true or false, found the whole number 1"
    ),
    (
      "enabled: true", "enabled: yep",
      "11:12: enabled must be true or false, found the text \"yep\""
    ),
    (
      "ceiling_mbps: 940", "ceiling_mbps: \"940\"",
      "14:19: download.ceiling_mbps must be a number from 1 to 10000 Mbit/s, found the text \"940\"; remove the quotes"
    ),
    (
      "ceiling_mbps: 940", "ceiling_mbps: true",
      "14:19: download.ceiling_mbps must be a number from 1 to 10000 Mbit/s, found the truth value true"
    ),
    (
      "ceiling_mbps: 940", "ceiling_mbps: 940 Mbit",
      "14:19: download.ceiling_mbps must be a number from 1 to 10000 Mbit/s, found the text \"940 Mbit\""
    ),
    (
      "ceiling_mbps: 940", "ceiling_mbps: {}",
      "14:19: download.ceiling_mbps must be a number from 1 to 10000 Mbit/s, found a section"
    ),
    (
      "ceiling_mbps: 940", "ceiling_mbps: .nan",
      "14:19: download.ceiling_mbps must be a number from 1 to 10000 Mbit/s, found the number .nan"
    ),
    (
      "ceiling_mbps: 940", "ceiling_mbps: .inf",
      "14:19: download.ceiling_mbps .inf is above 10000; it must be a number from 1 to 10000 Mbit/s"
    ),
    (
      "ceiling_mbps: 940", "ceiling_mbps: 500",
      "15:23: download.floor_green_mbps 550 is above ceiling_mbps 500; floors must not fall from red to green, nor exceed the ceiling"
    ),
    (
      "floor_red_mbps: 200", "floor_red_mbps: 300",
      "18:21: download.floor_red_mbps 300 is above floor_soft_red_mbps 275; floors must not fall from red to green, nor exceed the ceiling"
    ),
    (
      "    floor_soft_red_mbps: 275\n    floor_red_mbps: 200", "    floor_red_mbps: 400",
      "17:21: download.floor_red_mbps 400 is above floor_yellow_mbps 350; floors must not fall from red to green, nor exceed the ceiling"
    ),
    (
      "floor_red_mbps: 200", "floor_red_mbps:",
      "18:20: download.floor_red_mbps has no value; remove it, or give it a number of at least 0.001 Mbit/s"
    ),
    (
      "floor_red_mbps: 200", "floor_red_mbps: 0",
      "18:21: download.floor_red_mbps 0 is below 0.001; it must be a number of at least 0.001 Mbit/s"
    ),
    (
      "    floor_yellow_mbps: 350\n", "",
      "13:3: download.floor_yellow_mbps is missing; it must be a number of at least 0.001 Mbit/s"
    ),
    (
      "    floor_green_mbps: 550\n", "",
      "13:3: download.floor_green_mbps is missing; write floor_green_mbps, floor_yellow_mbps, floor_soft_red_mbps, floor_red_mbps"
    ),
    (
      "step_up_mbps: 10", "step_up_mbps: 2e0",
      "19:19: download.step_up_mbps must be a number from 0.1 to 100 Mbit/s, found the text \"2e0\"; YAML reads an exponent only with a point and a sign, as in 1.0e-3"
    ),
    (
      "target_bloat_ms: 15", "target_bloat_ms: 45",
      "29:22: thresholds.target_bloat_ms 45 is not below warn_bloat_ms 45.0; thresholds must rise from target to hard_red"
    ),
    (
      "    hard_red_bloat_ms: 80\n", "    accel_threshold_ms: 4\n",
      "31:25: thresholds.accel_threshold_ms 4 is below 5; it must be a number from 5 to 50 ms"
    ),
    (
      "warn_bloat_ms: 45.0\n    hard_red_bloat_ms: 80", "warn_bloat_ms: 80",
      "30:20: thresholds.warn_bloat_ms 80 is not below hard_red_bloat_ms 80, the default; set hard_red_bloat_ms higher"
    ),
    (
      "hard_red_bloat_ms: 80", "hard_red_bloat_ms:",
      "31:23: thresholds.hard_red_bloat_ms has no value; remove it, or give it a number of at least 0 ms"
    ),
    (
      "    load_time_constant_sec: 0.5\n", "",
      "28:3: thresholds.load_time_constant_sec is missing; it must be a number from 0.05 to 10 s"
    ),
    (
      "[1.1.1.1, 8.8.8.8, 9.9.9.9]", "[]",
      "34:15: ping_hosts is empty; name at least one host, better three"
    ),
    (
      "[1.1.1.1, 8.8.8.8, 9.9.9.9]", "1.1.1.1",
      "34:15: ping_hosts must be a list of host names or addresses, found the text \"1.1.1.1\"; put it in quotes: \"1.1.1.1\""
    ),
    (
      "[1.1.1.1, 8.8.8.8, 9.9.9.9]", "[1.1.1.1, 8.8, 9.9.9.9]",
      "34:25: ping_hosts must be a host name or address, found the number 8.8; put it in quotes: \"8.8\""
    ),
    (
      "[1.1.1.1, 8.8.8.8, 9.9.9.9]", "[1.1.1.1, \"a b\", 9.9.9.9]",
      "34:25: ping_hosts \"a b\" is no host name or address; 1.1.1.1, 2606:4700:4700::1111 or one.one.one.one are"
    ),
    (
      "lock_timeout: 300", "lock_timeout: 1.5",
      "40:15: lock_timeout must be a whole number from 1 to 3600 s, found the number 1.5"
    ),
    (
      "lock_timeout: 300", "lock_timeout: 2026-01-01",
      "40:15: lock_timeout must be a whole number from 1 to 3600 s, found the date 2026-01-01"
    ),
    (
      "lock_timeout: 300", "lock_timeout: 300\ntimeouts: [1]",
      "41:11: timeouts must be a section with keys, found a list"
    ),
    (
      "enabled: true", "enabled: true\n  probe: {source: here}",
      "12:19: probe.source \"here\" is no address; it must be an IPv4 or IPv6 address"
    ),
    (
      "enabled: true", "enabled: true\n  probe: {interface: abcdefghijklmnop}",
      "12:22: probe.interface \"abcdefghijklmnop\" is longer than the 15 characters of Linux"
    ),
    (
      "enabled: true", "enabled: true\n  fallback_checks: {tcp_targets: [[a, 0]]}",
      "12:39: fallback_checks.tcp_targets: port 0 is not from 1 to 65535"
    ),
    (
      "enabled: true", "enabled: true\n  fallback_checks: {tcp_targets: [a]}",
      "12:35: fallback_checks.tcp_targets must be a list of [host, port], found the text \"a\""
    ),
    (
      "enabled: true", "enabled: true\n  fallback_checks: {tcp_targets: a}",
      "12:34: fallback_checks.tcp_targets must be a list of [host, port], found the text \"a\""
    ),
    (
      "enabled: true", "enabled: true\n  fallback_checks: {max_fallback_cycles: -1}",
      "12:42: fallback_checks.max_fallback_cycles -1 is below 0; it must be a whole number of at least 0"
    ),
  ])
  func errors(old: String, new: String, expected: String) {
    let result = load(edited(old, new))
    #expect(result.errors.map(\.description) == ["wan1.yaml:" + expected])
    #expect(!result.isValid)
    #expect(result.effective == nil)
    #expect(!result.runBlockers.isEmpty)
  }

  /// The warnings that an edit makes; the file stays valid.
  @Test(arguments: [
    ("wan_name: wan1", "wan_name: wan1\nturbo: on", ["2:1: unknown key \"turbo\" has no effect"]),
    (
      "wan_name: wan1", "wan_name: wan1\n5: on",
      ["2:1: key \"5\" is no text to YAML and has no effect"]
    ),
    (
      "lock_timeout: 300", "lock_timeout: 300\nloging: {}",
      ["41:1: unknown key \"loging\" has no effect; did you mean logging?"]
    ),
    (
      "lock_timeout: 300", "lock_timeout: 300\nceiling_mbps: 5",
      ["41:1: unknown key \"ceiling_mbps\" has no effect; did you mean download.ceiling_mbps?"]
    ),
    (
      "factor_down: 0.85", "factor_down: 0.85\n    factor_donw_yellow: 0.9",
      [
        "21:5: unknown key \"download.factor_donw_yellow\" has no effect; did you mean download.factor_down_yellow?"
      ]
    ),
    (
      "lock_timeout: 300", "lock_timeout: 300\ntimeouts:",
      ["41:1: section timeouts is empty and counts as not there; remove it or give it keys"]
    ),
    (
      "factor_down: 0.85", "factor_down: 0.85\n    green_required:",
      ["21:20: download.green_required has no value and counts as not there (default 5); remove it"]
    ),
    (
      "lock_timeout: 300", "lock_timeout: 300\nlock_timeout: 301",
      [
        "41:1: key \"lock_timeout\" is repeated, first at wan1.yaml:40:1; this value, the last one, counts"
      ]
    ),
    (
      "${ROUTER_PASSWORD}", "hunter2",
      [
        "6:13: router.password stands in the file as it is; write ${NAME} and set NAME in the environment of the service"
      ]
    ),
    (
      "${ROUTER_PASSWORD}", "0123",
      [
        "6:13: router.password stands in the file as it is; write ${NAME} and set NAME in the environment of the service"
      ]
    ),
    ("${ROUTER_PASSWORD}", "CHANGE_ME", ["6:13: router.password is still CHANGE_ME; fill it in"]),
    ("WAN-Upload-1", "CHANGE_ME", ["9:11: queues.upload is still CHANGE_ME; fill it in"]),
    (
      "  password: ${ROUTER_PASSWORD}\n", "",
      [
        "2:1: router.password is empty, and REST is used first; write ${NAME} and set NAME in the environment of the service"
      ]
    ),
    (
      "  password: ${ROUTER_PASSWORD}\n", "  transport: ssh\n",
      ["5:12: router.ssh_key is empty, and SSH is used first; name a key file, or set ssh_password"]
    ),
    (
      "user: wanctl", "user: wanctl\n  scheme: http",
      [
        "5:11: router.scheme is another name of router.tls; write tls",
        "5:11: router.tls makes REST unencrypted: the password can be read on the way",
      ]
    ),
    (
      "user: wanctl", "user: wanctl\n  tls: auto\n  scheme: https",
      ["6:11: router.scheme has no effect beside router.tls; remove it"]
    ),
    (
      "user: wanctl", "user: wanctl\n  port: 80",
      ["5:9: router.port makes REST unencrypted: the password can be read on the way"]
    ),
    (
      "user: wanctl", "user: wanctl\n  verify_ssl: no",
      [
        "5:15: router.verify_ssl is false: whoever answers for the router gets the password; set ca_file or pin_sha256 and remove it"
      ]
    ),
    (
      "WAN-Upload-1", "WAN-Download-1",
      ["9:11: queues.upload is the same queue as queues.download: WAN-Download-1"]
    ),
    (
      "enabled: true", "enabled: false",
      ["11:12: enabled is false, which has no effect: the loop runs"]
    ),
    (
      "floor_red_mbps: 200", "floor_red_mbps: 200\n    floor_mbps: 5",
      ["19:17: download.floor_mbps has no effect beside floor_green_mbps; remove it"]
    ),
    (
      "floor_red_mbps: 8.2", "floor_red_mbps: 8.2\n    floor_soft_red_mbps: 9",
      ["26:26: upload.floor_soft_red_mbps has no effect: upload has no SOFT_RED zone"]
    ),
    (
      "floor_green_mbps: 20\n", "floor_mbps: 5\n",
      [
        "23:17: upload.floor_mbps is the old form with one floor for all zones; write floor_green_mbps, floor_yellow_mbps, floor_red_mbps",
        "24:24: upload.floor_yellow_mbps has no effect without floor_green_mbps; write floor_green_mbps, or remove it",
        "25:21: upload.floor_red_mbps has no effect without floor_green_mbps; write floor_green_mbps, or remove it",
      ]
    ),
    (
      "load_time_constant_sec: 0.5", "alpha_load: 0.2",
      [
        "33:17: thresholds.alpha_load 0.2 is the old form of a time constant of 0.25 s; write load_time_constant_sec: 0.25"
      ]
    ),
    (
      "load_time_constant_sec: 0.5", "alpha_load: 0.004",
      [
        "33:17: thresholds.alpha_load 0.004 is the old form of a time constant of 12.5 s, which is suspiciously slow; write load_time_constant_sec: 12.5"
      ]
    ),
    (
      "load_time_constant_sec: 0.5", "load_time_constant_sec: 0.5\n    alpha_load: 0.2",
      ["34:17: thresholds.alpha_load has no effect beside load_time_constant_sec; remove it"]
    ),
    (
      "hard_red_bloat_ms: 80", "hard_red_bloat_ms: 80\n    baseline_rtt_bounds: {min: 30}",
      [
        "32:32: thresholds.baseline_rtt_bounds.min 30 is above baseline_rtt_initial 24; the baseline will not follow the line until it lies within its bounds"
      ]
    ),
    (
      "hard_red_bloat_ms: 80", "hard_red_bloat_ms: 80\n    baseline_rtt_bounds: {max: 20}",
      [
        "32:32: thresholds.baseline_rtt_bounds.max 20 is below baseline_rtt_initial 24; the baseline will not follow the line until it lies within its bounds"
      ]
    ),
    (
      "[1.1.1.1, 8.8.8.8, 9.9.9.9]", "[1.1.1.1, 1.1.1.1, 9.9.9.9]",
      ["34:15: ping_hosts names a host twice; its answers count twice"]
    ),
    (
      "[1.1.1.1, 8.8.8.8, 9.9.9.9]", "[1.1.1.1]",
      ["35:24: use_median_of_three has 1 of the three hosts that it needs; add hosts to ping_hosts"]
    ),
    (
      "enabled: true", "enabled: true\n  fallback_checks: {fallback_mode: explode}",
      [
        "12:36: fallback_checks.fallback_mode \"explode\" is unknown; it must be one of graceful_degradation, freeze, use_last_rtt"
      ]
    ),
    (
      "lock_timeout: 300", "lock_timeout: 300\nhealth_check: {host: 0.0.0.0}",
      [
        "41:22: health_check.host 0.0.0.0 lets anybody who reaches it read the health; set health_check.token, or listen on 127.0.0.1"
      ]
    ),
    (
      "lock_timeout: 300", "lock_timeout: 300\nstate_file: /x",
      [
        "41:13: state_file has no effect: the state is kept in /run/wanctl/wan1_state.json; remove it"
      ]
    ),
    ("lock_timeout: 300", "lock_timeout: 300\nstate_file: /run/wanctl/wan1_state.json", []),
    (
      "lock_timeout: 300", "lock_timeout: 300\ntopology: {primary_wan: a}\nmode: {cake_aware: yes}",
      []
    ),
    ("user: wanctl", "user: wanctl\n  ca_file:", []),
    ("lock_timeout: 300", "lock_timeout: 0454", []),
  ])
  func warnings(old: String, new: String, expected: [String]) {
    let result = load(edited(old, new))
    #expect(result.isValid)
    #expect(result.diagnostics.map(\.description) == expected.map { prefixed($0) })
    #expect(result.runBlockers.isEmpty == !new.contains("CHANGE_ME"))
  }

  /// `5:11: text` as the whole line of a warning.
  private func prefixed(_ text: String) -> String {
    let parts = text.split(separator: " ", maxSplits: 1)
    return "wan1.yaml:\(parts[0]) warning: \(parts[1])"
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
    for password in ["hunter2", "[hunter2]", "{hunter2: hunter2}", "CHANGE_ME-hunter2"] {
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
}
