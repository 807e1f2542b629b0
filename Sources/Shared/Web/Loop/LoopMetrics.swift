import Model

/// `/metrics` of the loop: the original's metrics under its names, labels and units, in its order;
/// ours behind them, in base units.
struct LoopMetrics {
  private let status: LoopStatus
  private var out = MetricsText()

  static func text(_ status: LoopStatus) -> String {
    var metrics = LoopMetrics(status: status)
    metrics.addOriginal()
    metrics.addProcess()
    metrics.addCycles()
    metrics.addRouter()
    return metrics.out.text
  }

  private init(status: LoopStatus) { self.status = status }

  private func wan(_ wan: LoopStatus.WAN) -> MetricsText.Labels {
    [("wan", wan.name.text.lowercased())]
  }

  private func direction(
    _ direction: Direction, of wan: LoopStatus.WAN
  ) -> MetricsText.Labels { [("direction", direction.name)] + self.wan(wan) }

  /// A metric with a value for each WAN that has one.
  private mutating func perWAN(
    _ name: String, _ kind: MetricsText.Kind, _ help: String, _ value: (LoopStatus.WAN) -> Double?
  ) {
    out.begin(name, kind, help)
    for wan in status.wans { if let value = value(wan) { out.add(name, self.wan(wan), value) } }
  }

  private mutating func countPerWAN(
    _ name: String, _ help: String, _ value: (LoopStatus.WAN) -> Int
  ) {
    out.begin(name, .counter, help)
    for wan in status.wans { out.add(name, self.wan(wan), value(wan)) }
  }

  private mutating func perDirection(
    _ name: String, _ help: String, _ add: (LoopStatus.WAN, Direction) -> Double?
  ) {
    out.begin(name, .gauge, help)
    for direction in Direction.allCases {
      for wan in status.wans {
        guard let value = add(wan, direction) else { continue }
        out.add(name, self.direction(direction, of: wan), value)
      }
    }
  }

  // MARK: - The original's

  private mutating func addOriginal() {
    guard !status.wans.isEmpty else { return }
    perDirection("wanctl_bandwidth_mbps", "Current bandwidth limit in Mbps") {
      $0.snapshot.decision.directions[$1].rate.megabits
    }
    perWAN(
      "wanctl_cycle_duration_seconds", .gauge, "Duration of last autorate cycle in seconds"
    ) { $0.snapshot.cycleTimes.last?.seconds ?? 0 }
    perWAN("wanctl_rtt_baseline_ms", .gauge, "Baseline RTT in milliseconds") {
      $0.snapshot.decision.baseline.rawValue
    }
    perWAN("wanctl_rtt_delta_ms", .gauge, "RTT delta (load - baseline) in milliseconds") {
      max(0, $0.snapshot.decision.delta.rawValue)
    }
    perWAN("wanctl_rtt_load_ms", .gauge, "Load RTT (EWMA smoothed) in milliseconds") {
      $0.snapshot.decision.load.rawValue
    }
    out.begin(
      "wanctl_state", .gauge, "Current state (1=GREEN, 2=YELLOW, 3=SOFT_RED, 4=RED)")
    for direction in Direction.allCases {
      for wan in status.wans {
        let zone = wan.snapshot.decision.directions[direction].zone
        out.add("wanctl_state", self.direction(direction, of: wan), zone.rawValue + 1)
      }
    }
    countPerWAN("wanctl_cycles_total", "Total number of autorate cycles") {
      $0.snapshot.counts.stepped
    }
    countPerWAN("wanctl_ping_failures_total", "Total ping measurement failures") {
      $0.snapshot.counts.lost
    }
    countPerWAN("wanctl_rate_limit_events_total", "Total rate limit throttling events") {
      $0.snapshot.router.budgetWaits
    }
    countPerWAN("wanctl_router_updates_total", "Total router configuration updates") {
      $0.snapshot.router.writes
    }
  }

  // MARK: - Ours

