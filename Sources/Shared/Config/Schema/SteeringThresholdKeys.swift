import Model

extension ConfigKey {
  /// The section `thresholds` of a steering configuration.
  static let thresholds =
    lineThresholds(default: { .optional(lineThresholdDefaults[$0] ?? .null) })
    + [
      samples("red_samples_required", 2, "Cycles of RED in a row after which it steers."),
      samples("green_samples_required", 15, "Cycles of GREEN in a row after which it returns."),
      samples("bad_samples", 8, "The same without cake_aware, above bad_threshold_ms."),
      samples("good_samples", 15, "The same without cake_aware, below recovery_threshold_ms."),
    ]

  private static func samples(_ name: String, _ number: Int, _ meaning: String) -> ConfigKey {
    ConfigKey(
      "thresholds.\(name)", .integer(0...Int.max), .optional(.integer(number)), meaning)
  }

  /// The thresholds that each WAN may have of its own; `presence` tells from the name what applies
  /// without the key.
  static func lineThresholds(default presence: (String) -> Presence) -> [ConfigKey] {
    func key(
      _ name: String, _ kind: Kind, unit: String = "", needsValue: Bool = false, _ meaning: String
    ) -> ConfigKey {
      ConfigKey(
        "thresholds.\(name)", kind, presence(name), unit: unit, needsValue: needsValue, meaning)
    }
    let delay = Kind.number(0...60_000)
    let count = Kind.integer(0...Int.max)
    return [
      key(
        "green_rtt_ms", delay, unit: "ms", "Shown in health; decides nothing, and must be lowest."),
      key(
        "yellow_rtt_ms", delay, unit: "ms",
        "YELLOW while the smoothed RTT is more than this above the baseline."),
      key(
        "red_rtt_ms", delay, unit: "ms",
        "RED above this, if drops and queue say so too."),
      key("min_drops_red", count, "Packets dropped in a cycle of RED, at least."),
      key("min_queue_yellow", count, "YELLOW from so many queued packets on."),
      key("min_queue_red", count, "Packets queued in a cycle of RED, at least."),
      key(
        "drops", .choice(SteeringControlSettings.DropsRule.allCases.map(\.rawValue)),
        "Whether RED needs drops: auto = where the router counts them, which it does not for CAKE."
      ),
      key(
        "rtt_ewma_alpha", .quotableNumber(0...1), needsValue: true,
        "Weight of a new sample in the smoothed RTT."),
      key(
        "queue_ewma_alpha", .quotableNumber(0...1), needsValue: true,
        "Weight of a new sample in the smoothed queue, which is shown and decides nothing."),
      key(
        "bad_threshold_ms", delay, unit: "ms",
        "Without cake_aware: bad while the RTT is more than this above the baseline."),
      key(
        "recovery_threshold_ms", delay, unit: "ms",
        "Without cake_aware: good while it is less than this above it."),
      ConfigKey(
        "thresholds.baseline_rtt_bounds.min", delay, boundPresence("min", 10, presence), unit: "ms",
        "A baseline below it is not used."),
      ConfigKey(
        "thresholds.baseline_rtt_bounds.max", delay, boundPresence("max", 60, presence), unit: "ms",
        "A baseline above it is not used."),
    ]
  }

  private static let lineThresholdDefaults: [String: ConfigValue] = [
    "green_rtt_ms": .number(5), "yellow_rtt_ms": .number(15), "red_rtt_ms": .number(15),
    "min_drops_red": .integer(1), "min_queue_yellow": .integer(10), "min_queue_red": .integer(50),
    "drops": .text("auto"), "rtt_ewma_alpha": .number(0.3), "queue_ewma_alpha": .number(0.4),
    "bad_threshold_ms": .number(25), "recovery_threshold_ms": .number(12),
  ]

  /// The bounds of the primary are those of its loop.
  private static func boundPresence(
    _ name: String, _ fallback: Int, _ presence: (String) -> Presence
  ) -> Presence {
    if case .depends(let text) = presence("baseline_rtt_bounds.\(name)") { return .depends(text) }
    return .depends("default that of primary_wan_config, else \(fallback)")
  }

  /// The same key for one WAN of `wans`.
  func moved(below wan: String) -> ConfigKey {
    ConfigKey(
      ["wans", wan] + components, kind, presence, unit: unit, needsValue: needsValue, meaning)
  }
}
