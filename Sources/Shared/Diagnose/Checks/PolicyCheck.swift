import Model

/// The users' groups allow what the daemons do.
enum PolicyCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    var users: [String] = []
    for user in facts.wans.map(\.user) + [facts.steering?.user].compactMap({ $0 })
    where !users.contains(user) {
      users.append(user)
    }
    return users.compactMap { finding($0, needed(facts), facts) }
  }

  /// What the user of a daemon needs on this router.
  static func needed(_ facts: RouterFacts) -> [String] {
    let rest = facts.settings.transport == .rest || !facts.settings.password.isEmpty
    return ["read", "write"] + (rest ? ["api", "rest-api"] : []) + (facts.usesSSH ? ["ssh"] : [])
  }

  /// Gives the group of a user that is not known any better these policies.
  static func setPolicies(of user: String, needed: [String]) -> String {
    "/user/group/set [/user/get \(ConsoleText.find(name: user)) group] "
      + "policy=\(needed.joined(separator: ","))"
  }

  private static func finding(
    _ user: String, _ needed: [String], _ facts: RouterFacts
  ) -> Finding? {
    guard let name = facts.users.value?.first(where: { $0.name == user })?.group,
      let group = facts.groups.value?.first(where: { $0.name == name })
    else { return nil }
    let missing = needed.filter { !group.policies.contains($0) }
    guard !missing.isEmpty else { return nil }
    let isFallback = missing == ["ssh"] && facts.settings.transport == .rest
    return Finding(
      .policyMissing, isFallback ? .warning : .error, facts.router,
      facts: [
        Finding.Fact("user", user), Finding.Fact("group", group.name),
        Finding.Fact("policy", group.policies.joined(separator: ",")),
        Finding.Fact("missing", missing.joined(separator: ",")),
      ],
      reason: missing.contains("write")
        ? "Without write no rate can be set: the router answers that there is no such record."
        : isFallback
          ? "When REST fails, SSH cannot take its place."
          : "Without them the router refuses this user.",
      mending: mending(user, group, missing))
  }

  /// `policy=` replaces the whole list, so what the group has is named with what it lacks.
  private static func mending(
    _ user: String, _ group: UserGroup, _ missing: [String]
  ) -> [Finding.Mending] {
    let policies = (group.policies + missing).joined(separator: ",")
    guard group.isBuiltIn else {
      return [
        .router("/user/group/set \(ConsoleText.find(name: group.name)) policy=\(policies)")
      ]
    }
    // What RouterOS comes with is left as it is: other users have it.
    return [
      .router("/user/group/add name=wanctl policy=\(policies)"),
      .router("/user/set \(ConsoleText.find(name: user)) group=wanctl"),
    ]
  }
}
