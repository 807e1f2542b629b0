import Model

extension ConfigResult {
  /// This result with a warning for each file or folder that is not there or may not be used by
  /// the user who asks. At start only those matter that are needed; `check` names all.
  public func checkingPaths() -> ConfigResult {
    guard let settings else { return self }
    return checking(
      files: routerFiles(settings.router),
      folders: [
        ("lock_file", settings.lockFile), ("logging.main_log", settings.mainLog),
        ("logging.debug_log", settings.debugLog), ("storage.db_path", settings.storage.path),
      ])
  }
}

extension SteeringConfigResult {
  /// As for the configuration of a loop.
  public func checkingPaths() -> SteeringConfigResult {
    guard let settings else { return self }
    let states =
      [("cake_state_sources.primary", settings.primarySources.stateFile)]
      + zip(settings.control.targets, settings.targetSources).compactMap { target, sources in
        sources.stateFile.map { ("wans.\(target.name).state_file", $0) }
      }
    // Elsewhere it is beside the state.
    let log = values?.isGiven("state.transition_log") == true ? settings.transitionLog : nil
    return checking(
      files: routerFiles(settings.router) + states,
      folders: [
        ("state.file", settings.stateFile), ("state.transition_log", log),
        ("lock_file", settings.lockFile),
        ("logging.main_log", settings.mainLog), ("logging.debug_log", settings.debugLog),
        ("storage.db_path", settings.storage.path),
      ])
  }
}

extension ConfigResult {
  /// This result with an error for what a start needs and does not find: a key for SSH, where SSH
  /// is used first and there is no password for it.
  public func checkingStart() -> ConfigResult { checkingStart(settings?.router) }
}

extension SteeringConfigResult {
  /// As for the configuration of a loop.
  public func checkingStart() -> SteeringConfigResult { checkingStart(settings?.router) }
}

extension CheckedConfig {
  fileprivate func checkingStart(_ router: RouterSettings?) -> Self {
    guard let router, router.transport == .ssh, router.sshPassword.isEmpty else { return self }
    return checking(
      files: [("router.ssh_key", router.sshKeyFile)], folders: [], severity: .error,
      isNeeded: true)
  }
}

extension CheckedConfig {
  /// A key and the path that it names.
  typealias NamedPath = (key: String, path: String?)

  func routerFiles(_ router: RouterSettings) -> [NamedPath] {
    [("router.ssh_key", router.sshKeyFile), ("router.ca_file", router.caFile)]
  }

  /// With a warning for each of `files` that cannot be read, and for each of `folders`' folders
  /// that cannot be written.
  ///
  /// - Parameter isNeeded: a path that is not given is an obstacle too.
  func checking(
    files readFiles: [NamedPath], folders: [NamedPath],
    severity: ConfigDiagnostic.Severity = .warning, isNeeded: Bool = false
  ) -> Self {
    guard let values else { return self }
    let wanted =
      readFiles.map { (key: $0.key, path: $0.path ?? "", isWritten: false) }
      + folders.map { (key: $0.key, path: $0.path.map(folder) ?? "", isWritten: true) }
    var findings: [ConfigDiagnostic] = []
    for (key, path, isWritten) in wanted where isNeeded || !path.isEmpty {
      guard let obstacle = SourceFile.obstacle(to: path, writing: isWritten) else { continue }
      findings.append(
        ConfigDiagnostic(
          severity, .path, at: values[key]?.location ?? values.place(of: key), key: key,
          value: values[key]?.text,
          "\(shortName(key)): \(isWritten ? "folder " : "")\(quoted(path, limit: 200)): \(obstacle)"
        ))
    }
    return CheckedConfig(
      path: path, files: files, settings: settings, diagnostics: diagnostics + findings,
      values: values)
  }

  private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return path.isEmpty ? "" : "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
