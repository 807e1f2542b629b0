import Model

extension ConfigResult {
  /// This result with a warning for each file or folder that is not there or may not be used by
  /// the user who asks. At start only those matter that are needed; `check` names all.
  public func checkingPaths() -> ConfigResult {
    guard let settings, let values else { return self }
    var wanted: [(key: String, path: String, isWritten: Bool)] = [
      ("router.ssh_key", settings.router.sshKeyFile, false),
      ("router.ca_file", settings.router.caFile ?? "", false),
      ("lock_file", folder(of: settings.lockFile), true),
      ("logging.main_log", folder(of: settings.mainLog), true),
      ("logging.debug_log", folder(of: settings.debugLog), true),
    ]
    if let database = settings.storage.path {
      wanted.append(("storage.db_path", folder(of: database), true))
    }
    var findings: [ConfigDiagnostic] = []
    for (key, path, isWritten) in wanted where !path.isEmpty {
      guard let obstacle = SourceFile.obstacle(to: path, writing: isWritten) else { continue }
      findings.append(
        ConfigDiagnostic(
          .warning, .path, at: values[key]?.location ?? values.place(of: key), key: key,
          value: values[key]?.text,
          "\(shortName(key)): \(isWritten ? "folder " : "")\(quoted(path)): \(obstacle)"))
    }
    return ConfigResult(
      path: path, files: files, settings: settings, diagnostics: diagnostics + findings,
      values: values)
  }

  private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return path.isEmpty ? "" : "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
