public import Model

/// The one server that an `HTTPClient` talks to, and what it takes to trust it.
public struct HTTPServer: Sendable, Equatable {
  /// What makes a server's certificate acceptable.
  public enum Trust: Sendable, Equatable {
    /// Signed by a known authority, not expired, and made out for the host. `file` names the
    /// authorities in PEM form; nil = those of the system.
    case authority(file: String?)
    /// Its public key is this one (`sha256//BASE64`), whoever signed it.
    case pin(String)
    /// Both of the above.
    case authorityAndPin(file: String, pin: String)
    /// Any. Whoever sits between us and the server can read the password.
    case anything
  }

  public var host: String
  public var port: Int
  public var usesTLS: Bool
  public var trust: Trust
  public var user: String
  public var password: Secret
  /// How long a connection, TLS included, may take to open.
  public var connectTimeout: Milliseconds

  public init(
    host: String, port: Int, usesTLS: Bool, trust: Trust = .authority(file: nil), user: String,
    password: Secret, connectTimeout: Milliseconds = Milliseconds(2000)
  ) {
    self.host = host
    self.port = port
    self.usesTLS = usesTLS
    self.trust = trust
    self.user = user
    self.password = password
    self.connectTimeout = connectTimeout
  }

  /// `https://192.168.88.1:443`; an IPv6 address stands in brackets.
  public var base: String {
    let name =
      host.utf8.contains(UInt8(ascii: ":"))
      ? "[" + host.split(separator: "%", maxSplits: 1).joined(separator: "%25") + "]" : host
    return "\(usesTLS ? "https" : "http")://\(name):\(port)"
  }
}
