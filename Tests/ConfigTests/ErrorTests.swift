import Testing

@testable import Config

/// Errors key by key: each case edits the valid fixture in one place.
@Suite struct ErrorTests {
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
    ("lock_file: /run/wanctl/wan1.lock", "lock_file: \"\"", "39:12: lock_file is empty"),
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
      "user: wanctl", "user: wanctl\n  ssh_port: 65536",
      "5:13: router.ssh_port 65536 is above 65535; it must be a whole number from 1 to 65535"
    ),
    (
      "user: wanctl", "user: wanctl\n  ssh_port: 0",
      "5:13: router.ssh_port 0 is below 1; it must be a whole number from 1 to 65535"
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
      "34:15: ping_hosts must be a list of host names or addresses, found the text \"1.1.1.1\"; a list stands in brackets: [\"1.1.1.1\"]"
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
}
