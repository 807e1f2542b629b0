import Model

/// The leaves of the queues are CAKE, and leave the bandwidth to the queue tree.
enum LeafCheck: Check {
  /// Leaves that keep the latency of a full queue low by themselves.
  private static let managed: Set<String> = ["codel", "fq-codel"]

  static func findings(in facts: RouterFacts) -> [Finding] {
    guard let types = facts.queueTypes.value else { return [] }
    return facts.configuredQueues.compactMap { wan, direction, row in
      guard let type = types.first(where: { $0.name == row.queueType }) else { return nil }
      let subject = Finding.Subject.queue(row.name, wan: wan.wan)
      guard type.kind == "cake" else { return notCAKE(row, type, direction, subject) }
      guard let bandwidth = type.bandwidth, bandwidth != .zero else { return nil }
      return Finding(
        .cakeBandwidth, .warning, subject,
        facts: [
          Finding.Fact("queue", row.queueType),
          Finding.Fact("cake-bandwidth", "\(bandwidth)"),
        ],
        reason: "RouterOS does not shape by it, or shapes by it whatever rate is decided; the "
          + "queue tree has to be the only limit.",
        mending: [
          .router("/queue/type/set \(ConsoleText.find(name: type.name)) cake-bandwidth=0")
        ])
    }
  }

  private static func notCAKE(
    _ row: TreeQueue, _ type: QueueType, _ direction: Direction, _ subject: Finding.Subject
  ) -> Finding {
    let isManaged = managed.contains(type.kind)
    let name = direction == .download ? "cake-down" : "cake-up"
    let flows = direction == .download ? "dual-dsthost" : "dual-srchost"
    return Finding(
      .leafNotCAKE, isManaged ? .warning : .error, subject,
      facts: [Finding.Fact("queue", row.queueType), Finding.Fact("kind", type.kind)],
      reason: isManaged
        ? "Flows share the line, but not fairly by host, and drops at the leaf are counted."
        : "The buffer only moves into the router: every packet waits there behind all others.",
      mending: [
        .router(
          "/queue/type/add name=\(name) kind=cake cake-flowmode=\(flows) cake-nat=yes "
            + "cake-diffserv=besteffort"),
        .router("/queue/tree/set \(ConsoleText.find(name: row.name)) queue=\(name)"),
      ])
  }
}
