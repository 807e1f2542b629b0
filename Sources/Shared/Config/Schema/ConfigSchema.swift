/// All keys of a kind of configuration file in one table. Validation, the search for unknown keys,
/// the defaults and the manual are driven by it.
public struct ConfigSchema: Sendable {
  /// The keys in the order in which they are shown.
  public let keys: [ConfigKey]
  /// Keys and sections that belong to another program's part of the same file.
  let foreign: Set<String>
  private let indices: [String: Int]
  private let sections: Set<String>
  private let lists: Set<String>

  /// - Parameters:
  ///   - foreign: keys and sections that are not looked at.
  ///   - sections: those that may be there without any of the keys.
  ///   - lists: those whose items are sections: item 0 of `rules` holds the keys `rules[0].to`.
  init(
    _ keys: [ConfigKey], foreign: Set<String> = [], sections: Set<String> = [],
    lists: Set<String> = []
  ) {
    self.keys = keys
    self.foreign = foreign
    self.lists = lists
    var indices: [String: Int] = [:]
    var sections = sections.union(lists)
    for (index, key) in keys.enumerated() {
      precondition(
        indices.updateValue(index, forKey: key.path) == nil, "\(key.path) is there twice")
      sections.formUnion(key.sections)
    }
    self.indices = indices
    self.sections = sections
  }

  /// The key with this path, if there is one.
  public subscript(path: String) -> ConfigKey? { indices[path].map { keys[$0] } }

  func isSection(_ path: String) -> Bool { sections.contains(path) }

  func isList(_ path: String) -> Bool { lists.contains(path) }

  /// Every path that a file may have, sections included.
  var paths: [String] { keys.map(\.path) + sections.sorted() }
}

/// One key of a configuration file: what it may hold and what it means.
public struct ConfigKey: Sendable {
  /// What a value must be.
  public enum Kind: Sendable {
    /// Anything: the value is not used.
    case any
    case text
    /// A name that may stand in a command to a router.
    case identifier
    /// A name or address of a host.
    case host
    /// A numeric address.
    case address
    case path
    case secret
    case flag
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// One of these texts. When it is not closed, another text is only a warning.
    case choice([String], isClosed: Bool = true)
    /// `auto`, `yes` or `no`, where YAML reads the last two as truth values.
    case tls
    /// `sha256//` and the Base64 text of 32 bytes.
    case pin
    case hosts
    /// A list of `[host, port]`.
    case targets
    /// A host name by RFC 1123, or an address without an interface.
    case hostname
    /// The comment of a firewall rule.
    case ruleComment
    /// A number that may also stand in quotes.
    case quotableNumber(ClosedRange<Double>)
    /// A list of ports.
    case ports
    /// A list of names.
    case identifiers
  }

  /// What it means that the key is not there.
  public enum Presence: Sendable {
    case required
    case optional(ConfigValue)
    /// Required or not, and its default, depend on other keys: in words.
    case depends(String)
    /// An old or second name of another key.
    case alias(of: String)
    /// Old, still obeyed. In words what to write instead.
    case legacy(String)
    /// Known, accepted, without effect: in words why.
    case unused(String)
    /// Says how the file is to be read.
    case directive
  }

  public let path: String
  /// The parts of the path: sections, their items as `[0]`, and the name.
  let components: [String]
  public let kind: Kind
  public let presence: Presence
  /// `ms`, `s`, `Mbit/s`; empty for none.
  public let unit: String
  /// One line.
  public let meaning: String
  /// A key without a value is an error, not the same as no key; so is an empty path.
  let needsValue: Bool

  init(
    _ path: String, _ kind: Kind, _ presence: Presence, unit: String = "", needsValue: Bool = false,
    _ meaning: String
  ) {
    self.init(
      path.split(separator: ".").map(String.init), kind, presence, unit: unit,
      needsValue: needsValue, meaning)
  }

  init(
    _ components: [String], _ kind: Kind, _ presence: Presence, unit: String = "",
    needsValue: Bool = false, _ meaning: String
  ) {
    self.components = components
    self.path = Self.path(components[...])
    self.kind = kind
    self.presence = presence
    self.unit = unit
    self.needsValue = needsValue
    self.meaning = meaning
  }

  /// The path of the section that the key stands in; empty at the top.
  public var section: String {
    path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
  }

  /// The paths of all sections around the key, the outermost first.
  var sections: [String] {
    components.indices.dropFirst().map { Self.path(components[..<$0]) }
  }

  private static func path(_ components: ArraySlice<String>) -> String {
    components.reduce("") { $0.isEmpty || $1.hasPrefix("[") ? $0 + $1 : "\($0).\($1)" }
  }

  /// The last part of the path.
  public var name: String { lastName(path) }
}
