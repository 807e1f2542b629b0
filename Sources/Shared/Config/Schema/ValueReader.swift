/// Reads the value of one key and notes what is wrong with it.
struct ValueReader {
  let key: ConfigKey
  let entry: YAMLEntry
  var findings: [ConfigDiagnostic] = []

  init(key: ConfigKey, entry: YAMLEntry) {
    self.key = key
    self.entry = entry
  }

  var node: YAMLNode { entry.value }
  var name: String { shortName(key.path) }

  /// A variable without a value: its name stands in where a text is wanted, and nothing where
  /// something else is. That it is not set was said already.
  var isStandIn: Bool { node.scalar?.unsetVariables.isEmpty == false }

  private var isSecret: Bool { if case .secret = key.kind { true } else { false } }

  /// The value; nil when there is none, or none that is allowed.
  mutating func read() -> ConfigValue? {
    if case .directive = key.presence { return nil }
    if case .any = key.kind { return anything(node) }
    noteVariablesAndPlaceholders(in: node)
    if node.isNull { return absent() }
    let value = typed()
    if value == nil, isStandIn, key.presence.isRequired {
      error(.missing, "\(name) has no value", remedy: "it must be \(key.expectation)")
    }
    return value
  }

  private mutating func typed() -> ConfigValue? {
    switch key.kind {
    case .any: return anything(node)
    case .text: return text()
    case .identifier: return identifier()
    case .host: return host(node, required: key.presence.isRequired)
    case .hostname: return hostname()
    case .ruleComment: return ruleComment()
    case .path: return path()
    case .secret: return secret()
    case .flag where isStandIn, .integer where isStandIn, .number where isStandIn,
      .choice where isStandIn, .tls where isStandIn, .pin where isStandIn,
      .address where isStandIn, .quotableNumber where isStandIn:
      return nil
    case .address: return address()
    case .flag: return flag()
    case .integer(let range): return integer(in: range)
    case .number(let range): return number(in: range)
    case .choice(let names, let isClosed): return choice(of: names, isClosed: isClosed)
    case .tls: return tls()
    case .pin: return pin()
    case .hosts: return hosts()
    case .targets: return targets()
    case .quotableNumber(let range): return quotableNumber(in: range)
    case .ports: return ports()
    case .identifiers: return identifiers()
    }
  }

  // MARK: Findings

  mutating func error(
    _ reason: ConfigDiagnostic.Reason, _ message: String, at node: YAMLNode? = nil,
    remedy: String? = nil
  ) {
    let node = node ?? self.node
    findings.append(
      ConfigDiagnostic(
        .error, reason, at: node.location, key: key.path,
        value: isSecret ? nil : node.scalar?.text, message, remedy: remedy))
  }

  mutating func warn(
    _ reason: ConfigDiagnostic.Reason, _ message: String, at node: YAMLNode? = nil,
    remedy: String? = nil, preventsRun: Bool = false
  ) {
    error(reason, message, at: node, remedy: remedy)
    findings[findings.count - 1].severity = .warning
    findings[findings.count - 1].preventsRun = preventsRun
  }

  mutating func wrongType(_ found: YAMLNode? = nil, expected: String? = nil) {
    let found = found ?? node
    error(
      .type,
      "\(name) must be \(expected ?? key.expectation), found "
        + (isSecret ? found.kindTextWithoutValue : found.kindText), at: found,
      remedy: hint(for: found))
  }

  /// How to write what was probably meant.
  private func hint(for found: YAMLNode) -> String? {
    guard let scalar = found.scalar else { return nil }
    switch (key.kind, scalar.value) {
    case (.integer, .text), (.number, .text):
      guard Double(scalar.text) != nil else { return nil }
      return scalar.isPlain
        ? "YAML reads an exponent only with a point and a sign, as in 1.0e-3" : "remove the quotes"
    case (.flag, .text):
      return scalar.isPlain ? nil : "remove the quotes"
    case (.hosts, .text(let text)) where found.location == node.location,
      (.identifiers, .text(let text)) where found.location == node.location:
      return "a list stands in brackets: [\(quoted(text))]"
    case (.text, _), (.identifier, _), (.host, _), (.path, _), (.choice, _), (.hosts, _),
      (.address, _), (.hostname, _), (.ruleComment, _), (.identifiers, _):
      return "put it in quotes: \(quoted(scalar.text))"
    default: return nil
    }
  }

  private mutating func noteVariablesAndPlaceholders(in node: YAMLNode) {
    switch node.content {
    case .mapping: break
    case .sequence(let items):
      for item in items { noteVariablesAndPlaceholders(in: item) }
    case .scalar(let scalar):
      for variable in scalar.unsetVariables {
        warn(
          .unsetVariable, "\(name): the environment has no \(variable)", at: node,
          remedy: "set it, or write ${\(variable):-default}", preventsRun: true)
        findings[findings.count - 1].value = "${\(variable)}"
      }
      if scalar.text.contains(placeholder) {
        warn(
          .placeholder, "\(name) is still \(placeholder)", at: node, remedy: "fill it in",
          preventsRun: true)
      }
    }
  }
}

/// What stands in the examples where only their user knows the value.
let placeholder = "CHANGE_ME"
