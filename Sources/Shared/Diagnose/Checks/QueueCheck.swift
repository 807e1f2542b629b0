import Model

/// The configured queues are there, and take part.
enum QueueCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    guard let rows = facts.queues.newest else { return [] }
    return facts.wans.flatMap { wan in
      Direction.allCases.compactMap { direction in
        let name = wan.queues[direction]
        guard let row = rows.first(where: { $0.name == name.text }) else {
          return missing(name, direction, wan, rows)
        }
        return state(row, wan, facts)
      }
    }
  }

  private static func missing(
    _ name: Identifier, _ direction: Direction, _ wan: WANFacts, _ rows: [TreeQueue]
  ) -> Finding {
    let ceiling = rateText(wan.ranges[direction].ceiling)
    let names = rows.map(\.name).joined(separator: ", ")
    return Finding(
      .queueMissing, .error, .queue(name.text, wan: wan.wan),
      facts: [
        Finding.Fact("queues.\(direction.name)", name.text),
        Finding.Fact("/queue/tree", names.isEmpty ? "(empty)" : names),
      ],
      reason: "The loop decides rates for a queue that does not exist, so nothing is shaped.",
      mending: [
        .router(
          "/queue/tree/add name=\(name) parent=INTERFACE packet-mark=no-mark "
            + "queue=CAKE-TYPE max-limit=\(ceiling)"),
        .configuration("queues:\n  \(direction.name): NAME", file: wan.configFile),
      ])
  }

  private static func state(
    _ row: TreeQueue, _ wan: WANFacts, _ facts: RouterFacts
  ) -> Finding? {
    let find = ConsoleText.find(name: row.name)
    if row.isDisabled {
      return Finding(
        .queueDisabled, .error, .queue(row.name, wan: wan.wan),
        facts: [Finding.Fact("disabled", "yes")],
        reason: "Packets pass it unshaped, whatever limit is set.",
        mending: [.router("/queue/tree/enable \(find)")])
    }
    guard row.isInvalid else { return nil }
    let lacksType =
      facts.queueTypes.value.map { types in
        !types.contains { $0.name == row.queueType }
      } ?? false
    return Finding(
      .queueInvalid, .error, .queue(row.name, wan: wan.wan),
      facts: [
        Finding.Fact("invalid", "yes"), Finding.Fact("parent", row.parent),
        Finding.Fact("queue", row.queueType),
      ],
      reason: lacksType
        ? "Its queue type does not exist any more, so it shapes nothing."
        : "Its parent or its queue type does not exist any more, so it shapes nothing.",
      mending: lacksType
        ? [.router("/queue/type/add name=\(ConsoleText.quoted(row.queueType)) kind=cake")]
        : [
          .router("/interface/print"), .router("/queue/tree/set \(find) parent=INTERFACE"),
        ])
  }
}
