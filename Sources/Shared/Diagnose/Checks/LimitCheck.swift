import Model

/// The router, the state file and the configuration agree on the rates.
enum LimitCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    facts.configuredQueues.flatMap { wan, direction, row in
      [outside(row, direction, wan), drift(row, direction, wan, facts)].compactMap { $0 }
    }
      + facts.wans.flatMap { wan in
        Direction.allCases.compactMap { stored($0, wan) }
      }
  }

  private static func outside(
    _ row: TreeQueue, _ direction: Direction, _ wan: WANFacts
  ) -> Finding? {
    let range = wan.ranges[direction]
    let isUnlimited = row.maxLimit == .zero
    guard isUnlimited || !range.contains(Double(row.maxLimit.rawValue)) else { return nil }
    return Finding(
      .limitOutsideConfiguration, .warning, .queue(row.name, wan: wan.wan),
      facts: [
        Finding.Fact("max-limit", isUnlimited ? "0 (unlimited)" : "\(row.maxLimit)"),
        Finding.Fact("configured", range.text),
      ],
      reason: isUnlimited
        ? "A queue without a limit shapes nothing; no loop has set it since."
        : "The loop never sets such a limit: it does not run, or by another configuration.",
      mending: [
        .host("systemctl restart wanctl@\(wan.wan)"),
        .host(
          "wanctl-setq --config \(wan.configFile) \(row.name)=\(rateText(range.ceiling))"),
      ])
  }

  /// Only what stands still counts: while rates change, file and router are read at two moments.
  private static func drift(
    _ row: TreeQueue, _ direction: Direction, _ wan: WANFacts, _ facts: RouterFacts
  ) -> Finding? {
    guard let first = wan.stored.first?.lastApplied[direction],
      let last = wan.stored.last?.lastApplied[direction], first == last,
      let pair = facts.queues.pair, wan.runningProcess != nil,
      pair.first.first(where: { $0.name == row.name })?.maxLimit == row.maxLimit,
      row.maxLimit != last
    else { return nil }
    return Finding(
      .limitDrift, .warning, .queue(row.name, wan: wan.wan),
      facts: [
        Finding.Fact("max-limit", "\(row.maxLimit)"),
        Finding.Fact("last_applied", "\(last)"), Finding.Fact("state file", wan.stateFile),
      ],
      reason: "Two programs that set one queue work against each other, and neither holds.",
      mending: [
        .router("/system/scheduler/print"), .router("/log/print where topics~\"account\""),
        .host("systemctl restart wanctl@\(wan.wan)"),
      ])
  }

  private static func stored(_ direction: Direction, _ wan: WANFacts) -> Finding? {
    guard let rate = (wan.stored.last ?? wan.stored.first)?.queues[direction].rate,
      !wan.ranges[direction].contains(rate)
    else { return nil }
    return Finding(
      .stateOutsideConfiguration, .warning,
      .queue(wan.queues[direction].text, wan: wan.wan),
      facts: [
        Finding.Fact("\(direction.name).current_rate", rateText(rate)),
        Finding.Fact("configured", wan.ranges[direction].text),
        Finding.Fact("state file", wan.stateFile),
      ],
      reason: wan.runningProcess == nil
        ? "The limits were changed since the loop ran last; its first step moves the rate."
        : "The running loop goes by limits that the file does not hold any more.",
      mending: [.host("systemctl reload-or-restart wanctl@\(wan.wan)")])
  }
}
