import Glibc
import Model

/// The body of `/health` of steering: the original's keys in its order, ours behind them.
enum SteeringHealth {
  static func body(_ status: SteeringStatus) -> String {
    var json = JSONWriter(escaping: .ascii, reserving: 4096)
    json.beginObject()
    let state = status.isHealthy ? "healthy" : status.snapshot == nil ? "starting" : "degraded"
    json.field("status", state)
    json.field("uptime_seconds", (status.now - status.startedAt).seconds, digits: 1)
    json.field("version", wanctlVersion)
    if let snapshot = status.snapshot { write(snapshot, of: status, to: &json) }
    json.endObject()
    return JSONText.indented(json)
  }

  private static func write(
    _ snapshot: SteeringSnapshot, of status: SteeringStatus, to json: inout JSONWriter
  ) {
    let decision = snapshot.decision
    json.object("steering") { json in
      json.field("enabled", decision.isDegraded)
      json.field("state", snapshot.stateName)
      json.field("mode", snapshot.mode)
      json.field("target", snapshot.targetName)
    }
    json.object("congestion") { json in
      json.object("primary") { json in
        json.field("state", decision.assessment?.name ?? "UNKNOWN")
        json.field("state_code", decision.assessment.congestionCode)
        json.field("rtt_ms", decision.rtt?.rawValue)
        json.field("baseline_rtt_ms", decision.baseline?.rawValue)
        json.field("rtt_delta_ms", decision.delta?.rawValue)
        json.field("rtt_delta_average_ms", decision.rttAverage.rawValue)
        json.field("queue_average", decision.queueAverage)
        json.field("queued_packets", decision.queuedPackets)
        json.field("drops", decision.drops)
        json.field("is_dead", snapshot.isPrimaryDead)
      }
    }
    json.object("decision") { json in
      json.field("last_transition_time", isoTime: snapshot.lastTransition)
      json.field(
        "time_in_state_seconds", max(status.time - snapshot.stateSince, .zero).seconds, digits: 1)
      json.field("action", decision.action?.kind.rawValue)
      json.field("reason", decision.action?.reason.rawValue)
      json.field("applied", decision.applied.map { $0 ? "yes" : "no" })
      json.field("command_age_seconds", snapshot.commandAge(at: status.time)?.seconds, digits: 1)
    }
    json.object("counters") { json in
      json.field("red_count", decision.redCount)
      json.field("good_count", decision.goodCount)
      json.field("cake_read_failures", snapshot.readFailures)
      json.field("bad_count", decision.badCount)
      json.field("decided_cycles", snapshot.decidedCycles)
      json.field("failed_cycles", snapshot.failedCycles)
      json.field("missed_cycles", snapshot.missedCycles)
      json.field("transitions", snapshot.transitionsToDegraded + snapshot.transitionsToGood)
    }
    if let confidence = decision.confidence {
      json.object("confidence") { json in
        json.field("primary", confidence.score.value)
        json.field("would", confidence.would?.rawValue)
        json.field("is_flapping", confidence.isFlapping)
      }
    }
    json.object("errors") { json in
      json.field("consecutive_failures", snapshot.consecutiveFailures)
      json.field("cake_read_failures", snapshot.readFailures)
    }
    json.object("thresholds") { write(snapshot.settings, to: &$0) }
    json.object("router_connectivity") { json in
      RouterHealth(contact: snapshot.router, now: status.now, time: status.time).write(to: &json)
    }
    json.field("pid", getpid())
    json.field("router_reachable", snapshot.router.isReachable)
    writeOurs(snapshot, of: status, to: &json)
  }

  private static func write(_ settings: SteeringControlSettings, to json: inout JSONWriter) {
    for (name, number) in [
      ("green_rtt_ms", settings.thresholds.green), ("yellow_rtt_ms", settings.thresholds.yellow),
      ("red_rtt_ms", settings.thresholds.red),
    ] {
      json.key(name)
      json.literal(number.text)
    }
    json.field("red_samples_required", settings.samples.red)
    json.field("green_samples_required", settings.samples.green)
  }

  private static func writeOurs(
    _ snapshot: SteeringSnapshot, of status: SteeringStatus, to json: inout JSONWriter
  ) {
    json.field("time", isoTime: status.time)
    json.object("baseline") { json in
      json.field(
        "age_seconds", snapshot.baselineWrittenAt.map { max(status.time - $0, .zero).seconds },
        digits: 1)
      json.field("is_stale", snapshot.isBaselineStale)
    }
    json.object("probes") { json in
      json.field("answered", snapshot.answeredProbes)
      json.field("lost", snapshot.lostProbes)
      json.field(
        "last_answer_age_seconds",
        snapshot.lastAnswerAt.map { max(status.time - $0, .zero).seconds }, digits: 1)
    }
    json.key("targets")
    json.beginArray()
    for (target, known) in zip(snapshot.settings.targets, snapshot.targets) {
      json.beginObject()
      json.field("name", target.name)
      json.field("rule_enabled", known.isRuleEnabled.map { $0 ? "yes" : "no" })
      json.field("state", known.assessment?.name)
      json.field("score", known.score)
      json.field("rtt_ms", known.rtt?.rawValue)
      json.field("rtt_delta_ms", known.delta?.rawValue)
      json.endObject()
    }
    json.endArray()
    json.object("log") { json in
      json.field("warnings", status.warnings)
      json.field("errors", status.errors)
    }
    LogLineHealth.write(status.lastError, to: &json)
  }
}

extension Zone? {
  /// The original's code of steering's congestion, which knows no SOFT_RED.
  fileprivate var congestionCode: Int {
    switch self {
    case .green: 0
    case .yellow: 1
    case .red: 2
    case .softRed, nil: 3
    }
  }
}

extension SteeringSnapshot {
  /// How long a rule is being switched; nil while none is.
  func commandAge(at time: UnixTime) -> Milliseconds? {
    commandSince.map { max(time - $0, .zero) }
  }
}
