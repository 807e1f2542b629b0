import Model

extension ConfigKey {
  /// What a value must be, in words: `a whole number from 1 to 3600 s`.
  public var expectation: String {
    let unit = unit.isEmpty ? "" : bounds == nil ? " of \(unit)" : " \(unit)"
    return switch kind {
    case .any: "anything"
    case .text: "a text"
    case .identifier:
      "a name of 1 to \(Identifier.maximumLength) characters A-Z a-z 0-9 _ . -"
    case .host: "a host name or address"
    case .address: "an IPv4 or IPv6 address"
    case .path: "a path"
    case .secret: "a text"
    case .flag: "true or false"
    case .integer: "a whole number" + (bounds.map { " \($0)" } ?? "") + unit
    case .number: "a number" + (bounds.map { " \($0)" } ?? "") + unit
    case .choice(let names, _): "one of " + names.joined(separator: ", ")
    case .tls: "auto, yes or no"
    case .pin: "sha256// and 44 characters of Base64"
    case .hosts: "a list of host names or addresses"
    case .targets: "a list of [host, port]"
    case .hostname: "an address, or a host name of letters, digits, dashes and points"
    case .ruleComment:
      "a text of 1 to \(RuleComment.maximumLength) characters A-Z a-z 0-9 _ . - : and blanks"
    case .quotableNumber: "a number" + (bounds.map { " \($0)" } ?? "") + unit
    case .ports: "a list of ports from 1 to 65535"
    case .identifiers: "a list of names"
    }
  }

  /// The allowed range in words, `from 1 to 500`; nil without one.
  var bounds: String? {
    switch kind {
    case .integer(let range):
      range.upperBound == .max
        ? (range.lowerBound == .min ? nil : "of at least \(range.lowerBound)")
        : "from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range), .quotableNumber(let range):
      range.upperBound.isFinite
        ? "from \(shortestInteger(range.lowerBound)) to \(shortestInteger(range.upperBound))"
        : range.lowerBound.isFinite ? "of at least \(shortestInteger(range.lowerBound))" : nil
    default: nil
    }
  }

  /// What applies without the key, in words: `required`, `default 5`.
  public var presenceText: String {
    switch presence {
    case .required: "required"
    case .optional(.null), .optional(.secret): "default none"
    case .optional(let value): "default \(value)"
    case .depends(let text): text
    case .alias(let path): "other name of \(path)"
    case .legacy(let text): "old form; \(text)"
    case .unused(let text): "not used; \(text)"
    case .directive: "optional"
    }
  }
}
