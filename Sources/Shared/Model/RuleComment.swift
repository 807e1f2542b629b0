/// The comment that a firewall rule of a router is found by.
///
/// 1 to 128 characters of `A-Z a-z 0-9 _ . : -` and the blank, so that no quote, bracket or
/// control character of a configuration file ever reaches a router.
public struct RuleComment: Sendable, Hashable, CustomStringConvertible {
  public let text: String

  /// What is wrong with a text that is no comment of a rule.
  public enum Violation: Error, Sendable, Equatable {
    case empty
    case tooLong(characters: Int)
    case invalidCharacters
  }

  public static let maximumLength = 128

  /// Throws what is wrong with `text`.
  public init(_ text: String) throws(Violation) {
    if text.isEmpty { throw .empty }
    let length = text.unicodeScalars.count
    if length > Self.maximumLength { throw .tooLong(characters: length) }
    guard text.utf8.allSatisfy(Self.isAllowed) else { throw .invalidCharacters }
    self.text = text
  }

  public var description: String { text }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: " "):
      true
    default: false
    }
  }
}
