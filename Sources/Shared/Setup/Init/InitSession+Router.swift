import Diagnose
import HTTPClient
import Model
import Platform
import Router
import SSHClient
import Terminal

extension InitSession {
  /// Shows the keys of the router, and trusts those that are accepted; nothing is trusted silently.
  func enrol(
    _ router: inout RouterSettings
  ) throws(InitFailure) {
    if router.transport == .rest || !router.password.isEmpty {
      if router.usesTLS {
        // Without the certificate there may still be SSH.
        if let failure = try enrolCertificate(&router), router.transport == .rest { throw failure }
      } else {
        dialogue.tell(
          "Port \(router.port) is spoken to without TLS: the password can be read on the way.")
      }
    }
    if router.transport == .ssh || !router.sshKeyFile.isEmpty {
      let failure = try enrolHostKey(router)
      if let failure {
        if router.transport == .ssh { throw failure }
        dialogue.tell("SSH will be no fallback: \(failure)")
      }
    }
  }

  private func enrolCertificate(
    _ router: inout RouterSettings
  ) throws(InitFailure) -> InitFailure? {
    let trust: RouterTrust
    do throws(RouterFailure) {
      trust = try RouterTrust.examine(router)
    } catch {
      return .router("\(error)")
    }
    guard trust.refusal != nil else {
      dialogue.tell("The router's certificate is trusted: \(trust.certificate.subject)")
      return nil
    }
    let certificate = trust.certificate
    dialogue.tell(
      """

      The router shows this certificate:
        subject      \(certificate.subject)
        issuer       \(certificate.issuer)
        valid until  \(certificate.validUntil)
        fingerprint  \(certificate.fingerprint)
        key          \(certificate.pin)
      Compare the fingerprint with what the router itself shows (/certificate print detail).
      """)
    if !request.accepted.contains(certificate.pin) {
      try confirm(
        "Is it the router's, and may wanctl trust this key", flag: "--accept \(certificate.pin)")
    }
    router.pinnedKey = certificate.pin
    return nil
  }

  /// The file of host keys that the service will look into.
  var knownHosts: KnownHosts {
    let standard = KnownHosts.standard
    guard isRoot, let account = Account(named: request.serviceUser) else { return standard }
    return KnownHosts(
      systemFile: standard.systemFile, userFile: account.home + "/.ssh/known_hosts")
  }

  private func enrolHostKey(_ router: RouterSettings) throws(InitFailure) -> InitFailure? {
    let trust: SSHTrust
    do throws(RouterFailure) {
      trust = try SSHTrust.examine(router, knownHosts: knownHosts)
    } catch {
      return .router("\(error)")
    }
    let fingerprint = trust.key.fingerprint
    switch trust.standing {
    case .known(let place):
      dialogue.tell("The router's SSH host key is known, by \(place).")
      return nil
    case .changed(let place):
      return .router(
        "\(place) has another SSH host key for \(router.host) than \(fingerprint): look at the "
          + "router first, then correct that line")
    case .revoked(let place):
      return .router("\(place) revokes the SSH host key of \(router.host), \(fingerprint)")
    case .unknown: break
    }
    dialogue.tell(
      """

      The router shows this SSH host key:
        \(trust.key.type) \(fingerprint)
      Compare it with the key that the router itself exports (/ip/ssh export-host-key).
      """)
    if !request.accepted.contains(fingerprint) {
      try confirm(
        "Is it the router's, and may wanctl trust this key", flag: "--accept \(fingerprint)")
    }
    do throws(RouterFailure) {
      _ = try SSHTrust.accept(fingerprint: fingerprint, of: router, knownHosts: knownHosts)
    } catch {
      return .router("\(error)")
    }
    return handOverKnownHosts()
  }

  /// What root has made for the service belongs to the service.
  private func handOverKnownHosts() -> InitFailure? {
    guard isRoot, let account = Account(named: request.serviceUser),
      let file = knownHosts.userFile
    else { return nil }
    do throws(SystemError) {
      for path in [NewFile.folder(of: file), file] {
        try NewFile.hand(path, to: account)
      }
      return nil
    } catch {
      return .file("\(error)")
    }
  }

  /// Logs in and reads what the router has; asks for the password again when it was typed.
  func reach(
    _ router: inout RouterSettings, file: String
  ) throws(InitFailure) -> RouterFacts {
    var attempts = request.password == nil ? 3 : 1
    while true {
      let facts = read(router, file: file)
      guard facts.queues.newest == nil else { return facts }
      let failure = facts.contacts.compactMap(\.failure).first
      attempts -= 1
      if attempts > 0, failure?.failureClass == .authFailure {
        dialogue.tell("The router refuses the login.")
        let password = try askPassword(of: router)
        if router.transport == .ssh, router.sshKeyFile.isEmpty {
          router.sshPassword = password
        } else {
          router.password = password
        }
        continue
      }
      // The doctor knows what mends it.
      dialogue.tell(
        DiagnosisReport([facts]).text(width: 80, palette: Palette(isColored: false)))
      throw .router(
        failure.map { "\($0)" } ?? "the queues of \(router.host) could not be read")
    }
  }

  private func read(_ router: RouterSettings, file: String) -> RouterFacts {
    var facts = RouterFacts(settings: router, configFile: file)
    let access = RouterAccess(router, knownHosts: knownHosts)
    let port = access.port(over: router.transport, now: clock.monotonic)
    FactsReader(logins: [.init(user: router.user, port: port)], clock: clock)
      .read(into: &facts, sampleTime: .zero)
    return facts
  }
}
