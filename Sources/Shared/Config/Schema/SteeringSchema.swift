import Model

extension ConfigSchema {
  /// The keys of a steering configuration, with `NAME` for a WAN in `wans` and one rule.
  public static let steering = steering(wans: ["NAME"], rules: 1)

  /// The keys of a steering configuration that has these names in `wans`, and so many rules in
  /// `steering_rules`. The `empty` names have nothing below them.
  static func steering(wans: [String], empty: [String] = [], rules: Int) -> ConfigSchema {
    ConfigSchema(
      ConfigKey.steering + wans.flatMap(ConfigKey.wan) + (0..<rules).flatMap(ConfigKey.rule),
      foreign: names(of: ConfigKey.loop),
      sections: Set(["wans"] + (wans + empty).map { "wans.\($0)" }), lists: ["steering_rules"])
  }

  /// The keys of a steering configuration whose tree begins at `root`.
  static func steering(for root: YAMLNode) -> ConfigSchema {
    func node(_ name: String) -> YAMLNode? {
      root.entries?.last { $0.key == YAMLKey(text: name, isText: true) }?.value
    }
    // A name that is none stays unknown: it could not be anybody's.
    let wans = (node("wans")?.entries ?? []).filter { entry in
      entry.key.isText && (try? Identifier(entry.key.text)) != nil
    }
    var rules = 0
    if case .sequence(let items)? = node("steering_rules")?.content { rules = items.count }
    return steering(
      wans: wans.filter { !$0.value.isNull }.map(\.key.text),
      empty: wans.filter(\.value.isNull).map(\.key.text), rules: rules)
  }

  /// The paths of all keys, and of the sections that they stand in.
  static func names(of keys: [ConfigKey]) -> Set<String> {
    Set(keys.flatMap { [$0.path] + $0.sections })
  }
}

extension ConfigKey {
  /// The keys of a steering configuration but those in `wans` and `steering_rules`.
  static let steering =
    general(nameMeaning: "Name of the service in its log.")
    + router + topology + mangleRule + sources + measurement + thresholds + mode + confidence
    + state
    + files + health(port: 9102) + metrics + storage + selection + dead + alerts + steeringAlerts

  private static let topology = [
    ConfigKey(
      "topology.primary_wan", .identifier, .required,
      "The WAN that is watched; the names of states, records and metrics come from it."),
    ConfigKey(
      "topology.primary_wan_config", .path, .required,
      "Configuration of the loop of the primary, relative to this file; it is only read."),
    ConfigKey(
      "topology.alternate_wan", .identifier, .depends("required unless alternates is there"),
      "The WAN that connections are steered to."),
    ConfigKey(
      "topology.alternates", .identifiers, .depends("default alternate_wan alone"),
      "Several of them; the first is preferred where they are equally good."),
  ]

  private static let mangleRule = [
    ConfigKey(
      "mangle_rule.comment", .ruleComment, .depends("required unless steering_rules is there"),
      "Comment of the rule in /ip firewall mangle that is switched on and off."),
    ConfigKey(
      "mangle_rule.flush_connections", .ports, .optional(.list([])),
      "Connections to these ports are forgotten when steering begins or moves, and begin anew."),
  ]

  private static let sources = [
    ConfigKey(
      "cake_state_sources.primary", .path, .depends("default /var/lib/wanctl/NAME_state.json"),
      needsValue: true, "State file of the loop of the primary, which has the baseline."),
    ConfigKey(
      "cake_state_sources.spectrum", .path, .alias(of: "cake_state_sources.primary"),
      "The original's first name of it."),
    ConfigKey(
      "cake_queues.primary_download", .identifier, .depends("default WAN-Download-Name"),
      "Name of the primary's download queue in /queue tree."),
    ConfigKey(
      "cake_queues.primary_upload", .identifier, .depends("default WAN-Upload-Name"),
      "Name of its upload queue; checked, and not used."),
    ConfigKey(
      "cake_queues.spectrum_download", .identifier, .alias(of: "cake_queues.primary_download"),
      "The original's first name of it."),
    ConfigKey(
      "cake_queues.spectrum_upload", .identifier, .alias(of: "cake_queues.primary_upload"),
      "The original's first name of it."),
  ]

