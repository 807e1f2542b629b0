import ArgumentParser
import Commands
import HTTPClient
import Model
import Router
import SSHClient

struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    _superCommandName: "wanctl-setq",
    abstract: "Show the router's certificate and SSH host key, and how to make wanctl trust them.",
    version: "wanctl-setq \(wanctlVersion)")

  @OptionGroup var router: RouterOptions

  @Option(
    help: ArgumentHelp(
      "Make the SSH host key with this fingerprint known to the user who runs this.",
      valueName: "FINGERPRINT"))
  var accept: String?

  func run() throws {
    let settings = try router.load(forAnyTransport: true).router
    if let accept {
      try attempt { () throws(RouterFailure) in
        let done = try SSHTrust.accept(fingerprint: accept, of: settings)
        print(Self.sentence(done, fingerprint: accept))
      }
      return
    }
    let hasCertificate = tells { () throws(RouterFailure) in
      try showCertificate(of: settings)
    }
    print("")
    let hasHostKey = tells { () throws(RouterFailure) in try showHostKey(of: settings) }
    guard settings.transport == .rest ? hasCertificate : hasHostKey else {
      throw ExitCode.failure
    }
  }

  private func showCertificate(of settings: RouterSettings) throws(RouterFailure) {
    let trust = try RouterTrust.examine(settings)
    let certificate = trust.certificate
    print(
      """
      router       \(settings.host) port \(settings.port)
      subject      \(certificate.subject)
      issuer       \(certificate.issuer)
      valid from   \(certificate.validFrom)
      valid until  \(certificate.validUntil)
      fingerprint  \(certificate.fingerprint)
      key          \(certificate.pin)
      trusted      \(trust.refusal.map { "no: \($0.message)" } ?? "yes, as configured")

      Compare the fingerprint with what the router itself shows (/certificate print detail).
      If they are the same, this line in the section router of \(router.file)
      makes wanctl trust this key, and no other:

      router:
        pin_sha256: "\(certificate.pin)"
      """)
  }

  private func showHostKey(of settings: RouterSettings) throws(RouterFailure) {
    let trust = try SSHTrust.examine(settings)
    let (key, standing) = (trust.key, trust.standing)
    print(
      """
      SSH          \(settings.host) port \(settings.sshPort)
      host key     \(key.type)
      fingerprint  \(key.fingerprint)
      known        \(Self.sentence(standing))
      """)
    guard !standing.isKnown else { return }
    print(
      """

      Compare the fingerprint with that of the key which the router itself exports
      (/ip/ssh export-host-key). If they are the same, this command, run by the user
      that the daemons run as, makes the key known:

        wanctl-setq trust --config \(router.file) --accept \(key.fingerprint)
      """)
  }

  private static func sentence(_ standing: KnownHosts.Standing) -> String {
    switch standing {
    case .known(let place): "yes, by \(place)"
    case .unknown: "no"
    case .changed(let place): "NO: \(place) has another key for this router"
    case .revoked(let place): "NO: \(place) revokes this key"
    }
  }

  private static func sentence(
    _ acceptance: KnownHosts.Acceptance, fingerprint: String
  ) -> String {
    switch acceptance {
    case .knownBefore(let place): "\(fingerprint) was known already, by \(place)"
    case .added(let place): "\(fingerprint) is known now, by \(place)"
    case .replaced(let place):
      "\(fingerprint) is known now, by \(place), in place of the former key"
    }
  }

  private func tells(_ body: () throws(RouterFailure) -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      CommandEntry.writeRemark("wanctl-setq: \(error)")
      return false
    }
  }

  private func attempt(_ body: () throws(RouterFailure) -> Void) throws {
    guard tells(body) else { throw ExitCode.failure }
  }
}

extension KnownHosts.Standing {
  fileprivate var isKnown: Bool {
    if case .known = self { true } else { false }
  }
}
