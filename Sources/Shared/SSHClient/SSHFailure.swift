/// Why a command got no usable answer.
public struct SSHFailure: Error, Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Nobody listens on the port.
    case refused
    /// There is no route to the host.
    case unreachable
    /// The host's name has no address.
    case nameNotFound
    /// The deadline passed.
    case timeout
    /// The connection broke.
    case reset
    /// What answers is no SSH server.
    case notSSH
    /// The server and the library have no algorithm in common.
    case noCommonAlgorithm
    /// The key exchange failed otherwise.
    case handshake
    /// No `known_hosts` has an entry for the server.
    case hostKeyUnknown(HostKey)
    /// The server's entry has another key.
    case hostKeyChanged(HostKey, KnownHosts.Place)
    /// The key is marked as revoked.
    case hostKeyRevoked(HostKey, KnownHosts.Place)
    /// A `known_hosts` file cannot be read or written.
    case knownHosts
    /// The private key cannot be used.
    case keyFile(KeyFileProblem)
    /// The server refuses the user.
    case authentication(Refusal)
    /// The server runs no command for this user.
    case commandRefused
    /// The output is larger than `SSHClient.maximumOutputBytes`.
    case tooLarge
    /// `SSHCanceller.cancel` was called.
    case cancelled
    /// The protocol was broken after the login.
    case protocolError
    /// The settings make no connection, or a limit of the system does not allow one.
    case unusable
  }

  public enum KeyFileProblem: Sendable, Equatable {
    case unreadable
    case hasPassphrase
    /// The library cannot read its format.
    case unknownFormat
  }

  /// What the server refused, and what it would have taken.
  public struct Refusal: Sendable, Equatable {
    /// The type of the key that was shown (`ssh-rsa`), if one was and its type is known.
    public var keyType: String?
    public var triedPassword: Bool
    /// The ways to log in that the server offers: `publickey`, `password`; empty = unknown.
    public var offered: [String]

    public init(keyType: String?, triedPassword: Bool, offered: [String]) {
      self.keyType = keyType
      self.triedPassword = triedPassword
      self.offered = offered
    }
  }

  public var kind: Kind
  /// The library's or the system's own words; they hold no password.
  public var detail: String
  /// Whether the server may have got the command.
  public var mayHaveBeenSent: Bool

  public init(_ kind: Kind, detail: String = "", mayHaveBeenSent: Bool = false) {
    self.kind = kind
    self.detail = detail
    self.mayHaveBeenSent = mayHaveBeenSent
  }
}
