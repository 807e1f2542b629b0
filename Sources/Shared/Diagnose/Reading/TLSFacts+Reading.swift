import HTTPClient
public import Model
import Router

extension TLSFacts {
  /// Opens two connections: one that takes any certificate, for the pin of its key, and one as
  /// configured. Neither sends a request or a password.
  public init(examining settings: RouterSettings) {
    guard settings.usesTLS else {
      self = .notUsed
      return
    }
    let server = HTTPServer(settings)
    let timeout = settings.operationTimeout
    let pin = try? HTTPClient.certificate(of: server, timeout: timeout).pin
    do throws(HTTPFailure) {
      try HTTPClient(server).connect(timeout: timeout)
      self = .tried(failure: nil, pin: pin)
    } catch {
      self = .tried(failure: error, pin: pin)
    }
  }
}
