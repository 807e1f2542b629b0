import Model

/// What the original's `--validate-config` prints; scripts read it.
public enum ValidationReport {
  /// For one file. Ends with a newline.
  public static func text(_ result: ConfigResult) -> String {
    text(result, summary: summary)
  }

  /// The same for a steering configuration.
  public static func text(_ result: SteeringConfigResult) -> String {
    text(result, summary: summary)
  }

  private static func text<Settings>(
    _ result: CheckedConfig<Settings>, summary: (Settings) -> [String]
  ) -> String {
    let lines =
      if let settings = result.settings {
        ["Configuration valid: \(result.path)"] + summary(settings)
      } else {
        ["Configuration INVALID: \(result.path)"] + errors(result.errors)
      }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func errors(_ errors: [ConfigDiagnostic]) -> [String] {
    if errors.count == 1 { return ["  Error: \(errors[0])"] }
    return ["  Error: Config validation failed with \(errors.count) error(s):"]
      + errors.map { "  - \($0)" }
  }

  private static func summary(of settings: SteeringSettings) -> [String] {
    let control = settings.control
    return [
      "  Primary: \(control.primary)",
      "  Alternates: \(control.targets.map(\.name).joined(separator: ", "))",
      "  Transport: \(settings.router.transport.rawValue)",
      "  Router: \(settings.router.host):\(settings.router.user)",
      "  Rules: \(settings.rules.map { "'\($0.comment)'" }.joined(separator: ", "))",
      "  Mode: \(control.isCAKEAware ? "CAKE-aware" : "RTT only")",
    ]
  }

  private static func summary(of settings: LoopSettings) -> [String] {
    let control = settings.control
    let download = control.download
    let upload = control.upload
    let hosts = settings.probe.reflectors.map { "'\($0)'" }.joined(separator: ", ")
    return [
      "  WAN: \(settings.wan)",
      "  Transport: \(settings.router.transport.rawValue)",
      "  Router: \(settings.router.host):\(settings.router.user)",
      "  Download: \(megabits(download.floorRed)) - \(megabits(download.ceiling))",
      "    Floors: GREEN=\(megabits(download.floorGreen)), "
        + "YELLOW=\(megabits(download.floorYellow)), "
        + "SOFT_RED=\(megabits(download.floorSoftRed)), RED=\(megabits(download.floorRed))",
      "  Upload: \(megabits(upload.floorRed)) - \(megabits(upload.ceiling))",
      "    Floors: GREEN=\(megabits(upload.floorGreen)), "
        + "YELLOW=\(megabits(upload.floorYellow)), RED=\(megabits(upload.floorRed))",
      "  Thresholds: GREEN<=\(control.targetBloat.text)ms, "
        + "SOFT_RED<=\(control.warnBloat.text)ms, RED>\(control.hardRedBloat.text)ms",
      "  Ping hosts: [\(hosts)]",
      "  Queue names: \(settings.queues.download), \(settings.queues.upload)",
    ]
  }

  private static func megabits(_ rate: Double) -> String {
    fixed(rate / 1e6, digits: 0) + "M"
  }
}
