/// What a router's SSH server agrees to use. Each stands for a setting that real routers have.
enum SSHProfile: String, CaseIterable {
  /// RSA host key, SHA-1 signatures still allowed (`strong-crypto=no`).
  case `default`
  /// RSA host key, no SHA-1 signatures (`strong-crypto=yes`).
  case strong
  /// Ed25519 host key, as recommended (`host-key-type=ed25519`).
  case ed25519
  /// What 6.49 offers: nothing but SHA-1.
  case legacy649
  /// RSA host key and no cipher but AES-GCM.
  case gcmOnly = "gcm-only"
  /// A key exchange that OpenSSH refuses and ciphers that libssh2 1.10 does not know.
  case nothing = "none"

  enum KeyType: String { case rsa, ed25519 }

  var hostKeyType: KeyType { self == .ed25519 ? .ed25519 : .rsa }
  var isStrong: Bool { self == .strong || self == .ed25519 }

  private static let exchanges = [
    "curve25519-sha256", "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256",
    "diffie-hellman-group16-sha512",
  ]
  private static let weakExchanges = [
    "diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1",
  ]
  private static let counter = ["aes256-ctr", "aes192-ctr", "aes128-ctr"]
  private static let galois = ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com"]
  private static let chaining = ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"]
  private static let strongSignatures = ["rsa-sha2-512", "rsa-sha2-256"]

  /// Lines of sshd_config.
  var configuration: [String] {
    let exchanges: [String] =
      switch self {
      case .legacy649:
        ["diffie-hellman-group-exchange-sha256"] + Self.weakExchanges
          + ["diffie-hellman-group1-sha1"]
      case .nothing: ["diffie-hellman-group14-sha1"]
      case .default: Self.exchanges + Self.weakExchanges
      default: Self.exchanges
      }
    let ciphers: [String] =
      switch self {
      case .gcmOnly, .nothing: Self.galois
      case .strong, .ed25519: Self.counter + Self.galois
      case .legacy649: Self.counter + Self.chaining
      case .default: Self.counter + Self.galois + Self.chaining
      }
    let codes: [String] =
      switch self {
      case .legacy649: ["hmac-sha1", "hmac-md5"]
      case .strong, .ed25519: ["hmac-sha2-256", "hmac-sha2-512"]
      default: ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"]
      }
    return [
      "KexAlgorithms " + exchanges.joined(separator: ","),
      "Ciphers " + ciphers.joined(separator: ","),
      "MACs " + codes.joined(separator: ","),
      "PubkeyAcceptedAlgorithms " + userSignatures.joined(separator: ","),
    ]
  }

  private var userSignatures: [String] {
    switch self {
    case .legacy649: ["ssh-rsa"]
    case .default: Self.strongSignatures + ["ssh-rsa", "ssh-ed25519"]
    default: Self.strongSignatures + ["ssh-ed25519"]
    }
  }

  /// Signatures that the router makes with its key.
  func hostSignatures(_ type: KeyType) -> [String] {
    if type == .ed25519 { return ["ssh-ed25519"] }
    switch self {
    case .legacy649: return ["ssh-rsa"]
    case .default, .gcmOnly: return Self.strongSignatures + ["ssh-rsa"]
    default: return Self.strongSignatures
    }
  }
}
