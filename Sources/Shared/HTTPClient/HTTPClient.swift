import CCurl
import Glibc
public import Model

/// A blocking HTTP/1.1 client for one server: one connection that is kept, total deadlines, bounded
/// memory. It belongs to one thread; only its canceller may be used by others.
///
/// The process must ignore SIGPIPE: with threads libcurl does not do that itself, and OpenSSL writes
/// to connections that are gone. `CommandEntry` does it for every tool.
///
/// It follows no redirect, uses no proxy and no `.netrc`, and sends its password with each request
/// without being asked, which saves a round trip; none where the user's name is empty.
public final class HTTPClient {
  /// A longer answer is refused.
  public static let maximumBodyBytes = 4 << 20
  /// RouterOS closes idle connections after 20 to 30 s. Older ones of ours are not used again.
  static let maximumIdleSeconds = 15

  private let server: HTTPServer
  private let base: String
  private let handles: CurlHandles
  /// The first setting that the library refused.
  private var unusable: String?

  /// - Parameter bearer: sent as `Authorization: Bearer`; empty = not.
  public init(_ server: HTTPServer, bearer: Secret = Secret("")) {
    self.server = server
    base = server.base
    var headers = [
      // No pause for `100 Continue` before a body.
      "Expect:", "Accept: application/json", "Content-Type: application/json",
    ]
    if !bearer.isEmpty { headers.append("Authorization: Bearer \(bearer.revealed)") }
    handles = CurlHandles(headers: headers)
    configure()
    configureTrust()
  }

  /// The connection that the last answer came over, when `keepDetails` was called before; nil = it
  /// ended. It is the library's: one may only wait for it to become readable, which an idle one
  /// does when the server closes it. Of no meaning after the next request.
  public private(set) var idleSocket: CInt?

  /// Answers carry their heads from now on, and `idleSocket` is told.
  public func keepDetails() { handles.keepHeaders() }

  public var canceller: HTTPCanceller { handles.canceller }

  /// Closes the connection; the next request opens a new one.
  public func disconnect() { handles.disconnect() }

