import Model

/// The router's SSH host key is the one that this host knows.
enum HostKeyCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    let isPrimary = facts.settings.transport == .ssh
    let trust = "wanctl-setq trust --config \(facts.configFile)"
    switch facts.hostKey {
    case .notUsed, .unseen, .trusted: return []
    case .unknown(let fingerprint):
      return [
        Finding(
          .hostKeyUnknown, isPrimary ? .error : .warning, facts.router,
          facts: [Finding.Fact("host key", fingerprint)],
          reason: "wanctl logs in only to a router whose key it knows"
            + (isPrimary ? "." : ", so that there is no fallback when REST fails."),
          mending: [.host("\(trust) --accept \(fingerprint)")])
      ]
    case .changed(let fingerprint, let place):
      return [
        Finding(
          .hostKeyChanged, isPrimary ? .error : .warning, facts.router,
          facts: [Finding.Fact("host key", fingerprint), Finding.Fact("known by", place)],
          reason: "Either the router was reset or replaced, or this is not the router.",
          mending: [.host(trust), .host("\(trust) --accept \(fingerprint)")])
      ]
    }
  }
}