  private static let measurement = [
    ConfigKey(
      "measurement.interval_seconds", .number(0.01...60), .required, unit: "s",
      "Time from one decision to the next."),
    ConfigKey("measurement.ping_host", .hostname, .required, "The host that is probed."),
    ConfigKey(
      "measurement.ping_count", .integer(1...20), .required,
      "The RTT is the median of so many of the newest answers."),
    ConfigKey(
      "measurement.dead_after_sec", .number(0...3600), .optional(.number(1.5)), unit: "s",
      "A primary that answers nothing for so long is dead, and left at once; 0 = never."),
  ]

  private static let mode = [
    ConfigKey(
      "mode.cake_aware", .flag, .optional(.flag(true)),
      "Whether drops and queue decide beside the RTT."),
    ConfigKey(
      "mode.enable_yellow_state", .flag, .optional(.flag(true)), "Accepted, and has no effect."),
    ConfigKey(
      "mode.use_confidence_scoring", .flag, .optional(.flag(false)),
      "Whether a score and timers decide too; section confidence has them."),
    ConfigKey(
      "mode.confidence_exclusive", .flag, .optional(.flag(false)),
      "Whether they decide alone, and samples in a row decide nothing."),
    ConfigKey(
      "mode.reset_counters", .any, .unused("the original never read it"),
      "Stood in the original's examples."),
  ]

  private static let confidence = [
    ConfigKey(
      "confidence.steer_threshold", .number(0...100), .optional(.integer(55)),
      "Score from which connections are steered."),
    ConfigKey(
      "confidence.recovery_threshold", .number(0...100), .optional(.integer(20)),
      "Score up to which they return; it must be lower."),
    ConfigKey(
      "confidence.sustain_duration_sec", .number(0...86_400), .optional(.number(2)), unit: "s",
      "How long the score must last before they are steered."),
    ConfigKey(
      "confidence.recovery_sustain_sec", .number(0...86_400), .optional(.number(3)), unit: "s",
      "How long it must last before they return."),
    ConfigKey(
      "confidence.hold_down_duration_sec", .number(0...86_400), .optional(.number(30)), unit: "s",
      "How long they are steered at least."),
    ConfigKey(
      "confidence.flap_detection_enabled", .flag, .optional(.flag(true)),
      "Whether too many changes are told."),
    ConfigKey(
      "confidence.flap_window_minutes", .number(0...1440), .optional(.integer(5)), unit: "min",
      "Time in which changes are counted."),
    ConfigKey(
      "confidence.max_toggles", .integer(0...1000), .optional(.integer(4)),
      "More changes than these are too many; from 20 on they never are."),
    ConfigKey(
      "confidence.penalty_duration_sec", .number(0...86_400), .optional(.number(60)), unit: "s",
      "How long the penalty for too many lasts."),
    ConfigKey(
      "confidence.penalty_threshold_add", .number(0...100), .optional(.integer(15)),
      "What it adds to steer_threshold."),
    ConfigKey(
      "confidence.apply_flap_penalty", .flag, .optional(.flag(false)),
      "Whether it is applied; the original only logs it."),
    ConfigKey(
      "confidence.dry_run", .flag, .optional(.flag(true)),
      "Whether it only tells what it would do."),
  ]

