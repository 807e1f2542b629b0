import Model

/// The settings of steering for people, with what counts and weights come to in seconds.
enum SteeringSummary {
  static func lines(of settings: SteeringSettings) -> [String] {
    let control = settings.control
    let timing = SteeringTiming(control)
    var lines: [(String, String)] = [("primary", primary(settings))]
    lines += alternates(settings)
    lines.append(("probes", probes(settings)))
    lines += thresholds(control, timing)
    lines += [
      (
        "steers",
        "after \(timing.steerSamples) \(timing.isCAKEAware ? "RED" : "bad") cycles in a row, "
          + "\(decimal(timing.steerAfter)) s"
      ),
      (
        "returns",
        "after \(timing.returnSamples) \(timing.isCAKEAware ? "GREEN" : "good") cycles in a "
          + "row, \(decimal(timing.returnAfter)) s"
      ),
    ]
    lines += confidence(control)
    if !settings.flushedPorts.isEmpty {
      lines.append(
        (
          "flushes",
          "connections to ports " + settings.flushedPorts.map(String.init).joined(separator: ", ")
        )
      )
    }
    lines += [
      ("router", SettingsSummary.router(settings.router)),
      (
        "history",
        settings.storage.path.map { "\($0), \(settings.storage.retentionDays) days" } ?? "off"
      ),
      ("health", SettingsSummary.listener(settings.health)),
      ("state", "\(settings.stateFile), \(control.historySize) samples"),
      ("changes", settings.transitionLog),
      ("lock", settings.lockFile),
      ("logs", "\(settings.mainLog), \(settings.debugLog)"),
    ]
    return SettingsSummary.columns(lines)
  }

  private static func primary(_ settings: SteeringSettings) -> String {
    let bounds = settings.control.thresholds.baselineBounds
    let sources = settings.primarySources
    return
      "\(settings.control.primary): queue \(sources.downloadQueue?.text ?? "none"), baseline from "
      + "\(sources.stateFile ?? "nowhere"), between \(decimal(bounds.min)) and "
      + "\(decimal(bounds.max)) ms"
  }

  private static func alternates(_ settings: SteeringSettings) -> [(String, String)] {
    let lines = zip(settings.rules, settings.targetSources).enumerated().map { index, target in
      let (rule, sources) = target
      let isMeasured = settings.control.targets[index].thresholds != nil
      let line =
        isMeasured
        ? "probed at \(sources.probe?.host ?? "nothing")"
          + (sources.probe?.sourceAddress.map { " from \($0)" } ?? "")
          + ", baseline from \(sources.stateFile ?? "nowhere")"
        : "not measured, always good enough"
      return (index == 0 ? "alternate" : "", "\(rule.target): rule \"\(rule.comment)\", \(line)")
    }
    let selection = settings.control.selection
    guard settings.control.targets.count > 1 || settings.control.targets[0].thresholds != nil
    else { return lines }
    return lines + [
      (
        "selection",
        "score up to \(decimal(selection.maximumTargetScore)), moved to another that is "
          + "\(decimal(selection.minimumAdvantage)) better after "
          + "\(decimal(selection.minimumDwell.seconds)) s, stale after "
          + "\(decimal(selection.staleAfter.seconds)) s"
      )
    ]
  }

  private static func probes(_ settings: SteeringSettings) -> String {
    let control = settings.control
    let probe = settings.primarySources.probe
    let count = probe?.count ?? 1
    return "\(probe?.host ?? "none") every \(decimal(min(control.interval.seconds, 0.25))) s, "
      + (count > 1 ? "median of \(count), " : "")
      + "lost after \(decimal(settings.probeTimeout.seconds)) s; decided every "
      + "\(decimal(control.interval.seconds)) s; "
      + (control.deadAfter.rawValue > 0
        ? "dead after \(decimal(control.deadAfter.seconds)) s without an answer" : "never dead")
  }

  private static func thresholds(
    _ control: SteeringControlSettings, _ timing: SteeringTiming
  ) -> [(String, String)] {
    let thresholds = control.thresholds
    guard control.isCAKEAware else {
      return [
        (
          "thresholds",
          "bad above \(thresholds.bad.text) ms over the baseline, good below "
            + "\(thresholds.recovery.text) ms; RTT alone decides"
        )
      ]
    }
    let drops =
      "\(thresholds.minimumDropsRed) drop\(thresholds.minimumDropsRed == 1 ? "" : "s")"
      + (thresholds.drops == .auto ? " where they are counted" : "")
    return [
      (
        "thresholds",
        "YELLOW above \(thresholds.yellow.text) ms over the baseline or from "
          + "\(thresholds.minimumQueueYellow) queued packets, RED above \(thresholds.red.text) ms with "
          + "\(thresholds.minimumQueueRed) packets and \(drops)"
      ),
      (
        "smoothing",
        "RTT \(shortest(timing.rttAlpha)) per cycle, over \(constant(timing.rttConstant)); queue "
          + "\(shortest(timing.queueAlpha)), over \(constant(timing.queueConstant))"
      ),
    ]
  }

  private static func constant(_ seconds: Double) -> String {
    seconds.isFinite ? "\(decimal(seconds)) s" : "all time"
  }

  private static func confidence(_ control: SteeringControlSettings) -> [(String, String)] {
    guard let confidence = control.confidence else { return [("confidence", "off")] }
    let role =
      confidence.isDryRun
      ? "told only" : confidence.isExclusive ? "decides alone" : "decides too"
    let flaps = confidence.flapDetection
    return [
      (
        "confidence",
        "\(role): steers from \(decimal(confidence.steerThreshold)) for "
          + "\(decimal(confidence.sustainSeconds)) s, returns up to "
          + "\(decimal(confidence.recoveryThreshold)) for "
          + "\(decimal(confidence.recoverySustainSeconds)) s, steered for "
          + "\(decimal(confidence.holdDownSeconds)) s at least"
      ),
      (
        "flapping",
        flaps.isEnabled
          ? "more than \(flaps.maximumToggles) changes in \(decimal(flaps.windowMinutes)) min, "
            + (flaps.isApplied
              ? "+\(decimal(flaps.penalty)) for \(decimal(flaps.penaltySeconds)) s" : "told only")
          : "not looked for"
      ),
    ]
  }
}
