import Glibc
public import Model
public import SSHClient

/// The ways to a router that its settings allow: the one that is configured, and the other one as
/// its fallback where it can be used.
public struct RouterAccess: Sendable {
  private let settings: RouterSettings
  private let knownHosts: KnownHosts

  /// - Parameter knownHosts: where the router's SSH key must be found.
  public init(_ settings: RouterSettings, knownHosts: KnownHosts = .standard) {
    self.settings = settings
    self.knownHosts = knownHosts
  }

  public var primary: Transport { settings.transport }
  public var other: Transport { settings.transport == .rest ? .ssh : .rest }

  /// What keeps a way from being used, with the way out; nil when nothing does as far as this host
  /// can tell.
  public func obstacle(to transport: Transport) -> String? {
    switch transport {
    case .rest:
      return settings.password.isEmpty ? "router.password is not set" : nil
    case .ssh:
      if !settings.sshPassword.isEmpty { return nil }
      if settings.sshKeyFile.isEmpty {
        return "neither router.ssh_key nor router.ssh_password is set"
      }
      guard access(settings.sshKeyFile, R_OK) != 0 else { return nil }
      return "router.ssh_key: '\(settings.sshKeyFile)' cannot be read: "
        + String(cString: strerror(errno))
    }
  }

  /// A connection in one way only.
  ///
  /// - Parameter now: the monotonic clock.
  public func port(
    over transport: Transport, now: @escaping () -> MonotonicTime
  ) -> any RouterPort {
    switch transport {
    case .rest: RESTRouter(settings, now: now)
    case .ssh: SSHRouter(settings, now: now, knownHosts: knownHosts)
    }
  }

  /// A connection in the configured way, which falls back on the other one where that can be used.
  ///
  /// - Parameter now: the monotonic clock, read from any thread.
  public func port(now: @escaping @Sendable () -> MonotonicTime) -> any RouterPort {
    port(now: now, schedule: TransportChoice.Schedule())
  }

  func port(
    now: @escaping @Sendable () -> MonotonicTime, schedule: TransportChoice.Schedule
  ) -> any RouterPort {
    let first = port(over: primary, now: now)
    guard obstacle(to: other) == nil else { return first }
    var settings = settings
    settings.operationTimeout = min(BackgroundProbe.limit, settings.operationTimeout)
    let access = RouterAccess(settings, knownHosts: knownHosts)
    let choice = TransportChoice(isFallbackVerified: isVerified(other), schedule: schedule)
    return FailoverPort(
      primary: first, fallback: port(over: other, now: now), choice: choice,
      probe: BackgroundProbe { access.port(over: access.primary, now: now) }, now: now)
  }

  /// Whether the router has to prove who it is: over SSH by a host key that is known.
  private func isVerified(_ transport: Transport) -> Bool {
    switch transport {
    case .rest: settings.usesTLS && (settings.verifyTLS || settings.pinnedKey != nil)
    case .ssh: true
    }
  }
}
