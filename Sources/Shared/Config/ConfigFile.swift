/// Reads and validates the configuration of one WAN.
public enum ConfigFile {
  /// Reads the file at `path` and what it extends. Variables are taken from `environment`.
  /// Never fails as a whole: what is wrong stands in the result, all of it at once.
  public static func load(path: String, environment: [String: String]) -> ConfigResult {
    result(path: path) { () throws(ConfigDiagnostic) in
      try SourceLoader.load(path: path, environment: environment)
    }
  }

  /// Takes `text` as the content of a file called `path`; files that it extends are read.
  public static func load(
    text: some Sequence<UInt8>, path: String, environment: [String: String]
  ) -> ConfigResult {
    let bytes = Array(text)
    return result(path: path) { () throws(ConfigDiagnostic) in
      try SourceLoader.load(path: path, environment: environment) { bytes }
    }
  }

  private static func result(
    path: String, _ load: () throws(ConfigDiagnostic) -> SourceTree
  ) -> ConfigResult {
    let tree: SourceTree
    do {
      tree = try load()
    } catch {
      return ConfigResult(
        path: path, files: [path], settings: nil, diagnostics: [error], values: nil)
    }
    let reader = SchemaReader(schema: .loop, root: tree.root)
    let checks = LoopChecks(values: reader.values, findings: tree.warnings + reader.findings)
    let hasErrors = checks.findings.contains { $0.severity == .error }
    let settings = hasErrors ? nil : LoopSettingsBuilder(values: checks.values).settings()
    return ConfigResult(
      path: path, files: tree.files, settings: settings, diagnostics: checks.findings,
      values: checks.values)
  }
}
