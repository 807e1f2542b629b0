public import HTTPClient
public import Model

/// What a router shows of itself before anything is sent to it.
public struct RouterTrust: Sendable, Equatable {
  public var certificate: ServerCertificate
  /// Why it is not trusted as the settings are now; nil = it is.
  public var refusal: RouterFailure?

  /// Opens two connections: one that takes any certificate, to look at it, and one as configured.
  /// Neither sends a request or a password.
  public static func examine(_ settings: RouterSettings) throws(RouterFailure) -> RouterTrust {
    let failures = RESTFailures(settings)
    guard settings.usesTLS else {
      throw RouterFailure(
        .rejected, transport: .rest, operation: "look at the certificate",
        message: "REST is configured without TLS (router.tls, router.port), so there is none")
    }
    let server = HTTPServer(settings)
    let certificate: ServerCertificate
    do {
      certificate = try HTTPClient.certificate(of: server, timeout: settings.operationTimeout)
    } catch {
      throw failures.failure(error, operation: "look at the certificate", isWrite: false)
    }
    do {
      try HTTPClient(server).connect(timeout: settings.operationTimeout)
    } catch {
      return RouterTrust(
        certificate: certificate,
        refusal: failures.failure(error, operation: "verify the certificate", isWrite: false))
    }
    return RouterTrust(certificate: certificate, refusal: nil)
  }
}
