import Model

/// Each daemon has a router user of its own: RouterOS works on the requests of one user one after
/// the other, and a request that hangs holds up those of the other daemon for up to a minute.
enum UserCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    var findings: [Finding] = []
    if let steering = facts.steering,
      let wan = facts.wans.first(where: { $0.user == steering.user })
    {
      findings.append(
        finding(
          facts, user: steering.user,
          files: [wan.configFile, steering.configFile],
          mending: [
            addUser("wanctl-steer", like: steering.user),
            .configuration("router:\n  user: wanctl-steer", file: steering.configFile),
          ]))
    }
    for (index, wan) in facts.wans.enumerated() {
      // One process keeps one connection to a router for all of its WANs.
      guard
        let other = facts.wans[..<index].first(where: {
          $0.user == wan.user
            && ($0.runningProcess == nil || $0.runningProcess != wan.runningProcess)
        })
      else { continue }
      let user = "wanctl-\(wan.wan.text)"
      findings.append(
        finding(
          facts, user: wan.user, files: [other.configFile, wan.configFile],
          mending: [
            .host("wanctl-loop --config \(other.configFile) --config \(wan.configFile)"),
            addUser(user, like: wan.user),
            .configuration("router:\n  user: \(user)", file: wan.configFile),
          ]))
    }
    return findings
  }

  private static func finding(
    _ facts: RouterFacts, user: String, files: [String], mending: [Finding.Mending]
  ) -> Finding {
    Finding(
      .userShared, .warning, facts.router,
      facts: [Finding.Fact("router.user", user)] + files.map { Finding.Fact("in", $0) },
      reason: "RouterOS works on the requests of one user one after the other: one that hangs "
        + "holds up the other daemon for up to a minute.",
      mending: mending)
  }

  private static func addUser(_ name: String, like user: String) -> Finding.Mending {
    .router(
      "/user/add name=\(name) group=[/user/get \(ConsoleText.find(name: user)) group] "
        + "password=PASSWORD")
  }
}
