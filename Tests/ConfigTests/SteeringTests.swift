import Model
import Testing

@testable import Config

/// What becomes of a steering configuration as a whole.
@Suite struct SteeringTests {
  @Test func theFixtureHasNoFindings() throws {
    let result = loadSteering(validSteering)
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
    let settings = try #require(result.settings)
    let control = settings.control
    #expect(control.goodName == "WAN1_GOOD")
    #expect(control.interval == Milliseconds(500))
    #expect(control.deadAfter == Milliseconds(1500))
    #expect(control.isCAKEAware)
    #expect(control.thresholds == SteeringControlSettings.Thresholds())
    #expect(control.samples == SteeringControlSettings.SampleCounts(red: 4, green: 30))
    #expect(control.confidence == nil)
    #expect(control.targets == [SteeringControlSettings.Target(name: "wan2")])
    #expect(control.selection == SteeringControlSettings.Selection())
    #expect(settings.rules.map(\.target) == ["wan2"])
    #expect(settings.rules.map(\.comment.text) == ["ADAPTIVE: Steer latency-sensitive to WAN2"])
    #expect(settings.targetSources == [SteeringSettings.Sources()])
    #expect(settings.health.port == 9102)
    #expect(settings.router.operationTimeout == Milliseconds(30_000))
    #expect(settings.storage == LoopSettings.Storage())
    #expect(settings.flushedPorts.isEmpty)
  }

