import Model

/// Reads and validates a steering configuration.
///
/// The configuration of the primary's loop, which `topology.primary_wan_config` names, is read
/// too: the bounds of the baseline come from it, and what both files name must agree.
public enum SteeringConfigFile {
  /// Reads the file at `path` and what it extends. Variables are taken from `environment`.
  /// Never fails as a whole: what is wrong stands in the result, all of it at once.
  ///
  /// - Parameter root: the folder that holds the file tree of another host, in which an absolute
  ///   path of the loop's configuration is looked for; empty = this host.
  public static func load(
    path: String, environment: [String: String], root: String = ""
  ) -> SteeringConfigResult {
    CheckedConfig(path: path, evaluation(environment, root: root)) { () throws(ConfigDiagnostic) in
      try SourceLoader.load(path: path, environment: environment)
    }
  }

  /// Takes `text` as the content of a file called `path`; files that it names are read.
  public static func load(
    text: some Sequence<UInt8>, path: String, environment: [String: String]
  ) -> SteeringConfigResult {
    let bytes = Array(text)
    return CheckedConfig(path: path, evaluation(environment)) { () throws(ConfigDiagnostic) in
      try SourceLoader.load(path: path, environment: environment) { bytes }
    }
  }

  /// Whether a finding says that the file differs from the configuration of the primary's loop.
  public static func isComparison(_ finding: ConfigDiagnostic) -> Bool {
    guard finding.severity == .warning, let key = finding.key else { return false }
    switch finding.reason {
    case .path: return SteeringChecks.comparedPaths.contains(key)
    case .advice: return SteeringChecks.comparedNames.contains(key)
    default: return false
    }
  }

  private static func evaluation(
    _ environment: [String: String], root: String = ""
  ) -> (SourceTree) -> SteeringConfigResult.Evaluation {
    { tree in
      let reader = SchemaReader(schema: .steering(for: tree.root), root: tree.root)
      let loop = PrimaryLoop(named: reader.values, environment: environment, root: root)
      let checks = SteeringChecks(
        values: reader.values, findings: tree.warnings + reader.findings, loop: loop)
      return (checks, { SteeringSettingsBuilder(values: checks.values).settings() })
    }
  }
}
