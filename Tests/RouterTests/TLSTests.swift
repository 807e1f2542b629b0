import Foundation
import HTTPClient
import Model
import Platform
import Router
import TestSupport
import Testing

/// Every way in which a certificate can be good or bad, against a real TLS server.
@Suite struct TLSTests {
  enum Outcome: Sendable, Equatable {
    case trusted
    case refused(says: String)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var certificate: String
    var ca: String?
    /// `own` = the server's; anything else as it is.
    var pin: String?
    var verifies = true
    var outcome: Outcome
    var testDescription: String {
      "\(certificate), ca \(ca ?? "-"), pin \(pin ?? "-"), verify \(verifies)"
    }
  }

  static let stranger = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
  static let cases = [
    Case(certificate: "good", ca: "ca", outcome: .trusted),
    Case(certificate: "good", outcome: .refused(says: "router.ca_file")),
    Case(certificate: "unknown", ca: "ca", outcome: .refused(says: "router.ca_file")),
    Case(certificate: "expired", ca: "ca", outcome: .refused(says: "has expired")),
    Case(certificate: "othername", ca: "ca", outcome: .refused(says: "'127.0.0.1'")),
    Case(certificate: "good", ca: "missing", outcome: .refused(says: "cannot be read")),
    Case(certificate: "unknown", pin: "own", outcome: .trusted),
    Case(certificate: "expired", pin: "own", outcome: .trusted),
    Case(certificate: "othername", pin: "own", outcome: .trusted),
    Case(certificate: "good", pin: stranger, outcome: .refused(says: "router.pin_sha256")),
    Case(
      certificate: "good", pin: stranger, verifies: false,
      outcome: .refused(says: "router.pin_sha256")),
    Case(certificate: "good", ca: "ca", pin: "own", outcome: .trusted),
    Case(certificate: "expired", ca: "ca", pin: "own", outcome: .refused(says: "has expired")),
    Case(
      certificate: "good", ca: "ca", pin: stranger, outcome: .refused(says: "router.pin_sha256")),
    Case(certificate: "expired", verifies: false, outcome: .trusted),
    Case(certificate: "unknown", verifies: false, outcome: .trusted),
  ]

  static func settings(_ port: Int, _ change: (inout RouterSettings) -> Void) -> RouterSettings {
    var settings = RouterSettings(
      host: "127.0.0.1", port: port, user: "wanctl", password: Secret("s3cret!"), scheme: .https)
    change(&settings)
    return settings
  }

  static func identityFailure(_ settings: RouterSettings) throws -> HTTPFailure? {
    let client = HTTPClient(HTTPServer(settings))
    do {
      let response = try client.perform(
        HTTPRequest(.get, "/rest/system/identity"), timeout: Milliseconds(30_000))
      #expect(response.body == Array(#"{"name":"MikroTik"}"#.utf8))
      return nil
    } catch { return error }
  }

