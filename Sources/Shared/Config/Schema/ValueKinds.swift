import Model

/// How the value of each kind is read: nil when there is none that is allowed.
extension ValueReader {
  mutating func absent() -> ConfigValue? {
    // `db_path:` without a value switches history off, as in the original.
    if key.path == "storage.db_path" { return .null }
    switch key.presence {
    case .required:
      error(.missing, "\(name) has no value", remedy: "it must be \(key.expectation)")
    case _ where key.needsValue:
      error(.type, "\(name) has no value", remedy: "remove it, or give it \(key.expectation)")
    case .optional(.null): break
    default:
      warn(
        .empty, "\(name) has no value and counts as not there (\(key.presenceText))",
        remedy: "remove it")
    }
    return nil
  }

  func anything(_ node: YAMLNode) -> ConfigValue? {
    guard let scalar = node.scalar else { return .null }
    return switch scalar.value {
    case .null: nil
    case .flag(let flag): .flag(flag)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .text(let text), .date(let text): .text(text)
    case .binary: .null
    }
  }

  mutating func plainText() -> String? {
    guard case .text(let text)? = node.scalar?.value else {
      wrongType()
      return nil
    }
    if text.utf8.contains(0) {
      error(.name, "\(name) holds a zero byte")
      return nil
    }
    return text
  }

  mutating func path() -> ConfigValue? {
    guard let text = plainText() else { return nil }
    if text.isEmpty, key.needsValue { error(.name, "\(name) is empty") }
    return .text(text)
  }

  mutating func text() -> ConfigValue? {
    guard let text = plainText() else { return nil }
    if text.isEmpty { error(.name, "\(name) is empty") }
    return .text(text)
  }

  /// Any scalar is a password as it stands: a number keeps its leading zeros.
  mutating func secret() -> ConfigValue? {
    guard let scalar = node.scalar, scalar.value != .binary else {
      wrongType()
      return nil
    }
    if !scalar.unsetVariables.isEmpty { return .secret(Secret("")) }
    if !scalar.isSubstituted, !scalar.text.isEmpty, !scalar.text.contains(placeholder) {
      warn(
        .exposure, "\(name) stands in the file as it is",
        remedy: "write ${NAME} and set NAME in the environment of the service")
    }
    return .secret(Secret(scalar.text))
  }

  mutating func identifier() -> ConfigValue? {
    checkedName("name") { text throws(Identifier.Violation) in _ = try Identifier(text) }
  }

  /// A text that goes into commands to a router.
  ///
  /// - Parameter kind: what it is, in an error: a name, a comment.
  mutating func checkedName(
    _ kind: String, _ check: (String) throws(Identifier.Violation) -> Void
  ) -> ConfigValue? {
    guard let text = plainText() else { return nil }
    do {
      try check(text)
      return .text(text)
    } catch {
      let problem =
        switch error {
        case .empty: "\(name) is empty"
        case .tooLong(let count): "\(name) is too long: \(count) characters"
        case .invalidCharacters: "\(name) \(quoted(text)) has characters that no \(kind) may have"
        }
      self.error(.name, problem, remedy: "it must be \(key.expectation)")
      return nil
    }
  }

  mutating func host(_ node: YAMLNode, required: Bool) -> ConfigValue? {
    guard case .text(let text)? = node.scalar?.value else {
      wrongType(node, expected: "a host name or address")
      return nil
    }
    if text.isEmpty, !required, case .optional(.null) = key.presence { return nil }
    guard isHost(text) else {
      error(
        .name, "\(name) \(quoted(text)) is no host name or address", at: node,
        remedy: "1.1.1.1, 2606:4700:4700::1111 or one.one.one.one are")
      return nil
    }
    return .text(text)
  }

  mutating func address() -> ConfigValue? {
    guard let text = plainText() else { return nil }
    guard isAddress(text) else {
      error(.name, "\(name) \(quoted(text)) is no address", remedy: "it must be \(key.expectation)")
      return nil
    }
    return .text(text)
  }

  mutating func flag() -> ConfigValue? {
    guard case .flag(let flag)? = node.scalar?.value else {
      wrongType()
      return nil
    }
    return .flag(flag)
  }

