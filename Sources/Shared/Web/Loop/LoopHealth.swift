import Glibc
import Model

/// The body of `/health` of the loop: the original's keys in its order, ours behind them.
enum LoopHealth {
  static func body(_ status: LoopStatus) -> String {
    var json = JSONWriter(escaping: .ascii, reserving: 4096)
    json.beginObject()
    json.field("status", status.isHealthy ? "healthy" : "degraded")
    json.field("uptime_seconds", (status.now - status.startedAt).seconds, digits: 1)
    json.field("version", wanctlVersion)
    json.field("consecutive_failures", status.consecutiveFailures)
    json.field("wan_count", status.wans.count)
    json.key("wans")
    json.beginArray()
    for wan in status.wans { write(wan, of: status, to: &json) }
    json.endArray()
    json.field("router_reachable", status.isRouterReachable)

    json.field("time", isoTime: status.time)
    json.field("pid", getpid())
    json.object("loop") { json in
      json.field("is_alive", status.isAlive)
      json.field("ticks", status.ticks.count)
      json.field("late_ticks", status.ticks.late)
      json.field("missed_ticks", status.ticks.missed)
      json.field("lost_events", status.lostEvents)
    }
    write(status.storage, now: status.now, to: &json)
    LogLineHealth.write(status.lastError, to: &json)
    json.endObject()
    return JSONText.indented(json)
  }

  private static func write(
    _ wan: LoopStatus.WAN, of status: LoopStatus, to json: inout JSONWriter
  ) {
    let snapshot = wan.snapshot
    let decision = snapshot.decision
    json.beginObject()
    json.field("name", wan.name.text)
    json.field("baseline_rtt_ms", decision.baseline.rawValue, digits: 2)
    json.field("load_rtt_ms", decision.load.rawValue, digits: 2)
    for direction in Direction.allCases {
      json.object(direction.name) { write(direction, of: wan, to: &$0) }
    }
    json.object("router_connectivity") { json in
      RouterHealth(contact: snapshot.router, now: status.now, time: status.time).write(to: &json)
    }
    json.field("is_up", snapshot.isUp)
    json.field("rtt_ms", decision.rtt?.rawValue, digits: 3)
    json.field("rtt_delta_ms", decision.delta.rawValue, digits: 3)
    json.field("sample_age_ms", snapshot.sampleAge?.rawValue, digits: 3)
    write("reply_to_confirmation_ms", snapshot.actuationLatencies, to: &json)
    write("cycle_time_ms", snapshot.cycleTimes, to: &json)
    json.object("cycles") { json in
      json.field("decided", snapshot.counts.stepped)
      json.field("held", snapshot.counts.held)
      json.field("without_answer", snapshot.counts.lost)
      json.field("failed", snapshot.counts.failed)
      json.field("consecutive_failures", snapshot.counts.failedInRow)
      json.field("late_answers", snapshot.counts.lateAnswers)
    }
    json.object("thresholds_ms") { json in
      json.field("target_bloat", snapshot.control.targetBloat.value)
      json.field("warn_bloat", snapshot.control.warnBloat.value)
      json.field("hard_red_bloat", snapshot.control.hardRedBloat.value)
    }
    json.object("log") { json in
      json.field("warnings", wan.warnings)
      json.field("errors", wan.errors)
    }
    json.endObject()
  }

  private static func write(
    _ direction: Direction, of wan: LoopStatus.WAN, to json: inout JSONWriter
  ) {
    let decision = wan.snapshot.decision
    let queue = direction == .download ? wan.snapshot.control.download : wan.snapshot.control.upload
    json.field(
      "current_rate_mbps", decision.directions[direction].rate.megabits, digits: 1)
    json.field("state", decision.streaks[direction].originalState)
    json.field("zone", decision.directions[direction].zone.name)
    json.field("queue", wan.queues[direction].text)
    json.field("applied_rate_mbps", wan.snapshot.router.confirmed[direction]?.megabits)
    json.field("throughput_mbps", wan.snapshot.router.throughput[direction]?.megabits)
    json.field("ceiling_mbps", queue.ceiling / 1e6)
    json.object("floor_mbps") { json in
      json.field("green", queue.floorGreen / 1e6)
      json.field("yellow", queue.floorYellow / 1e6)
      if direction == .download { json.field("soft_red", queue.floorSoftRed / 1e6) }
      json.field("red", queue.floorRed / 1e6)
    }
  }

  /// The last one, and quantiles of all since the start.
  private static func write(
    _ name: String, _ durations: DurationBuckets, to json: inout JSONWriter
  ) {
    json.object(name) { json in
      json.field("last", durations.last?.rawValue, digits: 3)
      json.field("p50", durations.quantile(0.5)?.rawValue, digits: 3)
      json.field("p99", durations.quantile(0.99)?.rawValue, digits: 3)
      json.field("count", durations.count)
    }
  }

  private static func write(
    _ storage: StorageStatus?, now: MonotonicTime, to json: inout JSONWriter
  ) {
    json.key("storage")
    guard let storage else { return json.null() }
    json.beginObject()
    json.field("is_failing", storage.isFailing)
    json.field("rows", storage.rows)
    json.field("commits", storage.commits)
    json.field("failures", storage.failures)
    json.field("lost_entries", storage.lostEntries)
    json.field(
      "commit_age_seconds", storage.committedAt.map { max(now - $0, .zero).seconds }, digits: 1)
    json.endObject()
  }
}

extension Streaks {
  /// The original's `state`, which it makes of the streaks: YELLOW before the first cycle.
  var originalState: String {
    if red > 0 { return Zone.red.name }
    if softRed >= 1 { return Zone.softRed.name }
    return green > 0 ? Zone.green.name : Zone.yellow.name
  }
}
