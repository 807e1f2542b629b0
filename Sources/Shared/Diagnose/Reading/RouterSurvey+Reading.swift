import Glibc
public import Model
import Router
public import SSHClient

extension RouterSurvey.Router {
  /// Looks at the router, and at what this host keeps about it. Nothing is written.
  ///
  /// - Parameter knownHosts: where the router's SSH key must be found.
  public func read(
    sampleTime: Milliseconds, clock: FactsReader.Clock, knownHosts: KnownHosts = .standard
  ) -> RouterFacts {
    var facts = facts
    let transports = facts.settings.usableTransports
    facts.usesSSH = transports.contains(.ssh)
    if facts.usesSSH {
      facts.hostKey = HostKeyFacts(examining: facts.settings, knownHosts: knownHosts)
    }
    if transports.contains(.rest) { facts.tls = TLSFacts(examining: facts.settings) }
    let ways = logins.flatMap { settings in
      settings.usableTransports.map { transport in
        let port: any RouterPort =
          switch transport {
          case .rest: RESTRouter(settings, now: clock.monotonic)
          case .ssh: SSHRouter(settings, now: clock.monotonic, knownHosts: knownHosts)
          }
        return FactsReader.Login(user: settings.user, port: port)
      }
    }
    FactsReader(logins: ways, clock: clock).read(into: &facts, sampleTime: sampleTime)
    return facts
  }
}

extension RouterSettings {
  /// The primary transport, and the other one where the configuration has what it needs.
  var usableTransports: [Transport] {
    switch transport {
    case .rest: [.rest] + (hasSSHCredentials ? [.ssh] : [])
    case .ssh: [.ssh] + (password.isEmpty ? [] : [.rest])
    }
  }

  private var hasSSHCredentials: Bool {
    !sshPassword.isEmpty || !sshKeyFile.isEmpty && access(sshKeyFile, R_OK) == 0
  }
}
