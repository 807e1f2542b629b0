/// Reads and validates the configuration of one WAN.
public enum ConfigFile {
  /// Reads the file at `path` and what it extends. Variables are taken from `environment`.
  /// Never fails as a whole: what is wrong stands in the result, all of it at once.
  public static func load(path: String, environment: [String: String]) -> ConfigResult {
    CheckedConfig(path: path, evaluate) { () throws(ConfigDiagnostic) in
      try SourceLoader.load(path: path, environment: environment)
    }
  }

  /// Takes `text` as the content of a file called `path`; files that it extends are read.
  public static func load(
    text: some Sequence<UInt8>, path: String, environment: [String: String]
  ) -> ConfigResult {
    let bytes = Array(text)
    return CheckedConfig(path: path, evaluate) { () throws(ConfigDiagnostic) in
      try SourceLoader.load(path: path, environment: environment) { bytes }
    }
  }

  private static func evaluate(_ tree: SourceTree) -> ConfigResult.Evaluation {
    let reader = SchemaReader(schema: .loop, root: tree.root)
    let checks = LoopChecks(values: reader.values, findings: tree.warnings + reader.findings)
    return (checks, { LoopSettingsBuilder(values: checks.values).settings() })
  }
}
