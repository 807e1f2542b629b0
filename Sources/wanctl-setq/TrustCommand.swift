import ArgumentParser
import Commands
import HTTPClient
import Model
import Router

struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    _superCommandName: "wanctl-setq",
    abstract: "Show the router's certificate, and the lines that make wanctl trust its key.",
    version: "wanctl-setq \(wanctlVersion)")

  @OptionGroup var router: RouterOptions

  func run() throws {
    let settings = try router.load().router
    let trust: RouterTrust
    do throws(RouterFailure) {
      trust = try RouterTrust.examine(settings)
    } catch {
      CommandEntry.writeRemark("wanctl-setq: \(error)")
      throw ExitCode.failure
    }
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
}
