public import HTTPClient
public import Model
import Platform

/// Sends messages to one receiver. It blocks, and belongs to one thread; only `canceller` may be
/// used by others.
///
/// What it says of a failure names the host and never the path of the URL, which is a secret.
public final class Webhook {
  /// Why a message did not arrive.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    /// Whether it is worth to send the same again.
    public var isTemporary: Bool
  }

  /// For one message, from the lookup of the name to the last byte of the answer.
  public static let timeout = Milliseconds(seconds: 10)

  private let settings: AlertSettings
  private let url: WebhookURL
  private let client: HTTPClient

  /// - Returns: nil when the URL is none; `Config` has checked it.
  public init?(_ settings: AlertSettings) {
    guard let url = WebhookURL(settings.url.revealed) else { return nil }
    self.settings = settings
    self.url = url
    client = HTTPClient(
      HTTPServer(
        host: url.host, port: url.port, usesTLS: url.usesTLS,
        trust: .authority(file: settings.caFile), user: "", password: Secret(""),
        connectTimeout: Milliseconds(seconds: 5)), bearer: settings.token)
  }

  /// `hooks.example.com`, with the port where it is not the usual one.
  public var receiver: String {
    url.port == (url.usesTLS ? 443 : 80) ? url.host : "\(url.host):\(url.port)"
  }

  public var canceller: HTTPCanceller { client.canceller }

  /// Sends one message, and returns when the receiver has taken it.
  public func send(_ message: WebhookMessage) throws(Failure) {
    let isNtfy = settings.format == .ntfy
    let parent = url.parent
    let request = HTTPRequest(
      .post, isNtfy ? parent.path : url.path,
      body: message.json(settings.format, topic: isNtfy ? parent.name : ""))
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try client.perform(request, timeout: Self.timeout)
    } catch {
      let isTemporary = if case .unusable = error.kind { false } else { true }
      throw Failure(
        description: "\(receiver): \(Self.words(error.kind))", isTemporary: isTemporary)
    }
    guard !(200..<300).contains(response.status) else { return }
    let isTemporary = response.status >= 500 || response.status == 408 || response.status == 429
    let advice =
      switch response.status {
      case 400: "; is alerts.format right?"
      case 300..<400: "; it redirects, write the final URL"
      case 401, 403: "; are the URL and alerts.token right?"
      case 404, 410: "; is alerts.url right?"
      default: ""
      }
    throw Failure(
      description: "\(receiver) answered with status \(response.status)\(advice)",
      isTemporary: isTemporary)
  }

  private static func words(_ kind: HTTPFailure.Kind) -> String {
    switch kind {
    case .refused: "the connection was refused"
    case .unreachable: "no route to the host"
    case .nameNotFound: "the name has no address"
    case .timeout: "no answer within \(Int(timeout.seconds)) s"
    case .reset: "the connection broke"
    case .tls(.unknownAuthority): "its certificate is signed by nobody known; see alerts.ca_file"
    case .tls(.wrongName): "its certificate is made out for another name"
    case .tls(.expired): "its certificate has expired"
    case .tls(.notTLS): "it does not speak TLS; is the URL http://?"
    case .tls: "TLS failed"
    case .notHTTP: "it does not speak HTTP"
    case .tooLarge: "its answer is too large"
    case .cancelled: "given up at the end of the program"
    case .unusable: "libcurl refuses the settings"
    }
  }
}

extension Webhook {
  /// Sends a test message.
  ///
  /// - Returns: who took it.
  public static func test(_ settings: AlertSettings, subject: String) throws(Failure) -> String {
    guard let webhook = Webhook(settings) else {
      throw Failure(description: "alerts.url is not a URL", isTemporary: false)
    }
    let now = Clock.wall()
    let notice = AlertNotice(
      .test, subject: subject, status: .raised, detail: "alerts arrive here", since: now, time: now)
    try webhook.send(WebhookMessage([notice], host: AlertSender.hostName()))
    return webhook.receiver
  }
}
