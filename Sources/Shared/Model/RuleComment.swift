/// The comment that a firewall rule of a router is found by.
///
/// 1 to 128 characters of `A-Z a-z 0-9 _ . : -` and the blank, so that no quote, bracket or
/// control character of a configuration file ever reaches a router.
public struct RuleComment: Sendable, Hashable, CustomStringConvertible {
  public let text: String

  /// What is wrong with a text that is no comment of a rule.
  public typealias Violation = Identifier.Violation

  public static let maximumLength = 128

  /// Throws what is wrong with `text`.
  public init(_ text: String) throws(Violation) {
    try Identifier.check(text, maximumLength: Self.maximumLength) { byte in
      Identifier.isAllowed(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: " ")
    }
    self.text = text
  }

  public var description: String { text }
}
