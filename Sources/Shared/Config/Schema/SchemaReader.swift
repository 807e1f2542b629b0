/// Reads a tree by a schema: every key is checked by itself, and what no key allows is noted.
struct SchemaReader {
  let schema: ConfigSchema
  private(set) var values: ConfigValues
  private(set) var findings: [ConfigDiagnostic] = []

  init(schema: ConfigSchema, root: YAMLNode) {
    self.schema = schema
    let start = ConfigLocation(file: root.location.file, line: 1, column: 1)
    values = ConfigValues(schema: schema, start: start)
    read(root.entries ?? [], in: "")
    resolveAliases()
    addDefaults()
  }

  private mutating func read(_ entries: [YAMLEntry], in section: String) {
    for entry in entries {
      let path = section.isEmpty ? entry.key.text : "\(section).\(entry.key.text)"
      if !entry.key.isText {
        findings.append(
          ConfigDiagnostic(
            .warning, .unknownKey, at: entry.location, key: path,
            "key \(quoted(entry.key.text)) is no text to YAML and has no effect"))
      } else if let key = schema[path] {
        read(entry, as: key)
      } else if schema.isList(path) {
        readList(entry, path: path)
      } else if schema.isSection(path) {
        readSection(entry, path: path)
      } else if !schema.foreign.contains(path) {
        findings.append(unknown(path, at: entry.location))
      }
    }
  }

  private mutating func readSection(_ entry: YAMLEntry, path: String) {
    values.beginSection(path, at: entry.location)
    if let entries = entry.value.entries {
      read(entries, in: path)
    } else if entry.value.isNull {
      findings.append(
        ConfigDiagnostic(
          .warning, .empty, at: entry.location, key: path,
          "section \(path) is empty and counts as not there",
          remedy: "remove it or give it keys"))
    } else {
      findings.append(
        ConfigDiagnostic(
          .error, .type, at: entry.value.location, key: path,
          "\(shortName(path)) must be a section with keys, found \(entry.value.kindText)"))
    }
  }

  /// A list whose items are sections.
  private mutating func readList(_ entry: YAMLEntry, path: String) {
    values.beginSection(path, at: entry.location)
    guard case .sequence(let items) = entry.value.content, !items.isEmpty else {
      if entry.value.isNull { return readSection(entry, path: path) }
      findings.append(
        ConfigDiagnostic(
          .error, .type, at: entry.value.location, key: path,
          "\(path) must be a list of sections, found "
            + (entry.value.isEmptyList ? "an empty list" : entry.value.kindText)))
      return
    }
    for (index, item) in items.enumerated() {
      readSection(
        YAMLEntry(key: entry.key, location: item.location, value: item), path: "\(path)[\(index)]")
    }
  }

  private mutating func read(_ entry: YAMLEntry, as key: ConfigKey) {
    var reader = ValueReader(key: key, entry: entry)
    let value = reader.read()
    findings += reader.findings
    guard let value else { return }
    values[key.path] = ConfigValues.Entry(
      value: value, location: entry.value.location, text: entry.value.scalar?.text ?? "")
  }

  // MARK: What is not there

  private mutating func resolveAliases() {
    for key in schema.keys {
      guard case .alias(let target) = key.presence, let entry = values[key.path],
        let location = entry.location
      else { continue }
      let isUsed = !values.isGiven(target)
      findings.append(
        ConfigDiagnostic(
          .warning, .legacyKey, at: location, key: key.path, value: entry.text,
          isUsed
            ? "\(shortName(key.path)) is another name of \(shortName(target))"
            : "\(shortName(key.path)) has no effect beside \(shortName(target))",
          remedy: isUsed ? "write \(lastName(target))" : "remove it"))
      if isUsed { values[target] = entry }
      values[key.path] = nil
    }
  }

  private mutating func addDefaults() {
    let failed = Set(findings.filter { $0.severity == .error }.compactMap(\.key))
    for key in schema.keys where values[key.path] == nil {
      switch key.presence {
      case .required where !failed.contains(key.path):
        findings.append(.missing(key, at: values.place(of: key.path)))
      case .optional(let value):
        values[key.path] = ConfigValues.Entry(value: value, location: nil, text: "\(value)")
      default: break
      }
    }
  }

  private func unknown(_ path: String, at location: ConfigLocation) -> ConfigDiagnostic {
    let suggestion = schema.nearest(to: path)
    return ConfigDiagnostic(
      .warning, .unknownKey, at: location, key: path,
      "unknown key \(quoted(shortName(path))) has no effect",
      remedy: suggestion.map { "did you mean \(shortName($0))?" })
  }
}

extension YAMLNode {
  fileprivate var isEmptyList: Bool {
    if case .sequence(let items) = content { items.isEmpty } else { false }
  }
}

extension ConfigDiagnostic {
  /// A key that must be there and is not.
  static func missing(_ key: ConfigKey, at location: ConfigLocation) -> ConfigDiagnostic {
    ConfigDiagnostic(
      .error, .missing, at: location, key: key.path, "\(shortName(key.path)) is missing",
      remedy: "it must be \(key.expectation)")
  }
}
