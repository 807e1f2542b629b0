/// Why a request got no usable answer.
public struct HTTPFailure: Error, Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Nobody listens on the port.
    case refused
    /// There is no route to the host.
    case unreachable
    /// The host's name has no address.
    case nameNotFound
    /// The deadline passed.
    case timeout
    /// The connection broke before the answer was complete.
    case reset
    case tls(TLSProblem)
    /// What came is not HTTP.
    case notHTTP
    /// The answer is larger than `HTTPClient.maximumBodyBytes`.
    case tooLarge
    /// `HTTPCanceller.cancel` was called.
    case cancelled
    /// The settings make no request: a malformed host, a limit of the library.
    case unusable
  }

  /// Why a server was not trusted, or why TLS did not come about.
  public enum TLSProblem: Sendable, Equatable {
    case expired
    case notYetValid
    case wrongName
    case unknownAuthority
    case pinMismatch
    /// No common ground: the server offers anonymous suites only (it has no certificate), or it
    /// closed the handshake.
    case handshake
    /// The server speaks no TLS 1.2.
    case tooOld
    /// The server does not speak TLS on this port.
    case notTLS
    /// The file of authorities cannot be read.
    case authorityFile
    case other
  }

  public var kind: Kind
  /// The library's own words; they hold no password.
  public var detail: String
  /// Whether the server may have got the request.
  public var mayHaveBeenSent: Bool

  public init(_ kind: Kind, detail: String = "", mayHaveBeenSent: Bool = false) {
    self.kind = kind
    self.detail = detail
    self.mayHaveBeenSent = mayHaveBeenSent
  }
}
