import Config
import Model
import Platform

/// What becomes of the section `router`, which loop and steering have in common.
struct RouterMigration {
  let path: String
  let installation: Installation

  func lines<Settings>(
    _ router: RouterSettings, _ result: CheckedConfig<Settings>
  ) -> [MigrationLine] {
    [transport(router, result), tls(router, result), port(router, result), key(router)]
      .compactMap { $0 }
  }

  private func transport<Settings>(
    _ router: RouterSettings, _ result: CheckedConfig<Settings>
  ) -> MigrationLine? {
    guard result.isGiven("router.transport") else {
      return MigrationLine(
        .same, path, "router.transport is not set: REST first, and SSH where it cannot be reached")
    }
    return router.transport == .ssh
      ? MigrationLine(
        .differs, path,
        "router.transport: ssh is obeyed; the original tried REST first whatever stood there")
      : MigrationLine(.same, path, "router.transport: rest, with SSH as the fallback")
  }

  private func tls<Settings>(
    _ router: RouterSettings, _ result: CheckedConfig<Settings>
  ) -> MigrationLine? {
    guard router.transport == .rest || !router.password.isEmpty, router.usesTLS else { return nil }
    if router.pinnedKey != nil || router.caFile != nil {
      return MigrationLine(.differs, path, "the router's certificate is verified")
    }
    guard router.verifyTLS else {
      return MigrationLine(
        .same, path, "router.verify_ssl: false: the certificate is not verified, with a warning",
        mending: [.host("wanctl-setq trust --config \(shellWord(path))")])
    }
    return result.isGiven("router.verify_ssl")
      ? MigrationLine(.same, path, "router.verify_ssl: true: the certificate is verified")
      : MigrationLine(
        .change, path,
        "router.verify_ssl is not set: the certificate is verified here, which a router's own does "
          + "not pass; pin its key, or set verify_ssl: false",
        mending: [.host("wanctl-setq trust --config \(shellWord(path))")])
  }

  private func port<Settings>(
    _ router: RouterSettings, _ result: CheckedConfig<Settings>
  ) -> MigrationLine? {
    guard router.port != 443, router.usesTLS,
      !result.isGiven("router.tls"), !result.isGiven("router.scheme")
    else { return nil }
    return MigrationLine(
      .change, path,
      "router.port \(router.port) is TLS here; the original spoke plain HTTP on every port but 443. "
        + "Where the router does, say so",
      mending: [.configuration("router:\n  tls: \"no\"", file: path)])
  }

  private func key(_ router: RouterSettings) -> MigrationLine? {
    guard !router.sshKeyFile.isEmpty else { return nil }
    guard installation.exists(router.sshKeyFile) else {
      return MigrationLine(
        router.transport == .ssh && router.sshPassword.isEmpty ? .change : .differs,
        router.sshKeyFile,
        "the key that \(path) names is not there: no SSH"
          + (router.transport == .ssh ? "" : " as a fallback"))
    }
    return MigrationLine(.same, router.sshKeyFile, "is the key for SSH, as before")
  }
}
