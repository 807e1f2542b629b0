import Model

/// A queue that takes marked packets has a rule that marks them.
enum PacketMarkCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    guard let rules = facts.mangleRules.value else { return [] }
    return facts.configuredQueues.compactMap { wan, direction, row in
      guard row.needsMark,
        !rules.contains(where: { $0.packetMark == row.packetMark && !$0.isDisabled })
      else { return nil }
      let disabled = rules.first { $0.packetMark == row.packetMark }
      let mark = ConsoleText.quoted(row.packetMark)
      let list = direction == .download ? "in-interface" : "out-interface"
      return Finding(
        .packetMarkUnset, .error, .queue(row.name, wan: wan.wan),
        facts: [
          Finding.Fact("packet-mark", row.packetMark),
          Finding.Fact(
            "/ip/firewall/mangle",
            disabled.map { "\($0.id) new-packet-mark=\(row.packetMark) disabled=yes" }
              ?? "no rule with new-packet-mark=\(row.packetMark)"),
        ],
        reason: "No packet carries the mark that the queue waits for, so nothing is shaped.",
        mending: [
          disabled.map { .router("/ip/firewall/mangle/enable \($0.id)") }
            ?? .router(
              "/ip/firewall/mangle/add chain=forward action=mark-packet "
                + "new-packet-mark=\(mark) passthrough=no \(list)=INTERFACE"),
          .router("/queue/tree/set \(ConsoleText.find(name: row.name)) packet-mark=no-mark"),
        ])
    }
  }
}
