public import Model
public import SSHClient

/// The key that a router shows over SSH, and whether it is known here.
public struct SSHTrust: Sendable, Equatable {
  public var key: HostKey
  public var standing: KnownHosts.Standing

  /// Exchanges keys with the router, and sends neither a name nor a password.
  public static func examine(
    _ settings: RouterSettings, knownHosts: KnownHosts = .standard
  ) throws(RouterFailure) -> SSHTrust {
    let server = SSHServer(settings, knownHosts: knownHosts)
    do {
      let key = try SSHClient.hostKey(of: server, timeout: settings.operationTimeout)
      return SSHTrust(
        key: key,
        standing: try knownHosts.standing(of: key, host: server.host, port: server.port))
    } catch {
      throw SSHFailures(settings).failure(
        error, operation: "look at the SSH host key", isWrite: false)
    }
  }

  /// Makes the router's key known, if it is the one that was compared.
  ///
  /// - Parameter fingerprint: `SHA256:…`, as OpenSSH prints it.
  public static func accept(
    fingerprint: String, of settings: RouterSettings, knownHosts: KnownHosts = .standard
  ) throws(RouterFailure) -> KnownHosts.Acceptance {
    let operation = "accept the SSH host key"
    let trust = try examine(settings, knownHosts: knownHosts)
    guard trust.key.fingerprint == fingerprint else {
      throw RouterFailure(
        .tls, transport: .ssh, operation: operation,
        message:
          "the router shows \(trust.key.fingerprint), not \(fingerprint); nothing was changed"
      )
    }
    do {
      return try knownHosts.accept(trust.key, host: settings.host, port: settings.sshPort)
    } catch {
      throw SSHFailures(settings).failure(error, operation: operation, isWrite: false)
    }
  }
}
