public import Model
import Service

/// What a calibration came to, and the configuration that follows from it.
public struct CalibrationResult: Sendable, Equatable {
  public var wan: Identifier
  public var router: RouterSettings
  public var queues: PerDirection<Identifier>
  public var baseline: Milliseconds
  public var download: Calibration.Found
  public var upload: Calibration.Found
  /// The directions that were loaded; the numbers of another one are taken over.
  public var measured: [Direction]
  public var targetBloat: Milliseconds
  public var time: UnixTime

  public init(
    wan: Identifier, router: RouterSettings, queues: PerDirection<Identifier>,
    baseline: Milliseconds, download: Calibration.Found, upload: Calibration.Found,
    measured: [Direction] = Direction.allCases, targetBloat: Milliseconds, time: UnixTime
  ) {
    self.wan = wan
    self.router = router
    self.queues = queues
    self.baseline = baseline
    self.download = download
    self.upload = upload
    self.measured = measured
    self.targetBloat = targetBloat
    self.time = time
  }

  /// By the latency of the idle line alone, as the original guesses it.
  public var type: LinkType {
    baseline.rawValue < 15 ? .fibre : baseline.rawValue < 35 ? .cable : .dsl
  }

  /// Mbit/s; never above what keeps the other floors above it.
  public var floors: PerDirection<Double> {
    let preset = preset
    return PerDirection(download: preset.download.floorRed, upload: preset.upload.floorRed)
  }

  /// The original's formulas, within what a configuration may hold: on slow lines its floors and
  /// steps exceed the ceiling, on far ones its thresholds the range.
  public var preset: LinkPreset {
    let latency = limited(baseline.rawValue, 1, 500)
    let target = max(5, 0.5 * latency)
    let warn = max(15, 1.5 * latency)
    let alpha = baseline.rawValue < 15 ? 0.01 : baseline.rawValue < 35 ? 0.02 : 0.015
    return LinkPreset(
      baseline: (latency * 10).rounded() / 10,
      download: queue(
        download.optimal, leastFloor: 10, most: 10_000, leastStep: 5, step: 0.01, factor: 0.85,
        isDownload: true),
      upload: queue(
        upload.optimal, leastFloor: 2, most: 1000, leastStep: 1, step: 0.02, factor: 0.9,
        isDownload: false),
      thresholds: [
        .init("target_bloat_ms", decimalText(limited(target.rounded(.toNearestOrEven), 1, 100))),
        .init("warn_bloat_ms", decimalText(limited(warn.rounded(.toNearestOrEven), 1, 200))),
        .init(
          "hard_red_bloat_ms",
          decimalText(max(30, 3 * latency).rounded(.toNearestOrEven))),
        // The original's weights 0.01, 0.02 or 0.015, and 0.2, as time constants.
        .init("baseline_time_constant_sec", decimalText(controlInterval.seconds / alpha)),
        .init("load_time_constant_sec", "0.25"),
      ])
  }

  private func queue(
    _ optimal: Double, leastFloor: Double, most: Double, leastStep: Double, step: Double,
    factor: Double, isDownload: Bool
  ) -> LinkPreset.Queue {
    /// Whole Mbit/s, as the original; on a slow line the tenths count too.
    func whole(_ rate: Double) -> Double {
      optimal >= 20
        ? rate.rounded(.toNearestOrEven) : (rate * 10).rounded(.toNearestOrEven) / 10
    }
    let ceiling = limited(whole(1.05 * optimal), 1, most)
    let green = limited(whole(0.6 * optimal), 0.1, ceiling)
    let yellow = limited(whole(0.4 * optimal), 0.1, green)
    let softRed = limited(whole(0.3 * optimal), 0.1, yellow)
    // The original's least floor is above the others on a slow line.
    let red = limited(
      whole(max(leastFloor, 0.2 * optimal)), 0.1, isDownload ? softRed : ceiling / 2)
    let up = limited(
      min(max(leastStep, (step * optimal).rounded(.toNearestOrEven)), ceiling / 10), 0.1, 100)
    return LinkPreset.Queue(
      ceiling: ceiling, floorGreen: isDownload ? green : red,
      floorYellow: isDownload ? yellow : red, floorSoftRed: isDownload ? softRed : red,
      floorRed: red, stepUp: significant(up, digits: 2), factorDown: factor)
  }

  private func limited(_ value: Double, _ least: Double, _ most: Double) -> Double {
    value.isFinite ? min(max(value, least), max(least, most)) : least
  }

  /// Lines for the top of the configuration.
  public var heading: [String] {
    var lines = [
      "wanctl configuration - \(wan)", "",
      "Written by wanctl-loop calibrate on \(LocalTime(time).iso8601)", "",
      "Detected connection type: \(type.rawValue)",
      "Baseline RTT: \(fixed(baseline.rawValue, digits: 1))ms",
    ]
    for direction in measured {
      let found = direction == .download ? download : upload
      lines.append("Raw \(direction.name): \(fixed(found.raw, digits: 1)) Mbps")
    }
    for direction in measured {
      let found = direction == .download ? download : upload
      lines.append(
        "Optimal \(direction.name): \(fixed(found.optimal, digits: 1)) Mbps "
          + "(bloat: \(fixed(found.bloat.rawValue, digits: 1))ms)")
    }
    return lines + [
      "", "These values are a beginning: measure at the worst hour of your line too.",
    ]
  }

  /// The original's result file: two blanks of indent, keys in its order, no newline at the end.
  public var json: String {
    func number(_ value: Double) -> String { value.isFinite ? shortest(value) : "null" }
    func number(_ direction: Direction, _ value: Double) -> String {
      measured.contains(direction) ? number(value) : "null"
    }
    func text(_ value: String) -> String {
      var json = JSONWriter(escaping: .ascii)
      json.string(value)
      return json.text
    }
    let fields: [(String, String)] = [
      ("wan_name", text(wan.text)), ("router_host", text(router.host)),
      ("router_user", text(router.user)), ("baseline_rtt_ms", number(baseline.rawValue)),
      ("raw_download_mbps", number(.download, download.raw)),
      ("raw_upload_mbps", number(.upload, upload.raw)),
      ("optimal_download_mbps", number(.download, download.optimal)),
      ("optimal_upload_mbps", number(.upload, upload.optimal)),
      ("download_bloat_ms", number(.download, download.bloat.rawValue)),
      ("upload_bloat_ms", number(.upload, upload.bloat.rawValue)),
      ("floor_download_mbps", number(floors.download)),
      ("floor_upload_mbps", number(floors.upload)),
      ("timestamp", text(LocalTime(time).iso8601)),
      ("target_bloat_ms", number(targetBloat.rawValue)),
    ]
    return "{\n" + fields.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n") + "\n}"
  }
}
