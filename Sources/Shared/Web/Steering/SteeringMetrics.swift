import Model

/// `/metrics` of steering: those of the original, which nothing there served, and ours behind them.
struct SteeringMetrics {
  private let snapshot: SteeringSnapshot
  private let status: SteeringStatus
  private let wan: MetricsText.Labels
  private var out = MetricsText()

  /// Nothing before steering has published anything.
  static func text(_ status: SteeringStatus) -> String {
    guard let snapshot = status.snapshot else { return "" }
    var metrics = SteeringMetrics(snapshot: snapshot, status: status)
    metrics.addOriginal()
    metrics.addState()
    metrics.addProcess()
    return metrics.out.text
  }

  private init(snapshot: SteeringSnapshot, status: SteeringStatus) {
    self.snapshot = snapshot
    self.status = status
    wan = [("wan", snapshot.settings.primary.lowercased())]
  }

  private mutating func gauge(_ name: String, _ help: String, _ value: Double?) {
    guard let value else { return }
    out.begin(name, .gauge, help)
    out.add(name, wan, value)
  }

  private mutating func gauge(_ name: String, _ help: String, _ value: Bool) {
    out.begin(name, .gauge, help)
    out.add(name, wan, value ? 1 : 0 as Int)
  }

  private mutating func counter(_ name: String, _ help: String, _ value: Int) {
    out.begin(name, .counter, help)
    out.add(name, wan, value)
  }

  private mutating func addOriginal() {
    let code =
      switch snapshot.decision.assessment {
      case .green: 1
      case .yellow: 2
      case .red: 4
      case .softRed, nil: 0
      }
    out.begin(
      "wanctl_congestion_state", .gauge, "Congestion state (1=GREEN, 2=YELLOW, 4=RED, 0=unknown)")
    out.add("wanctl_congestion_state", wan, code)
    gauge(
      "wanctl_steering_enabled", "Whether new connections are steered away",
      snapshot.decision.isDegraded)
    let name = "wanctl_steering_transitions_total"
    out.begin(name, .counter, "Changes of the state of steering")
    let good = snapshot.settings.goodName.lowercased()
    let degraded = snapshot.settings.degradedName.lowercased()
    out.add(
      name, [("from", degraded), ("to", good)] + wan, snapshot.transitionsToGood)
    out.add(
      name, [("from", good), ("to", degraded)] + wan, snapshot.transitionsToDegraded)
  }

  private mutating func addState() {
    gauge("wanctl_steering_healthy", "Whether health is 200", status.isHealthy)
    gauge("wanctl_steering_primary_dead", "Nothing answers on the primary", snapshot.isPrimaryDead)
    gauge(
      "wanctl_steering_baseline_stale", "The loop of the primary wrote nothing for long",
      snapshot.isBaselineStale)
    gauge(
      "wanctl_steering_baseline_age_seconds", "Since the loop of the primary wrote its baseline",
      snapshot.baselineWrittenAt.map { max(status.time - $0, .zero).seconds })
    gauge(
      "wanctl_steering_rtt_delta_seconds", "RTT of the primary above its baseline",
      snapshot.decision.delta?.seconds)
    gauge(
      "wanctl_steering_confidence_score", "How sure it is that the primary is congested, 0 to 100",
      snapshot.decision.confidence.map { Double($0.score.value) })
    gauge(
      "wanctl_steering_command_age_seconds", "How long a rule is being switched; 0 while none is",
      snapshot.commandAge(at: status.time)?.seconds ?? 0)
    let name = "wanctl_steering_target_active"
    out.begin(name, .gauge, "Which target is used: 1 for that one")
    for target in snapshot.settings.targets {
      out.add(
        name, [("target", target.name.lowercased())] + wan,
        target.name == snapshot.targetName ? 1 : 0 as Int)
    }
  }

  private mutating func addProcess() {
    out.begin("wanctl_build_info", .gauge, "The version that runs; always 1")
    out.add("wanctl_build_info", [("version", wanctlVersion)], 1 as Int)
    counter(
      "wanctl_steering_decided_cycles_total", "Cycles that could decide", snapshot.decidedCycles)
    counter(
      "wanctl_steering_failed_cycles_total", "Cycles that could not decide", snapshot.failedCycles)
    counter(
      "wanctl_steering_missed_cycles_total", "Cycles that came too late and were skipped",
      snapshot.missedCycles)
    counter(
      "wanctl_steering_probes_answered_total", "Probes of the primary that were answered",
      snapshot.answeredProbes)
    counter(
      "wanctl_steering_probes_lost_total", "Probes of the primary that were lost",
      snapshot.lostProbes)
    counter(
      "wanctl_steering_rule_changes_total", "Rules that were switched", snapshot.router.writes)
    gauge(
      "wanctl_router_reachable", "Whether the router confirms what it is asked",
      snapshot.router.isReachable)
    out.begin("wanctl_log_messages_total", .counter, "Lines that were logged, by level")
    out.add("wanctl_log_messages_total", [("level", "error")] + wan, status.errors)
    out.add("wanctl_log_messages_total", [("level", "warning")] + wan, status.warnings)
  }
}
