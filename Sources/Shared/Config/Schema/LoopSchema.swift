import Model

extension ConfigSchema {
  /// The keys of the configuration of one WAN. A steering configuration may share the file.
  public static let loop = ConfigSchema(
    ConfigKey.loop,
    foreign: names(of: ConfigKey.steering).union(["wans", "steering_rules"]))
}

extension ConfigKey {
  static let loop =
    general(nameMeaning: "Name of the WAN in logs, records, metrics and history.")
    + router + queues + monitoring + queue("download") + queue("upload") + bloatThresholds
    + reflectors + fallback + probe + loopFiles + listeners + storage + alerts + loopAlerts

  private static let queues = [
    ConfigKey(
      "queues.download", .identifier, .required, "Name of the download queue in /queue tree."),
    ConfigKey("queues.upload", .identifier, .required, "Name of the upload queue in /queue tree."),
  ]

  private static let monitoring = [
    ConfigKey(
      "continuous_monitoring.enabled", .flag, .required,
      "Must be there, and has no effect: the loop runs in any case."),
    ConfigKey(
      "continuous_monitoring.baseline_rtt_initial", .number(1...500), .required, unit: "ms",
      "RTT of the idle line, until it is measured."),
  ]

  private static func queue(_ direction: String) -> [ConfigKey] {
    let isDownload = direction == "download"
    let section = "continuous_monitoring.\(direction)."
    let floor = ConfigKey.Kind.number(0.001...Double.infinity)
    let ceiling = isDownload ? 10_000.0 : 1_000.0
    let softRed = ConfigKey(
      section + "floor_soft_red_mbps", isDownload ? floor : .any,
      isDownload
        ? .depends("default floor_yellow_mbps") : .unused("upload has no SOFT_RED zone"),
      unit: "Mbit/s", needsValue: isDownload, "Lowest rate in SOFT_RED.")
    return [
      ConfigKey(
        section + "ceiling_mbps", .number(1...ceiling), .required, unit: "Mbit/s",
        "Highest rate, and the rate to begin with."),
      ConfigKey(
        section + "floor_green_mbps", floor, .depends("required unless floor_mbps is there"),
        unit: "Mbit/s", needsValue: true, "Lowest rate in GREEN."),
      ConfigKey(
        section + "floor_yellow_mbps", floor, .depends("required with floor_green_mbps"),
        unit: "Mbit/s", needsValue: true, "Lowest rate in YELLOW."),
      softRed,
      ConfigKey(
        section + "floor_red_mbps", floor, .depends("required with floor_green_mbps"),
        unit: "Mbit/s", needsValue: true,
        isDownload ? "Lowest rate in RED." : "Lowest rate in every zone."),
      ConfigKey(
        section + "floor_mbps", floor,
        .legacy(isDownload ? "write the four floors" : "write the three floors"), unit: "Mbit/s",
        needsValue: true, "One floor for all zones; used when floor_green_mbps is not there."),
      ConfigKey(
        section + "step_up_mbps", .number(0.1...100), .required, unit: "Mbit/s",
        "Added to the rate in each cycle of lasting GREEN."),
      ConfigKey(
        section + "factor_down", .number(0.1...1), .required,
        "The rate is multiplied by this in each cycle of RED."),
      ConfigKey(
        section + "factor_down_yellow", .number(isDownload ? 0.8...1 : 0.9...1),
        .optional(.number(isDownload ? 0.96 : 0.94)),
        "The rate is multiplied by this in each cycle of YELLOW."),
      ConfigKey(
        section + "green_required", .integer(1...10), .optional(.integer(5)),
        "Cycles of GREEN in a row before the rate rises."),
    ]
  }

