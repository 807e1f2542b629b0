import Config
import History
import Model

extension MetricRow {
  /// The configuration at a start, as the original keeps it: the numbers as the file has them.
  static func configSnapshot(
    of config: EffectiveConfig, wan: Identifier, at time: UnixTime
  ) -> MetricRow {
    func value(_ key: String) -> MetricLabels.Value {
      label(config["continuous_monitoring." + key])
    }
    let autorate = MetricLabels([
      ("baseline_rtt_initial", value("baseline_rtt_initial")),
      ("download_ceiling_mbps", value("download.ceiling_mbps")),
      ("upload_ceiling_mbps", value("upload.ceiling_mbps")),
      ("target_bloat_ms", value("thresholds.target_bloat_ms")),
      ("warn_bloat_ms", value("thresholds.warn_bloat_ms")),
    ])
    return configSnapshot(autorate: .object(autorate), steering: .null, wan: wan.text, at: time)
  }

  /// The same for steering: values that the file does not have are null, as in the original.
  static func steeringSnapshot(of config: EffectiveConfig, at time: UnixTime) -> MetricRow {
    func value(_ key: String) -> MetricLabels.Value {
      label(config.entries.first { $0.key == key && $0.isGiven }?.value)
    }
    let wan =
      if case .text(let name)? = config["topology.primary_wan"] { name } else { "unknown" }
    let steering = MetricLabels([
      ("bad_threshold_ms", value("thresholds.bad_threshold_ms")),
      ("recovery_threshold_ms", value("thresholds.recovery_threshold_ms")),
      ("green_rtt_ms", value("thresholds.green_rtt_ms")),
      ("red_rtt_ms", value("thresholds.red_rtt_ms")),
      ("primary_wan", .text(wan)), ("alternate_wan", label(config["topology.alternate_wan"])),
    ])
    return configSnapshot(autorate: .null, steering: .object(steering), wan: wan, at: time)
  }

  private static func configSnapshot(
    autorate: MetricLabels.Value, steering: MetricLabels.Value, wan: String, at time: UnixTime
  ) -> MetricRow {
    let labels = MetricLabels([
      ("trigger", .text("startup")), ("autorate", autorate), ("steering", steering),
    ])
    let seconds = time.wholeSeconds
    return MetricRow(
      timestamp: seconds, wan: wan, metric: .configSnapshot, value: Double(seconds),
      labels: labels.text)
  }

  private static func label(_ value: ConfigValue?) -> MetricLabels.Value {
    switch value {
    case .integer(let number): .integer(Int64(number))
    case .number(let number) where number.isFinite: .real(number)
    case .text(let text): .text(text)
    default: .null
    }
  }
}
