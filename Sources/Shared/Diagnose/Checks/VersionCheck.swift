/// RouterOS is new enough, and not one with the known hole in its SSH server.
enum VersionCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    guard let text = facts.resource.newest?.version, let version = RouterOSVersion(text) else {
      return []
    }
    let mending: [Finding.Mending] = [
      .router("/system/package/update/check-for-updates"),
      .router("/system/package/update/install"),
    ]
    let read = [Finding.Fact("version", text)]
    if version < RouterOSVersion(7, 1) {
      return [
        Finding(
          .versionUnsupported, .error, facts.router, facts: read,
          reason: "CAKE and REST came with RouterOS 7.1.",
          mending: [.router("/system/package/update/set channel=upgrade")] + mending)
      ]
    }
    guard version.hasSSHHole else { return [] }
    return [
      Finding(
        .versionVulnerable, .warning, facts.router, facts: read,
        reason: "The SSH server of this version has a published hole, mended in 7.23.4 and "
          + "7.24.2.", mending: mending)
    ]
  }
}