  @Test(arguments: cases)
  func onlyATrustedRouterIsTalkedTo(_ given: Case) throws {
    let certificates = try Certificates.shared.get()
    let server = try TLSServer(certificate: given.certificate, in: certificates)
    let pin = certificates.pin
    let settings = Self.settings(server.port) {
      $0.caFile = given.ca.map { certificates.path("\($0).pem") }
      $0.pinnedKey = given.pin.map { $0 == "own" ? pin : $0 }
      $0.verifyTLS = given.verifies
    }
    switch given.outcome {
    case .trusted:
      let failure = try Self.identityFailure(settings)
      #expect(failure == nil)
    case .refused(let words):
      let router = RESTRouter(settings, now: Clock.monotonic)
      let failure = #expect(throws: RouterFailure.self) { _ = try router.probe() }
      #expect(failure?.failureClass == .tls)
      #expect(failure?.outcome == .notDone)
      #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }
  }

  /// `www-ssl` without a certificate offers anonymous suites only.
  @Test(arguments: [true, false])
  func aRouterWithoutCertificateIsRefused(verifies: Bool) throws {
    let certificates = try Certificates.shared.get()
    let server = try TLSServer(
      ["-nocert", "-cipher", "aNULL:@SECLEVEL=0", "-tls1_2"], in: certificates)
    let pin = certificates.pin
    let settings = Self.settings(server.port) {
      $0.verifyTLS = verifies
      $0.pinnedKey = verifies ? nil : pin
    }
    let failure = try #require(try Self.identityFailure(settings))
    #expect(failure.kind == .tls(.handshake))
    let router = RESTRouter(settings, now: Clock.monotonic)
    let told = #expect(throws: RouterFailure.self) { _ = try router.probe() }
    #expect(told?.message.contains("/ip/service set www-ssl certificate=") == true)
  }

  /// An HTTP server answers the greeting of TLS with an error page.
  @Test func aServiceThatSpeaksNoTLSNamesTheKey() throws {
    let server = try PlainGreeter("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    let failure = try #require(try Self.identityFailure(Self.settings(server.port) { _ in }))
    #expect(failure.kind == .tls(.notTLS))
    let told = #expect(throws: RouterFailure.self) {
      _ = try RESTRouter(Self.settings(server.port) { _ in }, now: Clock.monotonic).probe()
    }
    #expect(told?.message.contains("router.tls: no") == true)
  }

  @Test func aServiceThatHangsUpIsNotCalledUntrusted() throws {
    let server = try PlainGreeter("")
    let failure = try #require(try Self.identityFailure(Self.settings(server.port) { _ in }))
    #expect(failure.kind == .reset)
  }

  @Test func aCertificateIsShownWhateverItIsWorth() throws {
    let certificates = try Certificates.shared.get()
    let server = try TLSServer(certificate: "expired", in: certificates)
    let certificate = try HTTPClient.certificate(
      of: HTTPServer(Self.settings(server.port) { _ in }), timeout: Milliseconds(30_000))
    #expect(certificate.subject.contains("router"))
    #expect(certificate.issuer.contains("ca"))
    #expect(certificate.validUntil.contains("GMT"))
    #expect(certificate.pin == certificates.pin)
    let fingerprint = try certificates.openssl([
      "x509", "-in", "expired.pem", "-noout", "-fingerprint", "-sha256",
    ])
    let digits = fingerprint.split(separator: "=")[1].filter(\.isHexDigit).lowercased()
    #expect(certificate.fingerprint == digits)
  }

  @Test func trustIsExaminedAsItIsConfigured() throws {
    let certificates = try Certificates.shared.get()
    let server = try TLSServer(certificate: "good", in: certificates)
    let strange = try RouterTrust.examine(Self.settings(server.port) { _ in })
    #expect(strange.certificate.pin == certificates.pin)
    #expect(strange.refusal?.message.contains("router.ca_file") == true)
    let known = try RouterTrust.examine(
      Self.settings(server.port) { $0.pinnedKey = strange.certificate.pin })
    #expect(known.refusal == nil)
    let plain = #expect(throws: RouterFailure.self) {
      try RouterTrust.examine(Self.settings(server.port) { $0.scheme = .http })
    }
    #expect(plain?.message.contains("router.tls") == true)
    let silent = try PlainGreeter("")
    let gone = #expect(throws: RouterFailure.self) {
      try RouterTrust.examine(Self.settings(silent.port) { _ in })
    }
    #expect(gone?.failureClass == .reset)
    #expect(gone?.message.contains("router.tls: no") == true)
  }

  @Test(arguments: ["", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nMIIB"])
  func whatIsNoCertificateIsNone(text: String) {
    #expect(ServerCertificate(pem: text) == nil)
    #expect(ServerCertificate(pem: text + "\n-----END CERTIFICATE-----") == nil)
  }

  @Test func noMutationOfACertificateIsFatal() throws {
    let certificates = try Certificates.shared.get()
    let text = try String(contentsOfFile: certificates.path("good.pem"), encoding: .utf8)
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let body = text.split(separator: "\n").dropFirst().dropLast().joined()
    for _ in 0..<2000 {
      var bytes = Array(Data(base64Encoded: body)!)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      let pem =
        "-----BEGIN CERTIFICATE-----\n\(Data(bytes).base64EncodedString())\n-----END CERTIFICATE-----"
      let certificate = ServerCertificate(pem: pem)
      #expect(certificate == nil || certificate!.pin.utf8.count == 52, "seed \(seed)")
    }
  }
}
