public import Model

/// The one server that an `SSHClient` talks to, how we log in there, and by what we know it.
public struct SSHServer: Sendable, Equatable {
  /// A name or an address. Host keys are looked up by it as it stands here.
  public var host: String
  public var port: Int
  public var user: String
  /// A private key without passphrase; nil = log in by password alone.
  public var keyFile: String?
  /// Is tried when there is no key, or when the server refuses it; empty = none.
  public var password: Secret
  public var knownHosts: KnownHosts
  /// How long a TCP connection may take to open.
  public var connectTimeout: Milliseconds

  public init(
    host: String, port: Int = 22, user: String, keyFile: String? = nil,
    password: Secret = Secret(""), knownHosts: KnownHosts = .standard,
    connectTimeout: Milliseconds = Milliseconds(2000)
  ) {
    self.host = host
    self.port = port
    self.user = user
    self.keyFile = keyFile
    self.password = password
    self.knownHosts = knownHosts
    self.connectTimeout = connectTimeout
  }
}

/// What a command printed.
public struct SSHReply: Sendable, Equatable {
  public var output: [UInt8]
  public var errors: [UInt8]
  /// What the server reported; 0 as well when it reported none.
  public var exitStatus: Int32
  /// Whether a connection was opened for it.
  public var openedConnection: Bool

  public init(
    output: [UInt8], errors: [UInt8] = [], exitStatus: Int32 = 0, openedConnection: Bool = false
  ) {
    self.output = output
    self.errors = errors
    self.exitStatus = exitStatus
    self.openedConnection = openedConnection
  }
}