  @Test func everyKeyReachesTheSettings() throws {
    let text =
      validSteering.replacing(
        "\"\"\n  alternate_wan: wan2", with: "\"\"\n  alternates: [wan3, wan2]"
      )
      .replacing(
        "  comment: \"ADAPTIVE: Steer latency-sensitive to WAN2\"",
        with: "  flush_connections: [443, 65535]"
      )
      .replacing("ping_count: 1", with: "ping_count: 5\n  dead_after_sec: 0")
      .replacing(
        "user: wanctl",
        with:
          "user: wanctl\n  port: 8443\n  tls: yes\n  ca_file: /ca.pem\n  write_budget: {burst: 3}"
      )
      .replacing(
        "  red_samples_required: 4",
        with: """
            red_samples_required: 4
            bad_threshold_ms: 30
            recovery_threshold_ms: 10.5
            bad_samples: 7
            good_samples: 14
            green_rtt_ms: 1
            yellow_rtt_ms: 2
            red_rtt_ms: 3
            min_drops_red: 4
            min_queue_yellow: 5
            min_queue_red: 6
            drops: required
            rtt_ewma_alpha: 0.25
            queue_ewma_alpha: "0.75"
            baseline_rtt_bounds: {min: 1, max: 100}
          """) + """

        mode: {use_confidence_scoring: yes, confidence_exclusive: yes, enable_yellow_state: no}
        confidence:
          steer_threshold: 60
          recovery_threshold: 25
          sustain_duration_sec: 1.5
          recovery_sustain_sec: 2
          hold_down_duration_sec: 10
          flap_detection_enabled: no
          flap_window_minutes: 2
          max_toggles: 6
          penalty_duration_sec: 30
          penalty_threshold_add: 20
          apply_flap_penalty: yes
          dry_run: no
        timeouts: {ssh_command: 5, ping: 0.5, ping_total: 4}
        metrics: {enabled: yes}
        storage: {db_path: ""}
        selection: {max_target_score: 30, min_advantage: 10, min_dwell_sec: 5, stale_sec: 7}
        steering_rules:
          - {to: wan2, comment: To wan2}
          - comment: To wan3
            to: wan3
        wans:
          wan2:
            state_file: /run/wanctl/wan2_state.json
            cake_queues: {download: WAN-Download-2}
            ping: {host: 9.9.9.9, source: 192.0.2.2, count: 2}
            thresholds: {red_rtt_ms: 30, baseline_rtt_bounds: {min: 5}}
        """
    let result = loadSteering(text)
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
    let settings = try #require(result.settings)
    let control = settings.control
    #expect(control.deadAfter == .zero)
    let thresholds = SteeringControlSettings.Thresholds(
      bad: ConfiguredNumber(integer: 30), recovery: ConfiguredNumber(10.5, isInteger: false),
      green: ConfiguredNumber(integer: 1), yellow: ConfiguredNumber(integer: 2),
      red: ConfiguredNumber(integer: 3), minimumDropsRed: 4, minimumQueueYellow: 5,
      minimumQueueRed: 6, rttAlpha: 0.25, queueAlpha: 0.75,
      baselineBounds: ClosedBounds(min: 1, max: 100), drops: .required)
    #expect(control.thresholds == thresholds)
    #expect(
      control.samples == SteeringControlSettings.SampleCounts(bad: 7, good: 14, red: 4, green: 30))
    #expect(
      control.confidence
        == SteeringControlSettings.Confidence(
          steerThreshold: 60, recoveryThreshold: 25, sustainSeconds: 1.5,
          recoverySustainSeconds: 2, holdDownSeconds: 10,
          flapDetection: SteeringControlSettings.Confidence.FlapDetection(
            isEnabled: false, windowMinutes: 2, maximumToggles: 6, penaltySeconds: 30, penalty: 20,
            isApplied: true), isDryRun: false, isExclusive: true))
    var ofWan2 = thresholds
    ofWan2.red = ConfiguredNumber(integer: 30)
    ofWan2.baselineBounds.min = 5
    #expect(
      control.targets == [
        SteeringControlSettings.Target(name: "wan3"),
        SteeringControlSettings.Target(name: "wan2", thresholds: ofWan2),
      ])
    #expect(settings.rules.map(\.comment.text) == ["To wan3", "To wan2"])
    #expect(
      settings.targetSources == [
        SteeringSettings.Sources(),
        SteeringSettings.Sources(
          stateFile: "/run/wanctl/wan2_state.json",
          downloadQueue: try Identifier("WAN-Download-2"),
          probe: SteeringSettings.Probe(host: "9.9.9.9", count: 2, sourceAddress: "192.0.2.2")),
      ])
    #expect(
      control.selection
        == SteeringControlSettings.Selection(
          maximumTargetScore: 30, minimumAdvantage: 10, minimumDwell: Milliseconds(5000),
          staleAfter: Milliseconds(7000)))
    #expect(settings.primarySources.probe == SteeringSettings.Probe(host: "1.1.1.1", count: 5))
    #expect(settings.flushedPorts == [443, 65535])
    #expect(settings.router.scheme == .https)
    #expect(settings.router.caFile == "/ca.pem")
    #expect(settings.router.writeBudget.burst == 3)
    #expect(settings.probeTimeout == Milliseconds(500))
    #expect(settings.probeTotalTimeout == Milliseconds(4000))
    #expect(settings.router.operationTimeout == Milliseconds(5000))
    #expect(!settings.enablesYellowState)
    #expect(settings.hasMetrics)
    #expect(settings.storage.path == nil)
  }

  @Test func namesFollowFromThePrimary() throws {
    let text = validSteering.replacing("primary_wan: wan1", with: "primary_wan: MY-wan.A")
      .replacing("cake_state_sources:\n  primary: /run/wanctl/wan1_state.json\n", with: "")
      .replacing(
        "cake_queues:\n  primary_download: WAN-Download-1\n  primary_upload: WAN-Upload-1\n",
        with: "")
    let settings = try #require(loadSteering(text).settings)
    #expect(settings.control.degradedName == "MY-WAN.A_DEGRADED")
    #expect(settings.primarySources.stateFile == "/var/lib/wanctl/MY-wan.A_state.json")
    #expect(settings.primarySources.downloadQueue?.text == "WAN-Download-My-wan.a")
    #expect(settings.primarySources.uploadQueue?.text == "WAN-Upload-My-wan.a")
    let name = String(repeating: "x", count: 60)
    let long = loadSteering(text.replacing("MY-wan.A", with: name))
    #expect(
      long.errors.map(\.key) == ["cake_queues.primary_download", "cake_queues.primary_upload"])
  }

  @Test func theFileMayBeSharedAndExtended() throws {
    let folder = try TemporaryFolder()
    try folder.write("base.yaml", validSteering)
    let path = try folder.write(
      "steering.yaml", "extends: base.yaml\nthresholds:\n  red_samples_required: ${COUNT:-5}\n")
    let result = SteeringConfigFile.load(path: path, environment: testEnvironment)
    #expect(result.diagnostics.isEmpty)
    #expect(result.settings?.control.samples.red == 5)
    #expect(result.files.count == 2)
    // The loop does not look at what only steering has, and the other way round.
    #expect(load(validText + "\n" + validSteering.replacing("router:", with: "steering:")).isValid)
    #expect(
      loadSteering(validSteering + "\nqueues: {}\ncontinuous_monitoring: 5").diagnostics.isEmpty)
    let nothing = SteeringConfigFile.load(path: folder.path + "/none.yaml", environment: [:])
    #expect(nothing.errors.map(\.reason) == [.unreadable])
  }

  @Test func secretsNeverAppear() {
    for password in ["hunter2", "[hunter2]", "{hunter2: hunter2}", "!hunter2 x", "&hunter2 [x]"] {
      let result = loadSteering(editedSteering("${ROUTER_PASSWORD}", password))
      let all = CheckReport.text(result) + CheckReport.json(result) + ValidationReport.text(result)
      #expect(!all.contains("hunter2"))
    }
  }

  // MARK: Several WANs

  private func severalWANs(_ text: String) -> [String] {
    loadSteering(validSteering + "\n" + text).diagnostics.map {
      "\($0.severity) \($0.location.line):\($0.location.column) \($0.text)"
    }
  }

  @Test(arguments: [
    (
      "steering_rules: {to: wan2}",
      ["error 33:17 steering_rules must be a list of sections, found a section"]
    ),
    (
      "steering_rules: []",
      ["error 33:17 steering_rules must be a list of sections, found an empty list"]
    ),
    (
      "steering_rules: [5]",
      [
        "warning 12:12 mangle_rule.comment has no effect beside steering_rules; remove it",
        "error 33:18 steering_rules[0] must be a section with keys, found the whole number 5",
        "error 33:18 steering_rules[0].to is missing; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -",
        "error 33:18 steering_rules[0].comment is missing; it must be a text of 1 to 128 characters A-Z a-z 0-9 _ . - : and blanks",
      ]
    ),
    (
      "steering_rules:\n- {to: wan3, comment: a, too: b}\n- {to: wan2, comment: a}\n- {to: wan2, comment: b}",
      [
        "warning 12:12 mangle_rule.comment has no effect beside steering_rules; remove it",
        "error 34:8 steering_rules[0].to wan3 is no alternate of topology; the alternates are wan2",
        "warning 34:26 unknown key \"steering_rules[0].too\" has no effect; did you mean steering_rules[0].to?",
        "error 35:23 steering_rules[1].comment is that of steering_rules[0] too; a rule is found by its comment, so each needs its own",
        "error 36:8 steering_rules[2].to wan2 has a rule already, steering_rules[1]; each alternate has one",
      ]
    ),
    (
      "wans: {wan1: {state_file: /a, cake_queues: {download: x}, ping: {host: b}}, wan2: , \"a\\nb\": {}}",
      [
        "warning 33:8 wans.wan1 has no effect: it is the primary; write cake_state_sources, cake_queues, measurement and thresholds",
        "warning 33:77 section wans.wan2 is empty and counts as not there; remove it or give it keys",
        "warning 33:85 unknown key \"wans.a\\nb\" has no effect",
      ]
    ),
    (
      "wans: {wan2: {thresholds: {green_rtt_ms: 20}, ping: {hots: b}}}",
      [
        "error 33:8 wans.wan2.state_file is missing; it must be a path",
        "error 33:8 wans.wan2.cake_queues.download is missing; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -",
        "error 33:42 wans.wan2.thresholds.green_rtt_ms 20 is not below yellow_rtt_ms 15.0 (the default); green_rtt_ms < yellow_rtt_ms <= red_rtt_ms",
        "error 33:47 wans.wan2.ping.host is missing; it must be an address, or a host name of letters, digits, dashes and points",
        "warning 33:54 unknown key \"wans.wan2.ping.hots\" has no effect; did you mean wans.wan2.ping.host?",
      ]
    ),
    (
      "wans: {wan2: {state_file: /a, cake_queues: {download: x}, ping: {host: 1.1.1.1}}}",
      [
        "warning 33:72 wans.wan2.ping.host 1.1.1.1 is the primary's, and without ping.source its line is measured; set ping.source, or name a host that is routed by wan2"
      ]
    ),
  ])
  func findingsAboutSeveralWANs(text: String, expected: [String]) {
    #expect(severalWANs(text) == expected)
  }

  @Test func effectiveConfigurationHasTheStructureOfTheFile() throws {
    let text =
      validSteering.replacing(
        "mangle_rule:\n  comment: \"ADAPTIVE: Steer latency-sensitive to WAN2\"\n", with: "")
        + """

        steering_rules: [{to: wan2, comment: To wan2}]
        wans: {wan2: {state_file: /a, cake_queues: {download: x}, ping: {host: b}}}
        """
    let json = CheckReport.json(loadSteering(text))
    #expect(
      json.contains("\"steering_rules\":[{\"to\":\"wan2\",\"comment\":\"To wan2\"}]"), "\(json)")
    #expect(
      json.contains(
        "\"wans\":{\"wan2\":{\"state_file\":\"/a\",\"cake_queues\":{\"download\":\"x\"},"
          + "\"ping\":{\"host\":\"b\",\"count\":1,\"source\":null},\"thresholds\":{\"green_rtt_ms\":5.0,"
      ))
    #expect(
      json.contains(
        "\"topology\":{\"primary_wan\":\"wan1\",\"primary_wan_config\":\"\",\"alternate_wan\":\"wan2\","
          + "\"alternates\":[\"wan2\"]}"))
  }

  @Test func theTransitionLogIsBesideTheStateUnlessItIsNamed() throws {
    let state = "history_size: 240"
    func log(_ text: String) -> String? { loadSteering(text).settings?.transitionLog }
    #expect(log(validSteering) == "/var/lib/wanctl/steering_transitions.jsonl")
    #expect(log(editedSteering(state, "\(state)\n  transition_log: /x.jsonl")) == "/x.jsonl")
    #expect(
      log(editedSteering(state, "\(state)\n  transition_log: \"\""))
        == "/var/lib/wanctl/steering_transitions.jsonl")
    let same = loadSteering(
      editedSteering(state, "\(state)\n  transition_log: /var/lib/wanctl/steering_state.json"))
    #expect(
      same.errors.map(\.description) == [
        "steering.yaml:28:19: state.transition_log is state.file; name another file, or remove it"
      ])
  }
}
