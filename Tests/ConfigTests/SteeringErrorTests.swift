import Testing

@testable import Config

/// Errors of a steering configuration key by key: each case edits the valid fixture in one place.
@Suite struct SteeringErrorTests {
  @Test(arguments: [
    (
      "primary_wan: wan1", "primary_wan: wan 1",
      [
        "3:16: topology.primary_wan \"wan 1\" has characters that no name may have; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
      ]
    ),
    (
      "  primary_wan: wan1\n", "",
      [
        "2:1: topology.primary_wan is missing; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
      ]
    ),
    (
      "  alternate_wan: wan2\n", "",
      [
        "2:1: topology.alternate_wan is missing; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
      ]
    ),
    (
      "alternate_wan: wan2", "alternate_wan: wan1",
      ["5:18: topology.alternate_wan has the primary itself, wan1; name another WAN"]
    ),
    (
      "alternate_wan: wan2", "alternate_wan: wan2\n  alternates: wan2",
      [
        "6:15: topology.alternates must be a list of names, found the text \"wan2\"; a list stands in brackets: [\"wan2\"]"
      ]
    ),
    (
      "alternate_wan: wan2", "alternates: []",
      ["5:15: topology.alternates is empty; name at least one"]
    ),
    (
      "alternate_wan: wan2", "alternates: [wan 2, 3]",
      [
        "5:16: topology.alternates \"wan 2\" has characters that no name may have",
        "5:23: topology.alternates must be names, found the whole number 3; put it in quotes: \"3\"",
      ]
    ),
    (
      "alternate_wan: wan2", "alternate_wan: wan2\n  alternates: [wan3, wan2]",
      [
        "6:15: topology.alternates begins with wan3, and alternate_wan is wan2; name wan2 first, or remove alternate_wan",
        "6:15: topology.alternates wan2 has no rule; write steering_rules: [{to: wan2, comment: \"ADAPTIVE: Steer to wan2\"}]",
      ]
    ),
    (
      "\"ADAPTIVE: Steer latency-sensitive to WAN2\"", "\"a;b\"",
      [
        "12:12: mangle_rule.comment \"a;b\" has characters that no comment may have; it must be a text of 1 to 128 characters A-Z a-z 0-9 _ . - : and blanks"
      ]
    ),
    (
      "\"ADAPTIVE: Steer latency-sensitive to WAN2\"", "\"ADAPTIVE\\n\"",
      [
        "12:12: mangle_rule.comment \"ADAPTIVE\\n\" has characters that no comment may have; it must be a text of 1 to 128 characters A-Z a-z 0-9 _ . - : and blanks"
      ]
    ),
    (
      "\"ADAPTIVE: Steer latency-sensitive to WAN2\"", "\"\"",
      [
        "12:12: mangle_rule.comment is empty; it must be a text of 1 to 128 characters A-Z a-z 0-9 _ . - : and blanks"
      ]
    ),
    (
      "mangle_rule:\n  comment: \"ADAPTIVE: Steer latency-sensitive to WAN2\"\n", "",
      [
        "1:1: mangle_rule.comment is missing; it must be a text of 1 to 128 characters A-Z a-z 0-9 _ . - : and blanks"
      ]
    ),
    (
      "mangle_rule:\n", "mangle_rule:\n  flush_connections: [443, 0, x]\n",
      [
        "12:28: mangle_rule.flush_connections: port 0 is not from 1 to 65535",
        "12:31: mangle_rule.flush_connections must be ports from 1 to 65535, found the text \"x\"",
      ]
    ),
    (
      "mangle_rule:\n", "mangle_rule:\n  flush_connections: 443\n",
      [
        "12:22: mangle_rule.flush_connections must be a list of ports from 1 to 65535, found the whole number 443"
      ]
    ),
    (
      "primary: /run/wanctl/wan1_state.json", "primary: \"\"",
      ["14:12: cake_state_sources.primary is empty"]
    ),
    (
      "primary_download: WAN-Download-1", "primary_download: WAN Download",
      [
        "16:21: cake_queues.primary_download \"WAN Download\" has characters that no name may have; it must be a name of 1 to 64 characters A-Z a-z 0-9 _ . -"
      ]
    ),
    (
      "interval_seconds: 0.5", "interval_seconds: 0.005",
      [
        "19:21: measurement.interval_seconds 0.005 is below 0.01; it must be a number from 0.01 to 60 s"
      ]
    ),
    (
      "interval_seconds: 0.5", "interval_seconds: true",
      [
        "19:21: measurement.interval_seconds must be a number from 0.01 to 60 s, found the truth value true"
      ]
    ),
    (
      "ping_host: 1.1.1.1", "ping_host: bad_host",
      [
        "20:14: measurement.ping_host \"bad_host\" is no host name or address; it must be an address, or a host name of letters, digits, dashes and points"
      ]
    ),
    (
      "ping_host: 1.1.1.1", "ping_host: 1.1",
      [
        "20:14: measurement.ping_host must be an address, or a host name of letters, digits, dashes and points, found the number 1.1; put it in quotes: \"1.1\""
      ]
    ),
    (
      "ping_count: 1", "ping_count: 1.0",
      ["21:15: measurement.ping_count must be a whole number from 1 to 20, found the number 1.0"]
    ),
    (
      "ping_count: 1", "ping_count: 1\n  dead_after_sec: -1",
      ["22:19: measurement.dead_after_sec -1 is below 0; it must be a number from 0 to 3600 s"]
    ),
    (
      "thresholds:\n  red_samples_required: 4\n  green_samples_required: 30\n", "",
      ["1:1: section thresholds is missing; write thresholds: {} to take all defaults"]
    ),
    (
      "thresholds:\n  red_samples_required: 4\n  green_samples_required: 30\n", "thresholds: []\n",
      ["22:13: thresholds must be a section with keys, found a list"]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 0",
      ["23:25: thresholds.red_samples_required 0 is below 1; it must be at least 1"]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  green_rtt_ms: 15",
      [
        "24:17: thresholds.green_rtt_ms 15 is not below yellow_rtt_ms 15.0 (the default); green_rtt_ms < yellow_rtt_ms <= red_rtt_ms"
      ]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  yellow_rtt_ms: 16",
      [
        "24:18: thresholds.yellow_rtt_ms 16 is above red_rtt_ms 15.0 (the default); green_rtt_ms < yellow_rtt_ms <= red_rtt_ms"
      ]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  min_drops_red: 0",
      [
        "24:18: thresholds.min_drops_red 0 is below 1; thresholds.drops: auto waives drops where there are none to be had"
      ]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  drops: never",
      ["24:10: thresholds.drops \"never\" is unknown; it must be one of auto, required"]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  rtt_ewma_alpha: \"1.5\"",
      ["24:19: thresholds.rtt_ewma_alpha 1.5 is above 1; it must be a number from 0 to 1"]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  rtt_ewma_alpha: fast",
      ["24:19: thresholds.rtt_ewma_alpha must be a number from 0 to 1, found the text \"fast\""]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  rtt_ewma_alpha:",
      ["24:18: thresholds.rtt_ewma_alpha has no value; remove it, or give it a number from 0 to 1"]
    ),
    (
      "lock_timeout: 60",
      "lock_timeout: 60\nmode: {use_confidence_scoring: yes}\nconfidence: {steer_threshold: 15}",
      [
        "34:1: confidence.recovery_threshold 20 (the default) is not below steer_threshold 15; set it lower, or steer_threshold higher"
      ]
    ),
    (
      "lock_timeout: 60",
      "lock_timeout: 60\nmode: {use_confidence_scoring: yes}\nconfidence: {steer_threshold: 150}",
      ["34:31: confidence.steer_threshold 150 is above 100; it must be a number from 0 to 100"]
    ),
    (
      "history_size: 240", "history_size: 3001",
      ["27:17: state.history_size 3001 is above 3000; it must be a whole number from 1 to 3000"]
    ),
    (
      "file: /var/lib/wanctl/steering_state.json", "file: /run/wanctl/wan1_state.json",
      [
        "26:9: state.file is the state file of the loop, which steering only reads; name another file"
      ]
    ),
  ])
  func errors(old: String, new: String, expected: [String]) {
    let result = loadSteering(editedSteering(old, new))
    #expect(result.errors.map(\.description) == expected.map { "steering.yaml:" + $0 })
    #expect(!result.isValid)
    #expect(result.effective == nil)
  }

  @Test func everythingIsFoundAtOnce() {
    let text = validSteering.replacing("wan_name: steering", with: "wan_name: a b\nturbo: 1")
      .replacing("ping_count: 1", with: "ping_count: 0")
      .replacing("history_size: 240", with: "history_size: none")
      .replacing("  host: 192.168.55.1\n", with: "")
    #expect(
      loadSteering(text).diagnostics.map { "\($0.location.line) \($0.key ?? "")" } == [
        "1 wan_name", "2 turbo", "7 router.host", "21 measurement.ping_count",
        "27 state.history_size",
      ])
  }
}
