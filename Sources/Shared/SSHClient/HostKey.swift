import FoundationEssentials
import Model

/// The public key by which a server proves who it is.
public struct HostKey: Sendable, Hashable {
  /// `ssh-ed25519`, `ssh-rsa`, …
  public let type: String
  /// As it goes over the wire and, in base 64, into `known_hosts` (RFC 4253, 6.6).
  public let bytes: [UInt8]

  /// nil when the bytes do not begin with the name of a type.
  public init?(bytes: [UInt8]) {
    var fields = WireFields(bytes[...])
    guard let name = fields.next(), !name.isEmpty, name.count <= 64,
      name.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    type = String(decoding: name, as: UTF8.self)
    self.bytes = bytes
  }

  public var base64: String { Data(bytes).base64EncodedString() }

  /// `SHA256:` and the hash of the key in base 64 without padding, as `ssh-keygen -l` prints it.
  public var fingerprint: String {
    let hash = Data(SHA256.hash(bytes)).base64EncodedString()
    return "SHA256:" + hash.prefix { $0 != "=" }
  }
}

/// Reads the strings of an SSH message: four bytes with the length, and the content (RFC 4251, 5).
struct WireFields {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// nil at the end, and when the length is longer than what is there.
  mutating func next() -> ArraySlice<UInt8>? {
    guard rest.count >= 4 else { return nil }
    let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    guard length <= rest.count - 4 else { return nil }
    let content = rest.dropFirst(4).prefix(length)
    rest = rest.dropFirst(4 + length)
    return content
  }

  /// Passes over a number of four bytes.
  mutating func skipNumber() { rest = rest.dropFirst(4) }
}