  private mutating func addProcess() {
    out.begin("wanctl_build_info", .gauge, "The version that runs; always 1")
    out.add("wanctl_build_info", [("version", wanctlVersion)], 1)
    out.add("wanctl_healthy", .gauge, "Whether health is 200", status.isHealthy ? 1 : 0)
    out.add(
      "wanctl_uptime_seconds", .gauge, "Since the start of the loop",
      max(status.now - status.startedAt, .zero).seconds)
    out.add("wanctl_ticks_total", .counter, "Ticks of the control loop", status.ticks.count)
    out.add(
      "wanctl_late_ticks_total", .counter, "Ticks that began more than 10 ms late",
      status.ticks.late)
    out.add(
      "wanctl_missed_ticks_total", .counter, "Ticks that were missed and skipped",
      status.ticks.missed)
    out.add(
      "wanctl_lost_events_total", .counter, "Events that log and state file missed: slow disk",
      status.lostEvents)
    out.begin("wanctl_log_messages_total", .counter, "Lines that were logged, by level")
    for wan in status.wans {
      out.add("wanctl_log_messages_total", [("level", "error")] + self.wan(wan), wan.errors)
      out.add("wanctl_log_messages_total", [("level", "warning")] + self.wan(wan), wan.warnings)
    }
    guard let storage = status.storage else { return }
    out.add(
      "wanctl_history_failing", .gauge, "Whether history could not be written last",
      storage.isFailing ? 1 : 0)
    out.add("wanctl_history_rows_total", .counter, "Rows of history that were stored", storage.rows)
    out.add(
      "wanctl_history_failures_total", .counter, "Failed attempts to store history",
      storage.failures)
    out.add(
      "wanctl_history_lost_entries_total", .counter, "Cycles that history lost", storage.lostEntries
    )
  }

  private mutating func addCycles() {
    perWAN("wanctl_wan_up", .gauge, "Whether the last cycle had something to go by") {
      $0.snapshot.isUp ? 1 : 0
    }
    countPerWAN("wanctl_held_cycles_total", "Cycles that held all rates") {
      $0.snapshot.counts.held
    }
    countPerWAN("wanctl_failed_cycles_total", "Cycles without a measurement or a router") {
      $0.snapshot.counts.failed
    }
    countPerWAN("wanctl_late_answers_total", "Answers after their round was closed") {
      $0.snapshot.counts.lateAnswers
    }
    durations(
      "wanctl_cycle_time_seconds",
      "From when a tick was due until all that had arrived was decided", \.cycleTimes)
    durations(
      "wanctl_sample_age_seconds", "Age of the newest answer when its round was decided",
      \.sampleAges)
    durations(
      "wanctl_actuation_latency_seconds",
      "From an answer's arrival to the router's confirmation of the decrease it led to",
      \.actuationLatencies)
  }

  private mutating func durations(
    _ name: String, _ help: String, _ path: KeyPath<WANSnapshot, DurationBuckets>
  ) {
    out.begin(name, .histogram, help)
    for wan in status.wans { out.add(name, self.wan(wan), wan.snapshot[keyPath: path]) }
  }

  private mutating func addRouter() {
    perWAN("wanctl_router_reachable", .gauge, "Whether the router confirms what it is asked") {
      $0.snapshot.router.isReachable ? 1 : 0
    }
    out.begin(
      "wanctl_router_transport", .gauge, "Which way to the router is used: 1 for that one")
    for transport in Transport.allCases {
      for wan in status.wans {
        out.add(
          "wanctl_router_transport", [("transport", transport.rawValue)] + self.wan(wan),
          wan.snapshot.router.transport == transport ? 1 : 0)
      }
    }
    countPerWAN("wanctl_router_failovers_total", "Changes of the way because it failed") {
      $0.snapshot.router.failovers
    }
    countPerWAN("wanctl_router_failed_writes_total", "Writes that failed") {
      $0.snapshot.router.failedWrites
    }
    perDirection("wanctl_router_limit_bytes_per_second", "Limit that the router confirmed last") {
      $0.snapshot.router.confirmed[$1].map { Double($0.rawValue) / 8 }
    }
    perDirection("wanctl_queue_throughput_bytes_per_second", "What the queue carries") {
      $0.snapshot.router.throughput[$1].map { Double($0.rawValue) / 8 }
    }
    perDirection("wanctl_ceiling_bytes_per_second", "Configured ceiling") { wan, direction in
      let control = wan.snapshot.control
      return (direction == .download ? control.download : control.upload).ceiling / 8
    }
    let time = status.time
    perWAN("wanctl_router_write_tokens", .gauge, "Writes that the budget has left") {
      $0.snapshot.router.budget?.tokens(at: time)
    }
    out.begin(
      "wanctl_router_flash_sectors_written_total", .counter,
      "Sectors of the router's flash written since its boot")
    for wan in status.wans {
      guard let sectors = wan.snapshot.router.identity?.sectorsWritten else { continue }
      out.add("wanctl_router_flash_sectors_written_total", self.wan(wan), sectors)
    }
  }
}
