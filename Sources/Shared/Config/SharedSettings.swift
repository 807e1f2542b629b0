import Model

/// Settings that the configurations of the loop and of steering have in common; nil when a value is
/// missing, which only happens beside an error finding.
extension ConfigValues {
  func identifier(_ path: String) -> Identifier? {
    text(path).flatMap { try? Identifier($0) }
  }

  func seconds(_ path: String) -> Milliseconds? {
    double(path).map { Milliseconds(seconds: $0) }
  }

  func milliseconds(_ path: String) -> Milliseconds? {
    double(path).map { Milliseconds($0) }
  }

  func router() -> RouterSettings? {
    guard let host = text("router.host"), let user = text("router.user"),
      let port = integer("router.port"), let password = secret("router.password"),
      let transport = text("router.transport").flatMap(Transport.init(rawValue:)),
      let tls = text("router.tls").flatMap(RouterSettings.Scheme.init(rawValue:)),
      let verifies = flag("router.verify_ssl"),
      let sshPort = integer("router.ssh_port"), let sshKey = text("router.ssh_key"),
      let sshPassword = secret("router.ssh_password"),
      let timeout = seconds("timeouts.ssh_command"),
      let burst = integer("router.write_budget.burst"),
      let perMinute = integer("router.write_budget.per_minute"),
      let increaseInterval = seconds("router.increase_interval_sec"),
      let statsInterval = seconds("router.stats_interval_sec")
    else { return nil }
    return RouterSettings(
      host: host, port: port, user: user, password: password, transport: transport, scheme: tls,
      verifyTLS: verifies, caFile: text("router.ca_file"),
      pinnedKey: text("router.pin_sha256"), sshPort: sshPort, sshKeyFile: sshKey,
      sshPassword: sshPassword, operationTimeout: timeout,
      writeBudget: RouterSettings.WriteBudget(burst: burst, perMinute: perMinute),
      increaseInterval: increaseInterval, statsInterval: statsInterval)
  }

  func listener(_ section: String) -> LoopSettings.Listener? {
    guard let isEnabled = flag(section + ".enabled"),
      let host = text(section + ".host"), let port = integer(section + ".port")
    else { return nil }
    let token = section == "health_check" ? secret(section + ".token") : nil
    return LoopSettings.Listener(
      isEnabled: isEnabled, host: host, port: port, token: token ?? Secret(""))
  }

  func storage() -> LoopSettings.Storage? {
    guard let days = integer("storage.retention_days"),
      let interval = seconds("storage.commit_interval_sec")
    else { return nil }
    let path = text("storage.db_path").flatMap { $0.isEmpty ? nil : $0 }
    return LoopSettings.Storage(path: path, retentionDays: days, commitInterval: interval)
  }
}
