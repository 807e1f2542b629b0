/// Builds the tree of the one document in a file: aliases and merge keys resolved, repeated keys
/// noted, and everything limited so that no file can exhaust the machine.
struct YAMLComposer: ~Copyable {
  /// Nested deeper than this is refused; a configuration has five levels.
  static let maximumHeight = 64
  /// More nodes than this, aliases counted as often as they are used, are refused.
  static let maximumCount = 100_000

  private let file: String
  private var events: YAMLEventReader
  private var anchors: [String: YAMLNode] = [:]
  /// Anchors of collections that are not complete yet; an alias to them would never end.
  private var openAnchors: Set<String> = []
  private var count = 0
  /// Repeated keys: each is a warning.
  private var repetitions: [ConfigDiagnostic] = []

  private struct Start {
    var event: YAMLEvent
    var location: ConfigLocation
  }

  private init(_ bytes: [UInt8], file: String) throws(ConfigDiagnostic) {
    self.file = file
    do {
      events = try YAMLEventReader(bytes)
    } catch {
      throw Self.syntax(error, in: file)
    }
  }

  /// Reads `bytes`. Throws the first thing that is not YAML; nil for a file without content.
  static func compose(
    _ bytes: [UInt8], file: String
  ) throws(ConfigDiagnostic) -> (root: YAMLNode?, warnings: [ConfigDiagnostic]) {
    var composer = try YAMLComposer(bytes, file: file)
    let root = try composer.document()
    return (root, composer.repetitions)
  }

  private mutating func next() throws(ConfigDiagnostic) -> Start {
    do {
      let (event, line, column) = try events.next()
      return Start(event: event, location: ConfigLocation(file: file, line: line, column: column))
    } catch {
      throw Self.syntax(error, in: file)
    }
  }

  private static func syntax(_ error: YAMLSyntaxError, in file: String) -> ConfigDiagnostic {
    ConfigDiagnostic(
      .error, .syntax, at: ConfigLocation(file: file, line: error.line, column: error.column),
      "not valid YAML: \(error.message)")
  }

  private mutating func document() throws(ConfigDiagnostic) -> YAMLNode? {
    var root: YAMLNode?
    while true {
      let start = try next()
      switch start.event {
      case .streamEnd: return root
      case .documentStart:
        if root != nil {
          throw syntax(start.location, "a second document begins here; a file holds one")
        }
        root = try node(try next(), depth: 1)
      default: continue
      }
    }
  }

  private mutating func node(_ start: Start, depth: Int) throws(ConfigDiagnostic) -> YAMLNode {
    let location = start.location
    if depth > Self.maximumHeight {
      throw syntax(location, "nested deeper than \(Self.maximumHeight) levels")
    }
    switch start.event {
    case .alias(let name): return try alias(name, at: location, depth: depth)
    case .scalar(let anchor, let tag, let text, let isPlain):
      let value = try resolve(text, isPlain: isPlain, tag: tag, at: location)
      let scalar = YAMLScalar(text: text, isPlain: isPlain, tag: tag, value: value)
      // Long texts count for more, so that aliases cannot multiply them without end.
      let node = YAMLNode(
        content: .scalar(scalar), location: location, count: 1 + text.utf8.count / 100)
      try count(node.count, at: location)
      if let anchor { try define(anchor, as: node) }
      return node
    case .sequenceStart(let anchor, let tag):
      try count(1, at: location)
      try check(tag, allowed: "seq", at: location)
      try open(anchor, at: location)
      var items: [YAMLNode] = []
      while true {
        let item = try next()
        if case .sequenceEnd = item.event { break }
        items.append(try node(item, depth: depth + 1))
      }
      return try close(anchor, .sequence(items), items, at: location)
    case .mappingStart(let anchor, let tag):
      try count(1, at: location)
      try check(tag, allowed: "map", at: location)
      try open(anchor, at: location)
      let entries = try mapping(depth: depth)
      return try close(anchor, .mapping(entries), entries.map(\.value), at: location)
    default: throw syntax(location, "a value is missing")
    }
  }

  // MARK: Mappings

  private mutating func mapping(depth: Int) throws(ConfigDiagnostic) -> [YAMLEntry] {
    var own = EntryTable()
    var merged = EntryTable()
    while true {
      let start = try next()
      if case .mappingEnd = start.event { break }
      if case .scalar(_, nil, "<<", isPlain: true) = start.event {
        for entry in try mergedEntries(try node(try next(), depth: depth + 1)) {
          merged.set(entry)
        }
        continue
      }
      let key = try self.key(start, depth: depth)
      let value = try node(try next(), depth: depth + 1)
      let entry = YAMLEntry(key: key, location: start.location, value: value)
      if let first = own.set(entry) {
        repetitions.append(
          ConfigDiagnostic(
            .warning, .repeatedKey, at: start.location, key: key.text,
            "key \(quoted(key.text)) is repeated, first at \(first.location)",
            remedy: "this value, the last one, counts"))
      }
    }
    for entry in own.entries { merged.set(entry) }
    return merged.entries
  }

