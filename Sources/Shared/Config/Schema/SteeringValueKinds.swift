import Model

/// How the values of the kinds are read that only a steering configuration has.
extension ValueReader {
  mutating func hostname() -> ConfigValue? {
    guard let text = plainText() else { return nil }
    guard isAddress(text) || isHostname(text) else {
      error(
        .name, "\(name) \(quoted(text)) is no host name or address",
        remedy: "it must be \(key.expectation)")
      return nil
    }
    return .text(text)
  }

  mutating func ruleComment() -> ConfigValue? {
    checkedName("comment") { text throws(Identifier.Violation) in _ = try RuleComment(text) }
  }

  /// A number as any other; the original took one in quotes too.
  mutating func quotableNumber(in range: ClosedRange<Double>) -> ConfigValue? {
    guard case .text(let text)? = node.scalar?.value, let number = Double(text), !number.isNaN
    else { return number(in: range) }
    return isInRange(number, range) ? .number(number) : nil
  }

  mutating func ports() -> ConfigValue? {
    guard case .sequence(let items) = node.content else {
      wrongType()
      return nil
    }
    var ports: [ConfigValue] = []
    for item in items {
      guard case .integer(let port)? = item.scalar?.value else {
        wrongType(item, expected: "ports from 1 to 65535")
        continue
      }
      if (1...65535).contains(port) {
        ports.append(.integer(port))
      } else {
        error(.range, "\(name): port \(port) is not from 1 to 65535", at: item)
      }
    }
    return ports.count == items.count ? .list(ports) : nil
  }

  mutating func identifiers() -> ConfigValue? {
    guard case .sequence(let items) = node.content else {
      wrongType()
      return nil
    }
    if items.isEmpty {
      error(.range, "\(name) is empty", remedy: "name at least one")
      return nil
    }
    var names: [ConfigValue] = []
    for item in items {
      guard case .text(let text)? = item.scalar?.value else {
        wrongType(item, expected: "names")
        continue
      }
      if (try? Identifier(text)) != nil {
        names.append(.text(text))
      } else {
        error(.name, "\(name) \(quoted(text)) has characters that no name may have", at: item)
      }
    }
    return names.count == items.count ? .list(names) : nil
  }
}
