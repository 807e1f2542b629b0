/// A name that may stand in a command to a router: a queue, an interface, a WAN.
///
/// At most 64 characters of `A-Z a-z 0-9 _ . -`, so that no quote, bracket, blank or control
/// character of a configuration file ever reaches a router.
public struct Identifier: Sendable, Hashable, CustomStringConvertible {
  public let text: String

  /// What is wrong with a text that is no identifier.
  public enum Violation: Error, Sendable, Equatable {
    case empty
    case tooLong(characters: Int)
    case invalidCharacters
  }

  public static let maximumLength = 64

  /// Throws what is wrong with `text`.
  public init(_ text: String) throws(Violation) {
    try Self.check(text, maximumLength: Self.maximumLength, allowing: Self.isAllowed)
    self.text = text
  }

  /// Throws why a text may not stand in a command to a router.
  static func check(
    _ text: String, maximumLength: Int, allowing isAllowed: (UInt8) -> Bool
  ) throws(Violation) {
    if text.isEmpty { throw .empty }
    let length = text.unicodeScalars.count
    if length > maximumLength { throw .tooLong(characters: length) }
    guard text.utf8.allSatisfy(isAllowed) else { throw .invalidCharacters }
  }

  public var description: String { text }

  static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
