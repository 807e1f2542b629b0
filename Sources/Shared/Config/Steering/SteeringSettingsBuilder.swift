import Model

/// Makes the settings of steering of values without errors.
struct SteeringSettingsBuilder {
  let values: ConfigValues

  /// nil when a value is missing, which only happens beside an error finding.
  func settings() -> SteeringSettings? {
    guard let name = values.identifier("wan_name"), let control = control(),
      let primaryConfig = values.text("topology.primary_wan_config"),
      let sources = primarySources(), let rules = rules(), let router = values.router(),
      let ports = values.list("mangle_rule.flush_connections"),
      let probeTimeout = values.seconds("timeouts.ping"),
      let totalTimeout = values.seconds("timeouts.ping_total"),
      let stateFile = values.text("state.file"), let lockFile = values.text("lock_file"),
      let lockTimeout = values.integer("lock_timeout"),
      let mainLog = values.text("logging.main_log"),
      let debugLog = values.text("logging.debug_log"),
      let enablesYellow = values.flag("mode.enable_yellow_state"),
      let logsStatistics = values.flag("logging.log_cake_stats"),
      let health = values.listener("health_check"), let metrics = values.flag("metrics.enabled"),
      let storage = values.storage()
    else { return nil }
    return SteeringSettings(
      schemaVersion: values["schema_version"].map { "\($0.value)" } ?? "1.0", name: name,
      control: control, primaryConfig: primaryConfig, primarySources: sources,
      targetSources: control.targets.map { targetSources(of: $0.name) }, rules: rules,
      flushedPorts: ports.compactMap(port), router: router, probeTimeout: probeTimeout,
      probeTotalTimeout: totalTimeout, stateFile: stateFile,
      transitionLog: values.text("state.transition_log"), lockFile: lockFile,
      lockTimeoutSeconds: lockTimeout, mainLog: mainLog, debugLog: debugLog,
      enablesYellowState: enablesYellow, logsCAKEStatistics: logsStatistics, health: health,
      hasMetrics: metrics, storage: storage, alerts: values.alerts())
  }

  private var targets: [String]? { values.texts("topology.alternates") }

  // MARK: What is decided by

  private func control() -> SteeringControlSettings? {
    guard let primary = values.text("topology.primary_wan"), let targets,
      let interval = values.seconds("measurement.interval_seconds"),
      let deadAfter = values.seconds("measurement.dead_after_sec"),
      let isCAKEAware = values.flag("mode.cake_aware"),
      let usesConfidence = values.flag("mode.use_confidence_scoring"),
      let thresholds = thresholds(in: "thresholds."), let samples = samples(),
      let selection = selection(), let historySize = values.integer("state.history_size")
    else { return nil }
    let confidence = confidence()
    guard !usesConfidence || confidence != nil else { return nil }
    return SteeringControlSettings(
      primary: primary, interval: interval, deadAfter: deadAfter, isCAKEAware: isCAKEAware,
      thresholds: thresholds, samples: samples, confidence: usesConfidence ? confidence : nil,
      targets: targets.map {
        SteeringControlSettings.Target(
          name: $0, thresholds: self.thresholds(in: "wans.\($0).thresholds."),
          hasQueue: hasQueue($0))
      },
      selection: selection, historySize: historySize)
  }

  /// Whether the queue of a WAN is read; one without an entry in `wans` is not measured at all.
  private func hasQueue(_ wan: String) -> Bool {
    let key = "wans.\(wan).cake_queues.download"
    return values.schema[key] == nil || values.text(key) != nil
  }

  /// nil for a WAN that has no entry in `wans`.
  private func thresholds(in section: String) -> SteeringControlSettings.Thresholds? {
    guard values.schema[section + "drops"] != nil,
      let bad = values.number(section + "bad_threshold_ms"),
      let recovery = values.number(section + "recovery_threshold_ms"),
      let green = values.number(section + "green_rtt_ms"),
      let yellow = values.number(section + "yellow_rtt_ms"),
      let red = values.number(section + "red_rtt_ms"),
      let drops = values.integer(section + "min_drops_red"),
      let queueYellow = values.integer(section + "min_queue_yellow"),
      let queueRed = values.integer(section + "min_queue_red"),
      let rttAlpha = values.double(section + "rtt_ewma_alpha"),
      let queueAlpha = values.double(section + "queue_ewma_alpha"),
      let minimum = values.double(section + "baseline_rtt_bounds.min"),
      let maximum = values.double(section + "baseline_rtt_bounds.max"),
      let rule = values.text(section + "drops").flatMap(
        SteeringControlSettings.DropsRule.init(rawValue:))
    else { return nil }
    return SteeringControlSettings.Thresholds(
      bad: bad, recovery: recovery, green: green, yellow: yellow, red: red,
      minimumDropsRed: drops, minimumQueueYellow: queueYellow, minimumQueueRed: queueRed,
      rttAlpha: rttAlpha, queueAlpha: queueAlpha,
      baselineBounds: ClosedBounds(min: minimum, max: maximum), drops: rule)
  }