  private static let bloatThresholds: [ConfigKey] = {
    let section = "continuous_monitoring.thresholds."
    return [
      ConfigKey(
        section + "target_bloat_ms", .number(1...100), .required, unit: "ms",
        "GREEN while the smoothed RTT is at most this far above the baseline."),
      ConfigKey(
        section + "warn_bloat_ms", .number(1...200), .required, unit: "ms",
        "Above it download is SOFT_RED and upload is RED."),
      ConfigKey(
        section + "hard_red_bloat_ms", .number(0...Double.infinity), .optional(.integer(80)),
        unit: "ms", needsValue: true, "Above it download is RED."),
      ConfigKey(
        section + "baseline_time_constant_sec", .number(1...600),
        .depends("required unless alpha_baseline is there"), unit: "s",
        "How slowly the baseline follows the idle line."),
      ConfigKey(
        section + "load_time_constant_sec", .number(0.05...10),
        .depends("required unless alpha_load is there"), unit: "s",
        "How slowly the smoothed RTT follows the measured one."),
      ConfigKey(
        section + "alpha_baseline", .number(0.0001...1),
        .legacy("write baseline_time_constant_sec: 0.05 / alpha"),
        "Weight of a new sample in the baseline."),
      ConfigKey(
        section + "alpha_load", .number(0.001...1),
        .legacy("write load_time_constant_sec: 0.05 / alpha"),
        "Weight of a new sample in the smoothed RTT."),
      ConfigKey(
        section + "baseline_update_threshold_ms", .number(-Double.infinity...Double.infinity),
        .optional(.number(3)), unit: "ms",
        "The baseline follows only while the smoothed RTT is less than this above it."),
      ConfigKey(
        section + "accel_threshold_ms", .number(5...50), .optional(.number(15)), unit: "ms",
        "A rise of the smoothed RTT by more than this in one cycle is logged."),
      ConfigKey(
        section + "baseline_rtt_bounds.min", .number(1...100),
        .depends("default 10, or half of baseline_rtt_initial where that is below 10"), unit: "ms",
        "A new baseline below it is rejected."),
      ConfigKey(
        section + "baseline_rtt_bounds.max", .number(10...500),
        .depends("default 60, or twice baseline_rtt_initial where that is above 60"), unit: "ms",
        "A new baseline above it is rejected."),
      ConfigKey(
        section + "baseline_relearn_sec", .number(0...86_400), .optional(.integer(600)), unit: "s",
        "A baseline that was frozen for so long on an idle line is learned anew; 0 = never."),
    ]
  }()

  private static let reflectors = [
    ConfigKey(
      "continuous_monitoring.ping_hosts", .hosts, .required, "The reflectors that are probed."),
    ConfigKey(
      "continuous_monitoring.use_median_of_three", .flag, .optional(.flag(false)),
      "Use the median of the first three answers of a round, not the first answer."),
    ConfigKey(
      "continuous_monitoring.on_exit", .choice(["keep", "ceiling"]), .optional(.text("keep")),
      "What happens to the rates at a clean stop."),
  ]

  private static let fallback: [ConfigKey] = {
    let section = "continuous_monitoring.fallback_checks."
    return [
      ConfigKey(
        section + "enabled", .flag, .optional(.flag(true)),
        "Whether other probes are asked when no reflector answers."),
      ConfigKey(
        section + "check_gateway", .flag, .optional(.flag(true)),
        "Whether the gateway is asked then."),
      ConfigKey(
        section + "check_tcp", .flag, .optional(.flag(true)),
        "Whether TCP handshakes are timed then."),
      ConfigKey(
        section + "gateway_ip", .host, .optional(.null),
        "The gateway; none is the host's own default gateway."),
      ConfigKey(
        section + "tcp_targets", .targets,
        .optional(
          .list([
            .list([.text("1.1.1.1"), .integer(443)]), .list([.text("8.8.8.8"), .integer(443)]),
          ])), "The hosts and ports of the handshakes."),
      ConfigKey(
        section + "fallback_mode",
        .choice(["graceful_degradation", "freeze", "use_last_rtt"], isClosed: false),
        .optional(.text("graceful_degradation")),
        "What to do while the line is up but gives no RTT."),
      ConfigKey(
        section + "max_fallback_cycles", .integer(0...Int.max), .optional(.integer(3)),
        "Cycles of graceful degradation before a cycle fails."),
    ]
  }()

  private static let probe = [
    ConfigKey(
      "continuous_monitoring.probe.source", .address, .optional(.null),
      "Source address of the probes."),
    ConfigKey(
      "continuous_monitoring.probe.interface", .identifier, .optional(.null),
      "Interface that the probes leave by."),
    ConfigKey(
      "continuous_monitoring.probe.mark", .integer(0...0xFFFF_FFFF), .optional(.null),
      "Firewall mark of the probes."),
  ]

  private static let loopFiles =
    ConfigKey.logs
    + ConfigKey.lock(
      "Held while the loop runs. The state file stands beside it: NAME.lock, NAME_state.json.")
    + [
      ConfigKey(
        "state_file", .any, .unused("lock_file decides"),
        "Path of the state file; the original ignored it too."),
      operationTimeout(seconds: 15), probeTimeout(seconds: 1),
    ]

  private static let listeners =
    health(port: 9101) + [
      ConfigKey(
        "metrics.enabled", .flag, .optional(.flag(false)),
        "Whether Prometheus metrics are served on a port of their own."),
      ConfigKey("metrics.host", .host, .optional(.text("127.0.0.1")), "Address to listen on."),
      ConfigKey(
        "metrics.port", .integer(0...65535), .optional(.integer(9100)),
        "Port to listen on; 0 = any."),
    ]
}
