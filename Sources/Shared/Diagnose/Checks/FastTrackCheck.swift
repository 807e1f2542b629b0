import Model

/// No FastTrack rule takes packets past the queues, or past the rule of steering.
///
/// Packets of a fasttracked connection meet neither mangle rules nor queues below `global`. Queues
/// below an interface that take packets without a mark see them all the same.
enum FastTrackCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    let rules = (facts.filterRules.value ?? []).filter {
      $0.action == "fasttrack-connection" && !$0.isDisabled && !$0.isDynamic
    }
    guard !rules.isEmpty else { return [] }
    let ruleFacts = rules.map { rule in
      Finding.Fact(
        "/ip/firewall/filter",
        "\(rule.id) action=fasttrack-connection"
          + (rule.comment.isEmpty ? "" : " comment=\(rule.comment)"))
    }
    let mending = [
      Finding.Mending.router("/ip/firewall/filter/disable [find action=fasttrack-connection]"),
      .router("/ip/firewall/connection/remove [find fasttrack]"),
    ]
    var findings = facts.configuredQueues.compactMap { wan, _, row -> Finding? in
      let root = facts.root(of: row)
      guard root == "global" || row.needsMark else { return nil }
      return Finding(
        .fastTrackBypass, .error, .queue(row.name, wan: wan.wan),
        facts: [
          Finding.Fact("parent", row.parent), Finding.Fact("packet-mark", row.packetMark),
        ] + ruleFacts,
        reason: "Connections that FastTrack has taken over are not shaped, and those are the ones "
          + "that fill the line.",
        mending: mending)
    }
    for rule in facts.steering?.rules ?? [] {
      findings.append(
        Finding(
          .fastTrackBypass, .error, .rule(rule.comment.text), facts: ruleFacts,
          reason: "Packets of fasttracked connections meet no mangle rule, so that a steered "
            + "connection returns to the first WAN after its first packets.",
          mending: mending))
    }
    return findings
  }
}