  private func samples() -> SteeringControlSettings.SampleCounts? {
    guard let bad = values.integer("thresholds.bad_samples"),
      let good = values.integer("thresholds.good_samples"),
      let red = values.integer("thresholds.red_samples_required"),
      let green = values.integer("thresholds.green_samples_required")
    else { return nil }
    return SteeringControlSettings.SampleCounts(bad: bad, good: good, red: red, green: green)
  }

  private func confidence() -> SteeringControlSettings.Confidence? {
    let section = "confidence."
    guard let steer = values.double(section + "steer_threshold"),
      let recovery = values.double(section + "recovery_threshold"),
      let sustain = values.double(section + "sustain_duration_sec"),
      let recoverySustain = values.double(section + "recovery_sustain_sec"),
      let holdDown = values.double(section + "hold_down_duration_sec"),
      let isDryRun = values.flag(section + "dry_run"),
      let isExclusive = values.flag("mode.confidence_exclusive"), let flaps = flapDetection()
    else { return nil }
    return SteeringControlSettings.Confidence(
      steerThreshold: steer, recoveryThreshold: recovery, sustainSeconds: sustain,
      recoverySustainSeconds: recoverySustain, holdDownSeconds: holdDown, flapDetection: flaps,
      isDryRun: isDryRun, isExclusive: isExclusive)
  }

  private func flapDetection() -> SteeringControlSettings.Confidence.FlapDetection? {
    let section = "confidence."
    guard let isEnabled = values.flag(section + "flap_detection_enabled"),
      let window = values.double(section + "flap_window_minutes"),
      let toggles = values.integer(section + "max_toggles"),
      let duration = values.double(section + "penalty_duration_sec"),
      let penalty = values.double(section + "penalty_threshold_add"),
      let isApplied = values.flag(section + "apply_flap_penalty")
    else { return nil }
    return SteeringControlSettings.Confidence.FlapDetection(
      isEnabled: isEnabled, windowMinutes: window, maximumToggles: toggles,
      penaltySeconds: duration, penalty: penalty, isApplied: isApplied)
  }

  private func selection() -> SteeringControlSettings.Selection? {
    guard let score = values.double("selection.max_target_score"),
      let advantage = values.double("selection.min_advantage"),
      let dwell = values.seconds("selection.min_dwell_sec"),
      let stale = values.seconds("selection.stale_sec")
    else { return nil }
    return SteeringControlSettings.Selection(
      maximumTargetScore: score, minimumAdvantage: advantage, minimumDwell: dwell,
      staleAfter: stale)
  }

  // MARK: What is read and written

  private func primarySources() -> SteeringSettings.Sources? {
    guard let host = values.text("measurement.ping_host"),
      let count = values.integer("measurement.ping_count")
    else { return nil }
    return SteeringSettings.Sources(
      stateFile: values.text("cake_state_sources.primary"),
      downloadQueue: values.identifier("cake_queues.primary_download"),
      uploadQueue: values.identifier("cake_queues.primary_upload"),
      probe: SteeringSettings.Probe(host: host, count: count))
  }

  private func targetSources(of target: String) -> SteeringSettings.Sources {
    let section = "wans.\(target)."
    guard values.schema[section + "ping.host"] != nil,
      let host = values.text(section + "ping.host"),
      let count = values.integer(section + "ping.count")
    else { return SteeringSettings.Sources() }
    return SteeringSettings.Sources(
      stateFile: values.text(section + "state_file"),
      downloadQueue: values.identifier(section + "cake_queues.download"),
      probe: SteeringSettings.Probe(
        host: host, count: count, sourceAddress: values.text(section + "ping.source")))
  }

  /// The rule of each target.
  private func rules() -> [SteeringSettings.Rule]? {
    guard let targets else { return nil }
    let comments = targets.enumerated().compactMap { index, target in
      comment(of: target, isFirst: index == 0).map {
        SteeringSettings.Rule(target: target, comment: $0)
      }
    }
    return comments.count == targets.count ? comments : nil
  }

  private func comment(of target: String, isFirst: Bool) -> RuleComment? {
    let rules = values.schema.keys.filter {
      $0.components[0] == "steering_rules" && $0.name == "to"
    }
    let rule = rules.first { values.text($0.path) == target }
    let path = rule.map { $0.section + ".comment" } ?? "mangle_rule.comment"
    guard rule != nil || (rules.isEmpty && isFirst) else { return nil }
    return values.text(path).flatMap { try? RuleComment($0) }
  }

  private func port(_ value: ConfigValue) -> UInt16? {
    if case .integer(let port) = value { UInt16(exactly: port) } else { nil }
  }
}
