import Foundation
import TestSupport

/// The files that the original's installer, its wizard and its deploy script leave on a host.
final class OriginalTree {
  let folder: TemporaryFolder

  var root: String { folder.path }

  /// - Parameter hasRun: whether `/run/wanctl` and `/var/lib/wanctl` hold what a loop that has run leaves.
  init(hasRun: Bool = true) throws {
    folder = try TemporaryFolder()
    for path in [
      "opt/wanctl/steering", "etc/wanctl/ssh", "var/lib/wanctl/.ssh", "var/log/wanctl",
      "run/wanctl", "etc/tmpfiles.d", "etc/logrotate.d",
      "etc/systemd/system/multi-user.target.wants",
    ] {
      try FileManager.default.createDirectory(
        atPath: folder.file(path), withIntermediateDirectories: true)
    }
    try write("1.4.0\n2026-10-01T12:00:00\n", to: "opt/wanctl/.version")
    try write("# code\n", to: "opt/wanctl/autorate_continuous.py")
    try write("ROUTER_PASSWORD=hunter2\n", to: "etc/wanctl/secrets", mode: 0o640)
    try write("key\n", to: "etc/wanctl/ssh/router.key", mode: 0o600)
    try write("192.168.1.1 ssh-rsa AAAA\n", to: "var/lib/wanctl/.ssh/known_hosts", mode: 0o600)
    try write("d /run/wanctl 0755 wanctl wanctl -\n", to: "etc/tmpfiles.d/wanctl.conf")
    try write("/var/log/wanctl/*.log { daily }\n", to: "etc/logrotate.d/wanctl")
    try write(Self.loop, to: "etc/wanctl/wan1.yaml", mode: 0o640)
    try write(
      Self.unit(
        "/usr/bin/python3 /opt/wanctl/autorate_continuous.py --config /etc/wanctl/%i.yaml --debug"),
      to: "etc/systemd/system/wanctl@.service")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("etc/systemd/system/multi-user.target.wants/wanctl@wan1.service"),
      withDestinationPath: "../wanctl@.service")
    for name in ["cable", "dsl", "fiber"] {
      try write("wan_name: CHANGE\n", to: "etc/wanctl/\(name).yaml.example")
    }
    guard hasRun else { return }
    try write(Self.state, to: "run/wanctl/wan1_state.json", mode: 0o600)
    try write("SQLite format 3\0", to: "var/lib/wanctl/metrics.db")
  }

  func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    try folder.write(text, to: path)
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: folder.file(path))
  }

  func remove(_ path: String) throws {
    try FileManager.default.removeItem(atPath: folder.file(path))
  }

  /// With steering, as deploy.sh brings it.
  func addSteering(as name: String = "steering.yaml", _ text: String = steering) throws {
    try write(text, to: "etc/wanctl/\(name)", mode: 0o640)
    try write(
      Self.unit("/usr/bin/python3 -m wanctl.steering.daemon --config /etc/wanctl/steering.yaml"),
      to: "etc/systemd/system/steering.service")
  }

  private static func unit(_ start: String) -> String {
    """
    [Unit]
    After=network-online.target
    [Service]
    Type=simple
    User=wanctl
    WorkingDirectory=/opt/wanctl
    ExecStart=\(start)
    Restart=on-failure
    WatchdogSec=30s
    EnvironmentFile=-/etc/wanctl/secrets
    [Install]
    WantedBy=multi-user.target

    """
  }

  /// What the wizard writes for cable over REST.
  static let loop = """
    wan_name: wan1
    router:
      type: routeros
      transport: rest
      host: 192.168.1.1
      user: admin
      password: ${ROUTER_PASSWORD}
      ssh_key: /etc/wanctl/ssh/router.key
      verify_ssl: false
    queues:
      download: WAN-Download-Wan1
      upload: WAN-Upload-Wan1
    continuous_monitoring:
      enabled: true
      baseline_rtt_initial: 24
      download:
        floor_green_mbps: 275
        floor_yellow_mbps: 175
        floor_soft_red_mbps: 137
        floor_red_mbps: 100
        ceiling_mbps: 500
        step_up_mbps: 10
        factor_down: 0.85
      upload:
        floor_mbps: 8
        ceiling_mbps: 50
        step_up_mbps: 1
        factor_down: 0.90
      thresholds:
        target_bloat_ms: 15
        warn_bloat_ms: 45
        hard_red_bloat_ms: 80
        alpha_baseline: 0.02
        alpha_load: 0.20
      ping_hosts: ["1.1.1.1", "8.8.8.8", "9.9.9.9"]
      use_median_of_three: true
    logging:
      main_log: /var/log/wanctl/wan1.log
      debug_log: /var/log/wanctl/wan1_debug.log
    lock_file: /run/wanctl/wan1.lock
    lock_timeout: 300
    timeouts:
      ssh_command: 15
      ping: 1
    state_file: /var/lib/wanctl/wan1_state.json

    """

  /// A steering configuration that the original's daemon runs by.
  static let steering = """
    wan_name: steering
    router:
      transport: ssh
      host: 192.168.1.1
      user: admin
      ssh_key: /etc/wanctl/ssh/router.key
    topology:
      primary_wan: wan1
      primary_wan_config: /etc/wanctl/wan1.yaml
      alternate_wan: wan2
    mangle_rule:
      comment: "ADAPTIVE: Steer latency-sensitive to WAN2"
    measurement:
      interval_seconds: 0.5
      ping_host: 1.1.1.1
      ping_count: 1
    thresholds:
      yellow_rtt_ms: 15
      red_rtt_ms: 15
    state:
      file: /var/lib/wanctl/steering_state.json
      history_size: 240
    logging:
      main_log: /var/log/wanctl/steering.log
      debug_log: /var/log/wanctl/steering_debug.log
    lock_file: /run/wanctl/steering.lock
    lock_timeout: 60

    """

  /// What the wizard writes instead.
  static let wizardSteering = """
    primary_wan: wan1
    alternate_wan: wan2
    steering:
      enabled: true
    router:
      host: 192.168.1.1
      steering_rule_comment: "ADAPTIVE: Steer"

    """

  static let state = #"""
    {"download":{"green_streak":7,"soft_red_streak":0,"red_streak":0,"current_rate":450000000},"upload":{"green_streak":7,"soft_red_streak":0,"red_streak":0,"current_rate":21637157},"ewma":{"baseline_rtt":24.00099500999001,"load_rtt":24.149307250976562},"last_applied":{"dl_rate":450000000,"ul_rate":18637157},"timestamp":"2026-11-20T23:31:14.983806"}
    """#
}
