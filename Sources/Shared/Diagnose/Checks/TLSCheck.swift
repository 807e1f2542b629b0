import HTTPClient
import Model

/// REST is encrypted, and the loop knows whom it talks to.
enum TLSCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    guard facts.settings.transport == .rest || facts.tls != .notUsed else { return [] }
    guard facts.settings.usesTLS else { return [plain(facts)] }
    return [unverified(facts), refused(facts)].compactMap { $0 }
  }

  private static func plain(_ facts: RouterFacts) -> Finding {
    Finding(
      .plainHTTP, .warning, facts.router,
      facts: [
        Finding.Fact("router.port", "\(facts.settings.port)"),
        Finding.Fact("router.tls", facts.settings.scheme.rawValue),
      ],
      reason: "Whoever hears one request can do on the router whatever this user can.",
      mending: ConsoleText.certificate(for: facts.settings.host) + [
        .configuration("router:\n  port: 443\n  tls: \"yes\"", file: facts.configFile)
      ])
  }

  private static func unverified(_ facts: RouterFacts) -> Finding? {
    guard !facts.settings.verifyTLS, facts.settings.pinnedKey == nil else { return nil }
    return Finding(
      .tlsNotVerified, .warning, facts.router,
      facts: [Finding.Fact("router.verify_ssl", "false")],
      reason: "Any machine between here and the router can pass itself off as it and take the "
        + "password.",
      mending: [pin(facts, also: "  verify_ssl: true")])
  }

  private static func refused(_ facts: RouterFacts) -> Finding? {
    guard let problem = facts.tls.problem, case .tried(let failure?, _) = facts.tls else {
      return nil
    }
    let detail = [Finding.Fact("TLS", failure.detail)]
    if problem == .handshake {
      return Finding(
        .certificateMissing, .error, facts.router, facts: detail,
        reason: "Without a certificate (certificate=none) RouterOS offers only anonymous suites, "
          + "and nobody can connect.",
        mending: ConsoleText.certificate(for: facts.settings.host))
    }
    let (reason, mending) = judge(problem, facts)
    return Finding(
      .certificateNotTrusted, .error, facts.router, facts: detail, reason: reason,
      mending: mending)
  }

  private static func judge(
    _ problem: HTTPFailure.TLSProblem, _ facts: RouterFacts
  ) -> (reason: String, mending: [Finding.Mending]) {
    let host = facts.settings.host
    switch problem {
    case .expired:
      return (
        "The certificate has expired, and wanctl sends no password to a router that it cannot "
          + "verify.", ConsoleText.certificate(for: host) + [pin(facts)]
      )
    case .notYetValid:
      return (
        "The certificate is not valid yet: one of the two clocks is wrong.",
        [.router("/system/clock/print"), .host("date -u")]
      )
    case .wrongName:
      return (
        "The certificate is not made out for '\(host)', so it could be that of any machine.",
        [pin(facts)] + ConsoleText.certificate(for: host)
      )
    case .pinMismatch:
      return (
        "The router's key is not the pinned one: either it was changed on purpose, or this is not "
          + "the router.", [.host("wanctl-setq trust --config \(facts.configFile)")]
      )
    case .tooOld:
      return (
        "The router offers nothing newer than TLS 1.1.",
        [.router("/ip/service/set www-ssl tls-version=only-1.2")]
      )
    case .notTLS:
      return (
        "What listens on port \(facts.settings.port) does not speak TLS.",
        [.configuration("router:\n  port: 443", file: facts.configFile)]
      )
    case .authorityFile:
      return (
        "The file of the authority cannot be read, so nothing can be verified by it.",
        [
          .host("ls -l \(facts.settings.caFile ?? "")"),
          .configuration("router:\n  ca_file: FILE", file: facts.configFile),
        ]
      )
    case .unknownAuthority, .handshake, .other:
      return (
        "Nobody whom this host knows has signed the certificate, so it could be that of any "
          + "machine.",
        [pin(facts), .configuration("router:\n  ca_file: FILE", file: facts.configFile)]
      )
    }
  }

  /// The line that pins the key; it is only good after a look at the router itself.
  private static func pin(_ facts: RouterFacts, also: String? = nil) -> Finding.Mending {
    guard let pin = facts.tls.pin else {
      return .host("wanctl-setq trust --config \(facts.configFile)")
    }
    let lines = ["router:", also, "  pin_sha256: \"\(pin)\""].compactMap { $0 }
    return .configuration(lines.joined(separator: "\n"), file: facts.configFile)
  }
}
