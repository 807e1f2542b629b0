/// How a router is reached and how often it may be written to.
public struct RouterSettings: Sendable, Equatable {
  /// Whether REST is spoken over TLS.
  public enum Scheme: String, Sendable, CaseIterable {
    /// Plain http on port 80, https on every other port.
    case auto
    case https = "yes"
    case http = "no"
  }

  /// The token bucket of queue writes; one write is one change of one queue.
  public struct WriteBudget: Sendable, Equatable {
    public var burst: Int
    public var perMinute: Int

    public init(burst: Int = 120, perMinute: Int = 60) {
      self.burst = burst
      self.perMinute = perMinute
    }
  }

  public var host: String
  public var port: Int
  public var user: String
  /// Empty when none is configured.
  public var password: Secret
  public var transport: Transport
  public var scheme: Scheme
  public var verifyTLS: Bool
  /// PEM file of the authority that signed the router's certificate.
  public var caFile: String?
  /// `sha256//BASE64` of the router's public key.
  public var pinnedKey: String?
  public var sshPort: Int
  public var sshKeyFile: String
  public var sshPassword: Secret
  /// The total time of one operation (`timeouts.ssh_command`).
  public var operationTimeout: Milliseconds
  public var writeBudget: WriteBudget
  /// Increases of one WAN are put together to one write per this time.
  public var increaseInterval: Milliseconds
  /// How often queue rows and uptime are read; 0 = never.
  public var statsInterval: Milliseconds

  public init(
    host: String, port: Int = 443, user: String, password: Secret = Secret(""),
    transport: Transport = .rest, scheme: Scheme = .auto, verifyTLS: Bool = true,
    caFile: String? = nil, pinnedKey: String? = nil, sshPort: Int = 22, sshKeyFile: String = "",
    sshPassword: Secret = Secret(""), operationTimeout: Milliseconds = Milliseconds(5000),
    writeBudget: WriteBudget = WriteBudget(), increaseInterval: Milliseconds = Milliseconds(1000),
    statsInterval: Milliseconds = Milliseconds(1000)
  ) {
    self.host = host
    self.port = port
    self.user = user
    self.password = password
    self.transport = transport
    self.scheme = scheme
    self.verifyTLS = verifyTLS
    self.caFile = caFile
    self.pinnedKey = pinnedKey
    self.sshPort = sshPort
    self.sshKeyFile = sshKeyFile
    self.sshPassword = sshPassword
    self.operationTimeout = operationTimeout
    self.writeBudget = writeBudget
    self.increaseInterval = increaseInterval
    self.statsInterval = statsInterval
  }

  /// Whether REST uses TLS here.
  public var usesTLS: Bool {
    switch scheme {
    case .auto: port != 80
    case .https: true
    case .http: false
    }
  }
}

/// A password. It has no textual form but the one that must be asked for by name, so that it
/// cannot slip into a log line.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  public let revealed: String

  public init(_ text: String) { self.revealed = text }

  public var isEmpty: Bool { revealed.isEmpty }
  public var description: String { isEmpty ? "(none)" : "(hidden)" }
  public var debugDescription: String { description }
  /// Nothing for `dump` to find.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
