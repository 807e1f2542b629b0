import Model

/// The router answers each daemon on each way that it would take.
enum ContactCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    facts.contacts.compactMap { contact in
      contact.failure.flatMap { finding($0, contact, facts) }
    }
  }

  private static func finding(
    _ failure: RouterFailure, _ contact: RouterFacts.Contact, _ facts: RouterFacts
  ) -> Finding? {
    let (transport, user) = (contact.transport, contact.user)
    // With a fallback the daemon goes on, until that is lost too.
    let hasOther = facts.contacts.contains { $0.failure == nil && $0.user == user }
    let severity: Finding.Severity = hasOther ? .warning : .error
    let answer = [
      Finding.Fact("transport", transport.rawValue), Finding.Fact("answer", failure.message),
    ]
    switch failure.failureClass {
    case .tls where transport == .rest ? facts.tls.problem != nil : facts.hostKey.isDistrusted:
      // The certificate and the host key have checks of their own, which know more.
      return nil
    case .permission:
      return Finding(
        .policyMissing, severity, facts.router, facts: answer,
        reason: "Without them the router does nothing for wanctl.",
        mending: [.router(PolicyCheck.setPolicies(of: user, needed: PolicyCheck.needed(facts)))])
    case .authFailure:
      return Finding(
        .loginRefused, severity, facts.router,
        facts: [Finding.Fact("router.user", user)] + answer,
        reason: "RouterOS answers a wrong password, a user that is not allowed from this address, "
          + "and (over REST) a group without the policy rest-api alike.",
        mending: [
          .router("/user/print detail where name=\(ConsoleText.quoted(user))"),
          .router(PolicyCheck.setPolicies(of: user, needed: PolicyCheck.needed(facts))),
        ])
    case .serviceOff:
      let (service, key) =
        facts.settings.usesTLS ? ("www-ssl", "rest-secure") : ("www", "rest-plain")
      return Finding(
        .restSwitchedOff, severity, facts.router, facts: answer,
        reason: "The web server answers, but not to REST, so no rate can be set.",
        mending: [
          .router("/ip/service/webserver/set \(key)=yes"),
          .router("/ip/service/enable \(service)"),
        ])
    default:
      return Finding(
        .routerUnreachable, severity, facts.router,
        facts: [Finding.Fact("failure", failure.failureClass.rawValue)] + answer,
        reason: severity == .error
          ? "While there is no contact every queue keeps the rate that it has."
          : "The loop works over the other transport, and has none to fall back to.",
        mending: mending(failure, transport, facts))
    }
  }

  private static func mending(
    _ failure: RouterFailure, _ transport: Transport, _ facts: RouterFacts
  ) -> [Finding.Mending] {
    let service = transport == .ssh ? "ssh" : facts.settings.usesTLS ? "www-ssl" : "www"
    switch failure.failureClass {
    case .connectionRefused, .reset, .timeout:
      return [.router("/ip/service/print detail where name=\(service)")]
        + (failure.failureClass == .connectionRefused
          ? [.router("/ip/service/enable \(service)")] : [])
    case .dnsFailure, .networkUnreachable:
      return [.configuration("router:\n  host: ADDRESS", file: facts.configFile)]
    default: return []
    }
  }
}
