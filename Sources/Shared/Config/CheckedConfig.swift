public import Model

/// What came of reading the configuration of one WAN.
public typealias ConfigResult = CheckedConfig<LoopSettings>

/// What came of reading a steering configuration.
public typealias SteeringConfigResult = CheckedConfig<SteeringSettings>

/// What came of reading a configuration file: settings, or the reasons why there are none.
public struct CheckedConfig<Settings: Sendable>: Sendable {
  /// The file as it was named.
  public let path: String
  /// All files that were read: the named one first, then those that it extends.
  public let files: [String]
  /// nil when there is an error.
  public let settings: Settings?
  /// All findings, in order of files and lines.
  public let diagnostics: [ConfigDiagnostic]
  /// The configuration after defaults; nil when there is an error.
  public let effective: EffectiveConfig?
  /// Where the values stand, for checks that come later.
  let values: ConfigValues?

  init(
    path: String, files: [String], settings: Settings?, diagnostics: [ConfigDiagnostic],
    values: ConfigValues?
  ) {
    self.path = path
    self.files = files
    self.settings = settings
    self.diagnostics = Self.sorted(diagnostics, files: files)
    self.effective = settings == nil ? nil : values.map(EffectiveConfig.init)
    self.values = values
  }

  /// The values and findings of a tree, and how settings are made of the values when none of the
  /// findings is an error.
  typealias Evaluation = (checks: any ConfigChecks, settings: () -> Settings?)

  /// Loads the file at `path` and evaluates it.
  init(
    path: String, _ evaluate: (SourceTree) -> Evaluation,
    _ load: () throws(ConfigDiagnostic) -> SourceTree
  ) {
    let tree: SourceTree
    do {
      tree = try load()
    } catch {
      self.init(path: path, files: [path], settings: nil, diagnostics: [error], values: nil)
      return
    }
    let (checks, settings) = evaluate(tree)
    let hasErrors = checks.findings.contains { $0.severity == .error }
    self.init(
      path: path, files: tree.files, settings: hasErrors ? nil : settings(),
      diagnostics: checks.findings, values: checks.values)
  }

  /// Whether the files themselves give this key a value; false for a key that there is not.
  public func isGiven(_ key: String) -> Bool {
    guard let values, values.schema[key] != nil else { return false }
    return values.isGiven(key)
  }

  /// Where the files give this key a value, and the value as it stands there; nil where they don't.
  public func place(ofGiven key: String) -> (location: ConfigLocation, text: String)? {
    guard let values, values.schema[key] != nil, let entry = values[key],
      let location = entry.location
    else { return nil }
    return (location, entry.text)
  }

  public var isValid: Bool { settings != nil }

  public var errors: [ConfigDiagnostic] { diagnostics.filter { $0.severity == .error } }
  public var warnings: [ConfigDiagnostic] { diagnostics.filter { $0.severity == .warning } }

  /// Why `run` must not start: errors, values left as `CHANGE_ME`, variables that are not set.
  /// `check`, `replay` and `simulate` work when only `errors` is empty.
  public var runBlockers: [ConfigDiagnostic] {
    diagnostics.filter { $0.severity == .error || $0.preventsRun }
  }

  private static func sorted(
    _ diagnostics: [ConfigDiagnostic], files: [String]
  ) -> [ConfigDiagnostic] {
    func rank(_ diagnostic: ConfigDiagnostic) -> (Int, Int, Int) {
      let file = files.firstIndex(of: diagnostic.location.file) ?? files.count
      return (file, diagnostic.location.line, diagnostic.location.column)
    }
    return diagnostics.enumerated()
      .map { (rank: rank($0.element), offset: $0.offset, diagnostic: $0.element) }
      .sorted { $0.rank != $1.rank ? $0.rank < $1.rank : $0.offset < $1.offset }
      .map(\.diagnostic)
  }
}