  private mutating func key(_ start: Start, depth: Int) throws(ConfigDiagnostic) -> YAMLKey {
    // `=` and `<<` are plain texts in the place of a key.
    if case .scalar(let anchor, nil, let text, isPlain: true) = start.event, text == "=" {
      try count(1, at: start.location)
      let scalar = YAMLScalar(text: text, isPlain: false, value: .text(text))
      if let anchor {
        try define(anchor, as: YAMLNode(content: .scalar(scalar), location: start.location))
      }
      return YAMLKey(text: text, isText: true)
    }
    guard let scalar = try node(start, depth: depth + 1).scalar else {
      throw syntax(start.location, "a key must be a text, not a list or a section")
    }
    if case .text(let text) = scalar.value { return YAMLKey(text: text, isText: true) }
    return YAMLKey(text: scalar.text, isText: false)
  }

  /// What `<<: *base` or `<<: [*near, *far]` stands for; of a list the first mapping wins.
  private func mergedEntries(_ node: YAMLNode) throws(ConfigDiagnostic) -> [YAMLEntry] {
    switch node.content {
    case .mapping(let entries): return entries
    case .sequence(let items):
      var all: [YAMLEntry] = []
      for item in items.reversed() {
        guard let entries = item.entries else {
          throw syntax(item.location, "<< merges sections, and this is none")
        }
        all += entries
      }
      return all
    case .scalar: throw syntax(node.location, "<< merges a section or a list of them")
    }
  }

  // MARK: Anchors and limits

  private mutating func alias(
    _ name: String, at location: ConfigLocation, depth: Int
  ) throws(ConfigDiagnostic) -> YAMLNode {
    if openAnchors.contains(name) {
      throw syntax(location, "an alias stands inside of what it refers to")
    }
    guard var node = anchors[name] else {
      throw syntax(location, "an alias refers to no anchor; a text that begins with * needs quotes")
    }
    if depth + node.height > Self.maximumHeight + 1 {
      throw syntax(location, "nested deeper than \(Self.maximumHeight) levels through aliases")
    }
    try count(node.count, at: location)
    node.location = location
    return node
  }

  private mutating func define(_ anchor: String, as node: YAMLNode) throws(ConfigDiagnostic) {
    if let first = anchors[anchor] {
      throw syntax(node.location, "an anchor is repeated, first at \(first.location)")
    }
    anchors[anchor] = node
  }

  private mutating func open(_ anchor: String?, at location: ConfigLocation)
    throws(ConfigDiagnostic)
  {
    guard let anchor else { return }
    if openAnchors.contains(anchor) {
      throw syntax(location, "an anchor is repeated inside of itself")
    }
    openAnchors.insert(anchor)
  }

  private mutating func close(
    _ anchor: String?, _ content: YAMLNode.Content, _ children: [YAMLNode],
    at location: ConfigLocation
  ) throws(ConfigDiagnostic) -> YAMLNode {
    let node = YAMLNode(
      content: content, location: location, count: children.reduce(1) { $0 + $1.count },
      height: (children.map(\.height).max() ?? 0) + 1)
    if let anchor {
      openAnchors.remove(anchor)
      try define(anchor, as: node)
    }
    return node
  }

  private mutating func count(_ nodes: Int, at location: ConfigLocation) throws(ConfigDiagnostic) {
    count += nodes
    if count > Self.maximumCount {
      throw syntax(location, "more than \(Self.maximumCount) values, aliases counted")
    }
  }

  // MARK: Tags

  private func check(_ tag: String?, allowed: String, at location: ConfigLocation)
    throws(ConfigDiagnostic)
  {
    guard let tag, tag != "!", tag != "tag:yaml.org,2002:\(allowed)" else { return }
    throw syntax(location, YAMLResolver.Failure.unknownTag(tag).description)
  }

  private func resolve(
    _ text: String, isPlain: Bool, tag: String?, at location: ConfigLocation
  ) throws(ConfigDiagnostic) -> YAMLValue {
    do {
      return try YAMLResolver.value(of: text, isPlain: isPlain, tag: tag)
    } catch {
      // What a variable stands for is not known yet.
      if case .malformed = error, text.contains("${") { return .text(text) }
      throw syntax(location, error.description)
    }
  }

  private func syntax(_ location: ConfigLocation, _ message: String) -> ConfigDiagnostic {
    ConfigDiagnostic(.error, .syntax, at: location, "not usable YAML: \(message)")
  }
}

/// The entries of a mapping in order, each key once; the last value of a key counts.
private struct EntryTable {
  private(set) var entries: [YAMLEntry] = []
  private var indices: [YAMLKey: Int] = [:]

  /// Returns the entry that was replaced.
  @discardableResult
  mutating func set(_ entry: YAMLEntry) -> YAMLEntry? {
    guard let index = indices[entry.key] else {
      indices[entry.key] = entries.count
      entries.append(entry)
      return nil
    }
    let old = entries[index]
    entries[index] = entry
    return old
  }
}
