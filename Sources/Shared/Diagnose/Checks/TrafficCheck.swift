import Model

/// What goes through the parent goes through the queue.
enum TrafficCheck: Check {
  /// What an interface sends by itself (neighbour discovery, answers to us) is less.
  private static let leastBytes: Int64 = 20_000

  static func findings(in facts: RouterFacts) -> [Finding] {
    facts.configuredQueues.compactMap { wan, _, row in
      let isServed = !row.isDisabled && !row.isInvalid
      return isServed && moved(row.name, facts.queues) == 0 ? finding(row, wan, facts) : nil
    }
  }

  private static func finding(
    _ row: TreeQueue, _ wan: WANFacts, _ facts: RouterFacts
  ) -> Finding {
    let root = facts.root(of: row)
    let sent = root.flatMap { moved($0, facts.interfaces) }
    let seconds = fixed(facts.interval.seconds, digits: 1)
    var parent = row.parent
    if let root, root != parent { parent += " (\(root))" }
    var read = [Finding.Fact("parent", parent), Finding.Fact("bytes", "+0 in \(seconds) s")]
    if let sent { read.append(Finding.Fact("tx-byte of the parent", "+\(sent) in \(seconds) s")) }
    let subject = Finding.Subject.queue(row.name, wan: wan.wan)
    guard let sent, sent >= leastBytes else {
      return Finding(
        .lineIdle, .note, subject, facts: read,
        reason: "A queue that takes part is seen by its bytes, and there were none to see.",
        mending: [.host("wanctl-cake doctor --config \(wan.configFile) --samples 30")])
    }
    return Finding(
      .parentMovesNoBytes, .error, subject, facts: read,
      reason: "The interface sends and the queue sees none of it: RouterOS moves no traffic "
        + "through a queue tree on some ports, VLANs and bridges.",
      mending: [
        .router("/interface/print stats where running"),
        .router(
          "/queue/tree/set \(ConsoleText.find(name: row.name)) parent=INTERFACE "
            + "packet-mark=no-mark"),
      ])
  }

  /// nil when one of the samples is missing, or the counter was reset between them.
  private static func moved(_ queue: String, _ samples: Samples<[TreeQueue]>) -> Int64? {
    samples.pair.flatMap { first, last in
      growth(
        first.first { $0.name == queue }?.bytes, last.first { $0.name == queue }?.bytes)
    }
  }

  private static func moved(
    _ interface: String, _ samples: Samples<[InterfaceCounters]>
  ) -> Int64? {
    samples.pair.flatMap { first, last in
      growth(
        first.first { $0.name == interface }?.sentBytes,
        last.first { $0.name == interface }?.sentBytes)
    }
  }

  private static func growth(_ first: Int64?, _ last: Int64?) -> Int64? {
    guard let first, let last, last >= first else { return nil }
    return last - first
  }
}