  /// Sends a request and waits for the whole answer.
  ///
  /// An idle connection that the server closed meanwhile is replaced and the request repeated once:
  /// libcurl does that when a used connection ends before the first byte of an answer.
  ///
  /// - Parameter timeout: for everything together, from the name's lookup to the last byte.
  public func perform(
    _ request: HTTPRequest, timeout: Milliseconds
  ) throws(HTTPFailure) -> HTTPResponse {
    if let unusable { throw HTTPFailure(.unusable, detail: unusable) }
    guard !canceller.isCancelled else { throw HTTPFailure(.cancelled) }
    handles.set(CURLOPT_URL, base + request.path)
    handles.set(CURLOPT_TIMEOUT_MS, max(1, Int(timeout.microseconds / 1000)))
    handles.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(connectTimeout(within: timeout))))
    handles.body.pointee.begin()
    handles.head?.pointee.begin()
    idleSocket = nil
    handles.errorText.pointee = 0
    let result: Transfer = request.body.withUnsafeBytes { body in
      // The body must stay where it is until the transfer has ended.
      if request.method == .get {
        handles.set(CURLOPT_HTTPGET, 1)
      } else {
        let start = UnsafeMutableRawPointer(mutating: body.baseAddress)
        handles.set(CURLOPT_POST, 1)
        handles.set(CURLOPT_POSTFIELDSIZE, body.count)
        handles.set(CURLOPT_POSTFIELDS, start)
      }
      handles.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
      return transfer()
    }
    switch result {
    case .done(CURLE_OK):
      return HTTPResponse(
        status: handles.number(CURLINFO_RESPONSE_CODE), body: handles.body.pointee.bytes,
        openedConnection: handles.number(CURLINFO_NUM_CONNECTS) > 0,
        head: handles.head.map { Self.lines($0.pointee.bytes) } ?? [])
    case .done(let code): throw failure(code)
    case .cancelled: throw HTTPFailure(.cancelled, mayHaveBeenSent: wasSent)
    }
  }

  private enum Transfer {
    case done(CURLcode)
    case cancelled
  }

  /// Drives the easy handle to its end. `curl_easy_perform` does the same, but cannot be woken.
  private func transfer() -> Transfer {
    let multi = handles.multi
    guard curl_multi_add_handle(multi, handles.easy) == CURLM_OK else {
      return .done(CURLE_FAILED_INIT)
    }
    defer { curl_multi_remove_handle(multi, handles.easy) }
    var running: Int32 = 0
    repeat {
      guard curl_multi_perform(multi, &running) == CURLM_OK else {
        return .done(CURLE_FAILED_INIT)
      }
      if running == 0 { break }
      // The library shortens the wait to its own next deadline.
      _ = curl_multi_poll(multi, nil, 0, 1000, nil)
      if canceller.isCancelled { return .cancelled }
    } while true
    if handles.head != nil { idleSocket = handles.socket }
    return .done(wanctl_curl_multi_result(multi))
  }

  private static func lines(_ head: [UInt8]) -> [String] {
    head.split { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private func connectTimeout(within total: Milliseconds) -> Int64 {
    min(server.connectTimeout, total).microseconds / 1000
  }

  /// Whether the request left us, or may have.
  private var wasSent: Bool { handles.time(CURLINFO_PRETRANSFER_TIME_T) > 0 }

  private func failure(_ code: CURLcode) -> HTTPFailure {
    var text = String(cString: handles.errorText)
    while text.last?.isWhitespace == true { text.removeLast() }
    let facts = CurlFacts(
      code: code, detail: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text,
      errno: Int32(truncatingIfNeeded: handles.number(CURLINFO_OS_ERRNO)),
      verifyResult: handles.number(CURLINFO_SSL_VERIFYRESULT),
      isTooLarge: handles.body.pointee.isTooLarge, wasSent: wasSent)
    return HTTPFailure(facts)
  }
}

extension HTTPClient {
  private func require(_ isAccepted: Bool, _ name: String) {
    if !isAccepted, unusable == nil { unusable = "libcurl refuses \(name)" }
  }

  private func configure() {
    let scheme = server.usesTLS ? "https" : "http"
    require(handles.set(CURLOPT_PROTOCOLS_STR, scheme), scheme)
    require(handles.set(CURLOPT_HTTP_VERSION, wanctl_curl_http_1_1), "HTTP/1.1")
    if !server.user.isEmpty {
      require(handles.set(CURLOPT_HTTPAUTH, wanctl_curl_auth_basic), "basic authentication")
      require(handles.set(CURLOPT_USERNAME, server.user), "the user's name")
      require(handles.set(CURLOPT_PASSWORD, server.password.revealed), "the password")
    }
    // An empty proxy switches those of the environment off.
    require(handles.set(CURLOPT_PROXY, ""), "no proxy")
    handles.set(CURLOPT_NOSIGNAL, 1)
    handles.set(CURLOPT_TCP_NODELAY, 1)
    handles.set(CURLOPT_TCP_KEEPALIVE, 1)
    handles.set(CURLOPT_MAXAGE_CONN, Self.maximumIdleSeconds)
    handles.set(CURLOPT_PATH_AS_IS, 1)
    // Ends without waiting for a name lookup that hangs.
    handles.set(CURLOPT_QUICK_EXIT, 1)
  }

  private func configureTrust() {
    guard server.usesTLS else { return }
    require(handles.set(CURLOPT_SSLVERSION, wanctl_curl_tls_1_2), "TLS 1.2")
    switch server.trust {
    case .authority(let file):
      verify(authorities: file)
    case .pin(let pin):
      verifyNothing()
      require(handles.set(CURLOPT_PINNEDPUBLICKEY, pin), "the pin")
    case .authorityAndPin(let file, let pin):
      verify(authorities: file)
      require(handles.set(CURLOPT_PINNEDPUBLICKEY, pin), "the pin")
    case .anything:
      verifyNothing()
    }
  }

  private func verify(authorities file: String?) {
    require(handles.set(CURLOPT_SSL_VERIFYPEER, 1), "verification")
    require(handles.set(CURLOPT_SSL_VERIFYHOST, 2), "verification")
    if let file { require(handles.set(CURLOPT_CAINFO, file), "the file of authorities") }
  }

  private func verifyNothing() {
    require(handles.set(CURLOPT_SSL_VERIFYPEER, 0), "no verification")
    require(handles.set(CURLOPT_SSL_VERIFYHOST, 0), "no verification")
  }
}

extension HTTPClient {
  /// Opens a connection to a TLS server, whatever its certificate is worth, and sends nothing.
  public static func certificate(
    of server: HTTPServer, timeout: Milliseconds
  ) throws(HTTPFailure) -> ServerCertificate {
    var server = server
    server.trust = .anything
    server.usesTLS = true
    let client = HTTPClient(server)
    client.handles.set(CURLOPT_CERTINFO, 1)
    try client.connect(timeout: timeout)
    let facts = client.certificateFacts()
    guard
      let certificate = ServerCertificate(
        pem: facts["Cert"] ?? "", subject: facts["Subject"] ?? "",
        issuer: facts["Issuer"] ?? "", validFrom: facts["Start date"] ?? "",
        validUntil: facts["Expire date"] ?? "")
    else { throw HTTPFailure(.tls(.handshake), detail: "the server showed no certificate") }
    return certificate
  }

  /// Sets up the connection, TLS included, and sends nothing: no request and no password.
  public func connect(timeout: Milliseconds) throws(HTTPFailure) {
    handles.set(CURLOPT_CONNECT_ONLY, 1)
    defer { handles.set(CURLOPT_CONNECT_ONLY, 0) }
    _ = try perform(HTTPRequest(.get, "/"), timeout: timeout)
  }

  /// What the library tells of the server's own certificate, by name.
  private func certificateFacts() -> [String: String] {
    var found: UnsafeMutablePointer<curl_certinfo>?
    _ = wanctl_curl_get_certificates(handles.easy, &found)
    guard let found = found?.pointee, found.num_of_certs > 0 else { return [:] }
    var facts: [String: String] = [:]
    var entry = found.certinfo[0]
    while let line = entry?.pointee {
      let parts = String(cString: line.data).split(separator: ":", maxSplits: 1)
      if parts.count == 2 { facts[String(parts[0])] = String(parts[1]) }
      entry = line.next
    }
    return facts
  }
}
