import Model

/// What the router did not let be read could not be looked at.
enum ReadingCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    let readings: [(what: String, failure: RouterFailure?)] = [
      ("/queue/tree", facts.queues.last.failure ?? facts.queues.first.failure),
      ("/system/resource", facts.resource.last.failure ?? facts.resource.first.failure),
      ("/interface", facts.interfaces.last.failure ?? facts.interfaces.first.failure),
      ("/queue/type", facts.queueTypes.failure),
      ("/ip/firewall/filter", facts.filterRules.failure),
      ("/ip/firewall/mangle", facts.mangleRules.failure),
      ("/user", facts.users.failure), ("/user/group", facts.groups.failure),
      ("/system/clock", facts.clock.failure),
    ]
    let refused = readings.filter { $0.failure != nil }
    guard !refused.isEmpty else { return [] }
    let isPolicy = refused.contains { $0.failure?.failureClass == .permission }
    return [
      Finding(
        isPolicy ? .policyMissing : .readRefused, isPolicy ? .error : .note, facts.router,
        facts: refused.compactMap { what, failure in
          failure.map { Finding.Fact(what, $0.message) }
        },
        reason: isPolicy
          ? "The loop reads the queues with every second, and this user may not."
          : "What was not read could not be checked.",
        mending: isPolicy
          ? [
            .router(
              PolicyCheck.setPolicies(
                of: facts.settings.user, needed: PolicyCheck.needed(facts)))
          ] : [])
    ]
  }
}
