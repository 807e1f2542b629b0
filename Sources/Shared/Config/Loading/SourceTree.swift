/// The tree of a configuration file with what it `extends` merged in, and with its variables
/// replaced. Each value still knows the file and place it comes from.
struct SourceTree {
  var root: YAMLNode
  /// The files that were read: the named one first, then what it extends.
  var files: [String]
  var warnings: [ConfigDiagnostic]
}

/// Reads a configuration file and what it extends.
struct SourceLoader {
  private let environment: [String: String]
  private var files: [String] = []
  private var warnings: [ConfigDiagnostic] = []
  /// Canonical paths of the files that are being read, to find a circle.
  private var chain: [String] = []

  private static let maximumChain = 16
  private static let extendsKey = YAMLKey(text: "extends", isText: true)

  private init(environment: [String: String]) {
    self.environment = environment
  }

  /// Reads the file at `path`. Throws the first thing that keeps it from being a tree.
  static func load(
    path: String, environment: [String: String]
  ) throws(ConfigDiagnostic) -> SourceTree {
    try load(path: path, environment: environment) { () throws(ConfigDiagnostic) in
      do throws(SourceFile.Failure) {
        return try SourceFile.read(path)
      } catch {
        throw ConfigDiagnostic(
          .error, .unreadable, at: ConfigLocation(file: path), "cannot be read: \(error.message)")
      }
    }
  }

  /// Takes `bytes` as the content of the file at `path`.
  static func load(
    path: String, environment: [String: String],
    content: () throws(ConfigDiagnostic) -> [UInt8]
  ) throws(ConfigDiagnostic) -> SourceTree {
    var loader = SourceLoader(environment: environment)
    let root = try loader.tree(of: try content(), path: path)
    return SourceTree(root: root, files: loader.files, warnings: loader.warnings)
  }

  private mutating func tree(
    of bytes: [UInt8], path: String
  ) throws(ConfigDiagnostic) -> YAMLNode {
    files.append(path)
    chain.append(SourceFile.canonical(path))
    defer { chain.removeLast() }
    let start = ConfigLocation(file: path, line: 1, column: 1)
    let (composed, repetitions) = try YAMLComposer.compose(bytes, file: path)
    warnings += repetitions
    guard let composed, !composed.isNull else {
      throw ConfigDiagnostic(
        .error, .type, at: start, "the file is empty",
        remedy: "man 5 wanctl.yaml has the keys, and Examples has whole files")
    }
    guard composed.entries != nil else {
      throw ConfigDiagnostic(
        .error, .type, at: composed.location,
        "the file must hold sections and keys, found \(composed.kindText)")
    }
    let root = try Variables(environment: environment).replaced(in: composed)
    guard let entry = root.entries?.first(where: { $0.key == Self.extendsKey }), !entry.value.isNull
    else { return root }
    return root.merged(over: try base(of: entry, in: path))
  }

  /// The tree of the file that `extends:` in the file at `path` names.
  private mutating func base(
    of entry: YAMLEntry, in path: String
  ) throws(ConfigDiagnostic) -> YAMLNode {
    func failure(_ message: String, remedy: String? = nil) -> ConfigDiagnostic {
      ConfigDiagnostic(
        .error, .extends, at: entry.value.location, key: "extends", message, remedy: remedy)
    }
    guard case .text(let name)? = entry.value.scalar?.value, !name.isEmpty else {
      throw failure("extends must be the name of a file, found \(entry.value.kindText)")
    }
    let basePath = SourceFile.path(name, from: path)
    if chain.contains(SourceFile.canonical(basePath)) {
      throw failure(
        "extends \(quoted(name)) goes in a circle: \(basePath) is being read already",
        remedy: "a file can only extend one that does not extend it")
    }
    if chain.count >= Self.maximumChain {
      throw failure("extends \(quoted(name)) is the \(Self.maximumChain)th file in the chain")
    }
    let bytes: [UInt8]
    do {
      bytes = try SourceFile.read(basePath)
    } catch {
      throw failure("extends \(quoted(name)): \(basePath) cannot be read: \(error.message)")
    }
    return try tree(of: bytes, path: basePath)
  }
}

extension YAMLNode {
  /// This tree with what only `base` has added. Sections are merged key by key; of everything
  /// else, lists too, this tree's value stands. A section without content leaves the base's.
  fileprivate func merged(over base: YAMLNode) -> YAMLNode {
    guard let near = entries, let far = base.entries else {
      return isNull && base.entries != nil ? base : self
    }
    var merged = near
    var indices: [YAMLKey: Int] = [:]
    for (index, entry) in near.enumerated() { indices[entry.key] = index }
    for entry in far {
      if let index = indices[entry.key] {
        merged[index].value = merged[index].value.merged(over: entry.value)
      } else {
        merged.append(entry)
      }
    }
    var result = self
    result.content = .mapping(merged)
    return result
  }
}
