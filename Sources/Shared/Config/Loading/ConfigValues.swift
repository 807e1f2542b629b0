import Model

/// What a file says, key by key, after its values were checked one by one.
struct ConfigValues: Sendable {
  struct Entry: Sendable {
    var value: ConfigValue
    /// Where it stands; nil for a default.
    var location: ConfigLocation?
    /// The value as the file has it.
    var text: String
  }

  let schema: ConfigSchema
  private var entries: [String: Entry] = [:]
  /// Where sections begin: a finding about what is missing points there.
  private var sections: [String: ConfigLocation]

  init(schema: ConfigSchema, start: ConfigLocation) {
    self.schema = schema
    sections = ["": start]
  }

  subscript(path: String) -> Entry? {
    get {
      precondition(schema[path] != nil, "\(path) is no key of the schema")
      return entries[path]
    }
    set { entries[path] = newValue }
  }

  mutating func beginSection(_ path: String, at location: ConfigLocation) {
    sections[path] = location
  }

  func hasSection(_ path: String) -> Bool { sections[path] != nil }

  /// Where a key would have to stand that is not there: its section, or the nearest one around it.
  func place(of path: String) -> ConfigLocation {
    var section = path
    while !section.isEmpty {
      section = section.lastIndex(of: ".").map { String(section[..<$0]) } ?? ""
      if let location = sections[section] { return location }
    }
    return sections[""] ?? ConfigLocation(file: "", line: 1, column: 1)
  }

  /// Whether the file itself has the key.
  func isGiven(_ path: String) -> Bool { self[path]?.location != nil }

  // MARK: Typed access, nil where the key has no valid value

  func text(_ path: String) -> String? {
    switch self[path]?.value {
    case .text(let text): text
    default: nil
    }
  }

  func secret(_ path: String) -> Secret? {
    if case .secret(let secret) = self[path]?.value { secret } else { nil }
  }

  func flag(_ path: String) -> Bool? {
    if case .flag(let flag) = self[path]?.value { flag } else { nil }
  }

  func integer(_ path: String) -> Int? {
    if case .integer(let integer) = self[path]?.value { integer } else { nil }
  }

  func number(_ path: String) -> ConfiguredNumber? {
    switch self[path]?.value {
    case .integer(let integer): ConfiguredNumber(integer: integer)
    case .number(let number): ConfiguredNumber(number, isInteger: false)
    default: nil
    }
  }

  func double(_ path: String) -> Double? { number(path)?.value }

  func list(_ path: String) -> [ConfigValue]? {
    if case .list(let items) = self[path]?.value { items } else { nil }
  }

  func texts(_ path: String) -> [String]? {
    list(path)?.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }
}
