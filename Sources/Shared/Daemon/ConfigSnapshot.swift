import Config
import History
import Model

extension MetricRow {
  /// The configuration at a start, as the original keeps it: the numbers as the file has them.
  static func configSnapshot(
    of config: EffectiveConfig, wan: Identifier, at time: UnixTime
  ) -> MetricRow {
    func value(_ key: String) -> MetricLabels.Value {
      switch config["continuous_monitoring." + key] {
      case .integer(let number): .integer(Int64(number))
      case .number(let number) where number.isFinite: .real(number)
      default: .null
      }
    }
    let autorate = MetricLabels([
      ("baseline_rtt_initial", value("baseline_rtt_initial")),
      ("download_ceiling_mbps", value("download.ceiling_mbps")),
      ("upload_ceiling_mbps", value("upload.ceiling_mbps")),
      ("target_bloat_ms", value("thresholds.target_bloat_ms")),
      ("warn_bloat_ms", value("thresholds.warn_bloat_ms")),
    ])
    let labels = MetricLabels([
      ("trigger", .text("startup")), ("autorate", .object(autorate)), ("steering", .null),
    ])
    let seconds = time.wholeSeconds
    return MetricRow(
      timestamp: seconds, wan: wan.text, metric: .configSnapshot, value: Double(seconds),
      labels: labels.text)
  }
}
