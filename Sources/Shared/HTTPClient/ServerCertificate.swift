import FoundationEssentials
import Model

/// The certificate that a TLS server shows.
public struct ServerCertificate: Sendable, Equatable {
  /// As the TLS library prints them: `O = Home, CN = router`.
  public var subject: String
  public var issuer: String
  public var validFrom: String
  public var validUntil: String
  /// The whole certificate (DER).
  public var bytes: [UInt8]
  /// Its public key with the kind of it (`SubjectPublicKeyInfo`, RFC 5280 4.1), in DER.
  public var publicKey: [UInt8]

  /// Reads a certificate in PEM form; nil when it is none.
  public init?(
    pem: String, subject: String = "", issuer: String = "", validFrom: String = "",
    validUntil: String = ""
  ) {
    let begin = "-----BEGIN CERTIFICATE-----"
    let end = "-----END CERTIFICATE-----"
    guard let first = pem.firstRange(of: begin), let last = pem.firstRange(of: end),
      first.upperBound <= last.lowerBound
    else { return nil }
    let text = pem[first.upperBound..<last.lowerBound].filter { !$0.isWhitespace }
    guard let data = Data(base64Encoded: text), let key = Self.publicKey(of: Array(data)) else {
      return nil
    }
    self.subject = subject
    self.issuer = issuer
    self.validFrom = validFrom
    self.validUntil = validUntil
    bytes = Array(data)
    publicKey = key
  }

  /// What `router.pin_sha256` takes: `sha256//` and the hash of the public key in base 64. A new
  /// certificate for the same key keeps it.
  public var pin: String { "sha256//" + Data(SHA256.hash(publicKey)).base64EncodedString() }

  /// The hash of the whole certificate in hexadecimal, as RouterOS shows it.
  public var fingerprint: String {
    SHA256.hash(bytes).map { byte in
      let text = String(byte, radix: 16)
      return text.utf8.count == 1 ? "0" + text : text
    }.joined()
  }

  /// Walks `Certificate`, `TBSCertificate` (RFC 5280 4.1) up to the key.
  private static func publicKey(of bytes: [UInt8]) -> [UInt8]? {
    let sequence: UInt8 = 0x30
    var certificate = DER(bytes[...])
    guard let body = certificate.next(), body.tag == sequence else { return nil }
    var outer = DER(body.content)
    guard let signed = outer.next(), signed.tag == sequence else { return nil }
    var fields = DER(signed.content)
    guard var field = fields.next() else { return nil }
    // The version is there unless it is the first one.
    if field.tag == 0xA0 {
      guard let serial = fields.next() else { return nil }
      field = serial
    }
    // After the serial number: signature, issuer, validity, subject, and the key.
    for _ in 0..<5 {
      guard let next = fields.next() else { return nil }
      field = next
    }
    return field.tag == sequence ? Array(field.whole) : nil
  }
}

/// Reads the elements of a DER encoding (X.690) one after the other.
private struct DER {
  struct Element {
    var tag: UInt8
    var content: ArraySlice<UInt8>
    /// With tag and length.
    var whole: ArraySlice<UInt8>
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// nil at the end, and when what comes is no element.
  mutating func next() -> Element? {
    let start = rest.startIndex
    guard rest.count >= 2 else { return nil }
    let tag = rest[start]
    var length = Int(rest[start + 1])
    var header = 2
    if length >= 0x80 {
      let count = length & 0x7F
      // Nothing that is read here needs more than three bytes for its length.
      guard (1...3).contains(count), rest.count >= 2 + count else { return nil }
      length = rest[(start + 2)..<(start + 2 + count)].reduce(0) { $0 << 8 | Int($1) }
      header += count
    }
    guard rest.count >= header + length else { return nil }
    let whole = rest.prefix(header + length)
    rest = rest.dropFirst(header + length)
    return Element(tag: tag, content: whole.dropFirst(header), whole: whole)
  }
}
