import Testing

@testable import Config

/// Warnings key by key: each case edits the valid fixture in one place.
@Suite struct WarningTests {
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
      "host: 192.168.55.1", "host: 192.168.55.1\n  stats_interval_sec: 5",
      [
        "4:23: router.stats_interval_sec 5 is 5 s or more: a baseline that is frozen is never learned anew; 1 is usual; write baseline_relearn_sec: 0 where that is wanted"
      ]
    ),
    ("host: 192.168.55.1", "host: 192.168.55.1\n  stats_interval_sec: 4.9", []),
    ("host: 192.168.55.1", "host: 192.168.55.1\n  stats_interval_sec: 0", []),
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
      "lock_timeout: 300", "lock_timeout: 300\nmetrics: {enabled: true, host: 192.0.2.1}",
      [
        "41:32: metrics.host 192.0.2.1 lets anybody who reaches it read the metrics; set health_check.token, or listen on 127.0.0.1"
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
}
