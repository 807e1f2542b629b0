/// Takes out of a text what nobody but the owner of a router should know.
public struct Redaction: Sendable {
  private var secrets: [(text: String, mask: String)] = []

  public init() {}

  /// From now on `mask` stands for this text. One that is shorter than two characters would take
  /// whole answers apart, and gives nothing away.
  public mutating func hide(_ text: String, as mask: String) {
    guard text.utf8.count > 1 else { return }
    secrets.append((text, mask))
    // What holds another one goes first.
    secrets.sort { $0.text.utf8.count > $1.text.utf8.count }
  }

  /// The text without secrets, comments and addresses.
  public func callAsFunction(_ text: String) -> String {
    var text = Self.withoutComments(text)
    for secret in secrets { text = text.replacing(secret.text, with: secret.mask) }
    return Self.withoutAddresses(text)
  }

  /// Comments in JSON (`"comment":"…"`) and as the console prints them (`;;; …`).
  static func withoutComments(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let json = Array(#""comment":""#.utf8)
    let console = Array(";;; ".utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let rest = bytes[index...]
      if rest.starts(with: json) {
        index += json.count
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        result += json + Array("(comment)".utf8)
      } else if rest.starts(with: console) {
        index += console.count
        while index < bytes.count, bytes[index] != 0x0D, bytes[index] != 0x0A { index += 1 }
        result += console + Array("(comment)".utf8)
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// IPv4, IPv6 and MAC addresses, wherever they stand.
  static func withoutAddresses(_ text: String) -> String {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      let run = rest.prefix(while: isPartOfAddress)
      guard !run.isEmpty else {
        result.append(byte)
        rest = rest.dropFirst()
        continue
      }
      result += masked(run)
      rest = rest.dropFirst(run.count)
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isPartOfAddress(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// A run of hexadecimal digits, points and colons, or what stands for it.
  private static func masked(_ run: ArraySlice<UInt8>) -> [UInt8] {
    let groups = run.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let isMAC = groups.count >= 6 && groups.allSatisfy { $0.count == 2 }
    if isMAC { return Array("(MAC address)".utf8) }
    if groups.contains(where: isIPv4) { return Array("(IPv4 address)".utf8) }
    // A time of day has two colons, but none beside each other.
    let isIPv6 = groups.count >= 8 || doubleColon(run)
    return isIPv6 ? Array("(IPv6 address)".utf8) : Array(run)
  }

  private static func doubleColon(_ run: ArraySlice<UInt8>) -> Bool {
    zip(run, run.dropFirst()).contains { $0 == UInt8(ascii: ":") && $1 == UInt8(ascii: ":") }
  }

  /// Four decimal numbers up to 255 in a row, whatever stands around them.
  private static func isIPv4(_ group: ArraySlice<UInt8>) -> Bool {
    let parts = group.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: true)
    let isNumber = parts.map { part in
      part.count <= 3 && (Int(String(decoding: part, as: UTF8.self)).map { $0 <= 255 } ?? false)
    }
    var row = 0
    for fits in isNumber {
      row = fits ? row + 1 : 0
      if row == 4 { return true }
    }
    return false
  }
}