  mutating func integer(in range: ClosedRange<Int>) -> ConfigValue? {
    guard case .integer(let integer)? = node.scalar?.value else {
      wrongType()
      return nil
    }
    guard range.contains(integer) else {
      let isBelow = integer < range.lowerBound
      outOfRange(isBelow ? "below \(range.lowerBound)" : "above \(range.upperBound)")
      return nil
    }
    return .integer(integer)
  }

  mutating func number(in range: ClosedRange<Double>) -> ConfigValue? {
    let number: Double
    switch node.scalar?.value {
    case .integer(let integer): number = Double(integer)
    case .number(let value): number = value
    default:
      wrongType()
      return nil
    }
    guard !number.isNaN else {
      wrongType()
      return nil
    }
    guard isInRange(number, range) else { return nil }
    if case .integer(let integer)? = node.scalar?.value { return .integer(integer) }
    return .number(number)
  }

  mutating func isInRange(_ number: Double, _ range: ClosedRange<Double>) -> Bool {
    if range.contains(number) { return true }
    let isBelow = number < range.lowerBound
    let bound = isBelow ? range.lowerBound : range.upperBound
    outOfRange("\(isBelow ? "below" : "above") \(shortestInteger(bound))")
    return false
  }

  mutating func outOfRange(_ relation: String) {
    error(
      .range, "\(name) \(node.scalar?.text ?? "") is \(relation)",
      remedy: "it must be \(key.expectation)")
  }

  mutating func choice(of names: [String], isClosed: Bool) -> ConfigValue? {
    guard let text = plainText() else { return nil }
    if names.contains(text) { return .text(text) }
    error(.choice, "\(name) \(quoted(text)) is unknown", remedy: "it must be \(key.expectation)")
    if isClosed { return nil }
    findings[findings.count - 1].severity = .warning
    return .text(text)
  }

  mutating func tls() -> ConfigValue? {
    switch node.scalar?.value {
    case .flag(let flag): return .text(flag ? "yes" : "no")
    case .text("auto"): return .text("auto")
    case .text("yes"), .text("https"): return .text("yes")
    case .text("no"), .text("http"): return .text("no")
    case .text(let text):
      error(.choice, "\(name) \(quoted(text)) is unknown", remedy: "it must be \(key.expectation)")
    default: wrongType()
    }
    return nil
  }

  /// The Base64 text of 32 bytes has 43 characters and one `=`.
  mutating func pin() -> ConfigValue? {
    guard let text = plainText() else { return nil }
    let prefix = "sha256//"
    let hash = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
    let isBase64 = hash.utf8.dropLast().allSatisfy {
      switch $0 {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    guard hash.utf8.count == 44, hash.last == "=", isBase64 else {
      error(
        .name, "\(name) \(quoted(text)) is no pin",
        remedy: "it must be \(key.expectation); wanctl-setq trust shows the router's")
      return nil
    }
    return .text(prefix + hash)
  }

  mutating func hosts() -> ConfigValue? {
    guard case .sequence(let items) = node.content else {
      wrongType()
      return nil
    }
    if items.isEmpty {
      error(.range, "\(name) is empty", remedy: "name at least one host, better three")
      return nil
    }
    let hosts = items.compactMap { host($0, required: true) }
    return hosts.count == items.count ? .list(hosts) : nil
  }

  mutating func targets() -> ConfigValue? {
    guard case .sequence(let items) = node.content else {
      wrongType()
      return nil
    }
    var targets: [ConfigValue] = []
    for item in items {
      guard case .sequence(let pair) = item.content, pair.count == 2,
        case .integer(let port)? = pair[1].scalar?.value
      else {
        wrongType(item)
        continue
      }
      guard (1...65535).contains(port) else {
        error(.range, "\(name): port \(port) is not from 1 to 65535", at: pair[1])
        continue
      }
      if let host = host(pair[0], required: true) { targets.append(.list([host, .integer(port)])) }
    }
    return targets.count == items.count ? .list(targets) : nil
  }
}

extension ConfigKey.Presence {
  var isRequired: Bool { if case .required = self { true } else { false } }
}
