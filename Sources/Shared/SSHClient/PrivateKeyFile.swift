import FoundationEssentials
import Glibc
import Platform

/// A private key in a file, as far as it must be known beforehand: the library says no more than
/// that it cannot use a file.
struct PrivateKeyFile {
  /// `ssh-rsa`, `ssh-ed25519`; nil when the file does not tell.
  var type: String?

  /// Fails when the file cannot be read, or when it needs a passphrase.
  init(path: String) throws(SSHFailure) {
    let text: String
    do throws(SystemError) {
      text = try FileText.read(path, limit: 1 << 16)
    } catch {
      throw SSHFailure(.keyFile(.unreadable), detail: "\(path): \(error.reason)")
    }
    try self.init(text: text, name: path)
  }

  init(text: String, name: String) throws(SSHFailure) {
    if text.contains("BEGIN RSA PRIVATE KEY") { type = "ssh-rsa" }
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
      throw SSHFailure(.keyFile(.hasPassphrase), detail: name)
    }
    guard let body = Self.body(of: text) else { return }
    // PROTOCOL.key of OpenSSH: magic, cipher, its key derivation and options, count, public key.
    var fields = WireFields(body)
    guard let cipher = fields.next(), fields.next() != nil, fields.next() != nil else { return }
    guard cipher.elementsEqual("none".utf8) else {
      throw SSHFailure(.keyFile(.hasPassphrase), detail: name)
    }
    fields.skipNumber()
    type = fields.next().flatMap { HostKey(bytes: Array($0)) }?.type
  }

  /// What an OpenSSH key file holds behind its magic; nil for other formats.
  private static func body(of text: String) -> ArraySlice<UInt8>? {
    let begin = "-----BEGIN OPENSSH PRIVATE KEY-----"
    let magic = Array("openssh-key-v1\0".utf8)
    guard let first = text.firstRange(of: begin),
      let last = text.firstRange(of: "-----END OPENSSH PRIVATE KEY-----"),
      first.upperBound <= last.lowerBound,
      let data = Data(
        base64Encoded: text[first.upperBound..<last.lowerBound].filter { !$0.isWhitespace }),
      data.starts(with: magic)
    else { return nil }
    return Array(data)[magic.count...]
  }
}