  private static let state = [
    ConfigKey(
      "state.file", .path, .required, needsValue: true, "State that a restart goes on from."),
    ConfigKey(
      "state.history_size", .integer(1...3000), .required,
      "How many samples and transitions the state file keeps."),
    ConfigKey(
      "state.transition_log", .path, .depends("default beside state.file"),
      "Changes of the state with what led to them, kept for 90 days."),
    ConfigKey(
      "state.bad_samples_required", .any, .unused("write thresholds.red_samples_required"),
      "Stood in the original's documents; never read."),
    ConfigKey(
      "state.good_samples_required", .any, .unused("write thresholds.green_samples_required"),
      "Stood in the original's documents; never read."),
  ]

  private static let files =
    logs + [
      ConfigKey(
        "logging.log_cake_stats", .flag, .optional(.flag(true)), "Accepted, and has no effect.")
    ] + lock("Held while the daemon runs.") + [
      operationTimeout(seconds: 30), probeTimeout(seconds: 2),
      ConfigKey(
        "timeouts.ping_total", .number(0.01...600), .optional(.integer(10)), unit: "s",
        "Accepted, and has no effect: no probe waits for another."),
    ]

  private static let metrics = [
    ConfigKey(
      "metrics.enabled", .flag, .optional(.flag(false)),
      "Accepted, and has no effect: the port of health_check serves metrics in any case.")
  ]

  private static let selection = [
    ConfigKey(
      "selection.max_target_score", .number(0...100), .optional(.integer(20)),
      "An alternate with a higher score is not chosen."),
    ConfigKey(
      "selection.min_advantage", .number(0...100), .optional(.integer(15)),
      "How much better another alternate must be before connections move to it."),
    ConfigKey(
      "selection.min_dwell_sec", .number(0...86_400), .optional(.integer(30)), unit: "s",
      "How long they stay at least."),
    ConfigKey(
      "selection.stale_sec", .number(0.1...86_400), .optional(.integer(15)), unit: "s",
      "An alternate without a measurement for so long is not chosen."),
  ]

  /// What documents and the installer of the original wrote, and nothing ever read.
  private static let dead = [
    ConfigKey(
      "router.steering_rule_comment", .any, .unused("write mangle_rule.comment"),
      "Stood in the original's documents."),
    ConfigKey(
      "steering", .any, .unused("write topology, mangle_rule and thresholds"),
      "Stood in the original's installer."),
    ConfigKey(
      "primary_wan", .any, .unused("write topology.primary_wan"),
      "Stood in the original's installer."),
    ConfigKey(
      "cake_queue", .any, .unused("write cake_queues.primary_download"),
      "Stood in the original's documents."),
  ]

  // MARK: Several WANs

  /// The keys of one WAN in `wans`.
  static func wan(_ name: String) -> [ConfigKey] {
    func key(
      _ path: String..., kind: Kind, _ presence: Presence, _ meaning: String
    ) -> ConfigKey {
      ConfigKey(["wans", name] + path, kind, presence, meaning)
    }
    return [
      key(
        "state_file", kind: .path, .required, "State file of its loop, which has its baseline."),
      key(
        "cake_queues", "download", kind: .identifier,
        .depends("required unless mode.cake_aware is false"),
        "Name of its download queue in /queue tree."),
      key("ping", "host", kind: .hostname, .required, "The host that is probed by its line."),
      key(
        "ping", "count", kind: .integer(1...20), .depends("default measurement.ping_count"),
        "The RTT is the median of so many of the newest answers."),
      key(
        "ping", "source", kind: .address, .optional(.null),
        "Source address of the probes, by which the router sends them out on its line."),
    ]
      + lineThresholds(default: { .depends("default thresholds.\($0)") }).map {
        $0.moved(below: name)
      }
  }

  /// The keys of one item of `steering_rules`.
  static func rule(_ index: Int) -> [ConfigKey] {
    [
      ConfigKey(
        ["steering_rules", "[\(index)]", "to"], .identifier, .required,
        "The alternate that the rule sends connections to."),
      ConfigKey(
        ["steering_rules", "[\(index)]", "comment"], .ruleComment, .required,
        "Comment of the rule in /ip firewall mangle."),
    ]
  }
}
