import Model

/// What the doctor finds at a router, by what it is about: each thing that was looked at is told,
/// with a finding or without one.
struct RouterItems {
  private let facts: RouterFacts
  private let findings: [Finding]

  init(_ facts: RouterFacts) {
    self.facts = facts
    findings = facts.findings()
  }

  private static let trustKinds: Set<FindingKind> = [
    .plainHTTP, .tlsNotVerified, .certificateMissing, .certificateNotTrusted, .hostKeyUnknown,
    .hostKeyChanged,
  ]
  private static let contactKinds: Set<FindingKind> = [
    .routerUnreachable, .loginRefused, .restSwitchedOff, .policyMissing, .readRefused,
    .userShared,
  ]

  var items: [LiveItem] {
    let host = facts.settings.host
    var items = [
      LiveItem(.trust, host, trustText, findings: findings { Self.trustKinds.contains($0.kind) }),
      LiveItem(
        .router, host, contactText, findings: findings { Self.contactKinds.contains($0.kind) }),
    ]
    items += facts.wans.flatMap { wan in
      Direction.allCases.map { queue(wan.queues[$0].text, wan) }
    }
    items += (facts.steering?.rules ?? []).map { rule($0.comment.text) }
    let rest = findings { finding in
      guard case .router = finding.subject else { return false }
      return !Self.trustKinds.contains(finding.kind) && !Self.contactKinds.contains(finding.kind)
    }
    if let resource = facts.resource.newest {
      items.append(LiveItem(.health, host, "RouterOS \(resource.version)", findings: rest))
    } else {
      items.append(.skipped(.health, host, "not read"))
    }
    return items
  }

  private func findings(where isWanted: (Finding) -> Bool) -> [Finding] {
    findings.filter(isWanted)
  }

  private var trustText: String {
    switch (facts.tls, facts.hostKey) {
    case (.notUsed, .trusted): "SSH host key known"
    case (.notUsed, _): "no TLS"
    case (.tried(nil, _), .trusted): "certificate trusted, SSH host key known"
    case (.tried(nil, _), _): "certificate trusted"
    case (.tried, _): "no TLS connection"
    }
  }

  private var contactText: String {
    let ways = facts.contacts.filter { $0.failure == nil }
      .map { "\($0.user) over \($0.transport.name)" }
    guard !ways.isEmpty else { return "not reached" }
    return (facts.identity.map { "\($0), " } ?? "") + "reached as " + ways.joined(separator: ", ")
  }

  private func queue(_ name: String, _ wan: WANFacts) -> LiveItem {
    let own = findings { $0.subject == .queue(name, wan: wan.wan) }
    guard facts.queues.newest != nil else { return .skipped(.queue, name, "not read") }
    guard let row = facts.row(name) else {
      return LiveItem(.queue, name, "missing", findings: own)
    }
    let limit = row.maxLimit == .zero ? "unlimited" : "\(row.maxLimit)"
    return LiveItem(
      .queue, name, "below \(row.parent), \(limit), leaf \(row.queueType)", findings: own)
  }

  private func rule(_ comment: String) -> LiveItem {
    let own = findings { $0.subject == .rule(comment) }
    guard let rules = facts.mangleRules.value else { return .skipped(.rule, comment, "not read") }
    let detail: String
    if let rule = rules.first(where: { $0.comment == comment && !$0.isDynamic }) {
      detail = rule.isDisabled ? "there, switched off" : "there, switched on"
    } else {
      detail = "missing"
    }
    return LiveItem(.rule, comment, detail, findings: own)
  }
}
