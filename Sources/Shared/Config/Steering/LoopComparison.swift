import Model

/// What a steering configuration and that of the primary's loop must agree in.
extension SteeringChecks {
  /// The keys whose findings come from here, as advice and about paths.
  static let comparedNames: Set<String> = [
    "topology.primary_wan", "cake_queues.primary_download", "cake_queues.primary_upload",
    "router.host", "health_check.port",
  ]
  static let comparedPaths: Set<String> = [
    "topology.primary_wan_config", "cake_state_sources.primary",
  ]

  mutating func compareWithLoop() {
    guard let loop else { return }
    guard let settings = loop.settings else {
      add(
        .warning, .path, key: "topology.primary_wan_config",
        "\(quoted(loop.path, limit: 200)) \(loop.obstacle ?? "is not valid")",
        remedy:
          "nothing is compared with it, and the bounds of the baseline are 10 to 60 ms unless "
          + "they are set")
      return
    }
    compare(
      "topology.primary_wan", "the wan_name", settings.wan.text,
      because: "history and metrics of both would not be told together")
    compare("cake_queues.primary_download", "the download queue", settings.queues.download.text)
    if values.isGiven("cake_queues.primary_upload") {
      compare("cake_queues.primary_upload", "the upload queue", settings.queues.upload.text)
    }
    compare("router.host", "the router", settings.router.host)
    compareFiles(with: settings)
    compareListeners(with: settings)
  }

  private mutating func compare(
    _ key: String, _ noun: String, _ other: String, because reason: String? = nil
  ) {
    guard let ours = values.text(key), ours != other, !ours.contains(placeholder),
      !other.contains(placeholder)
    else { return }
    add(
      .warning, .advice, key: key,
      "\(quoted(ours))\(values.isGiven(key) ? "" : " (the default)") is not \(noun) of "
        + "\(loopFile), \(quoted(other))" + (reason.map { ": \($0)" } ?? ""),
      remedy: "write \(lastName(key)): \(other)")
  }

  private var loopFile: String { loop?.path ?? "" }

  private mutating func compareFiles(with settings: LoopSettings) {
    let source = "cake_state_sources.primary"
    if let path = values.text(source), !SourceFile.isSame(path, settings.stateFile) {
      add(
        .warning, .path, key: source,
        "\(quoted(path, limit: 200))\(values.isGiven(source) ? "" : " (the default)") is not where the loop of "
          + "\(loopFile) keeps its state: there is no baseline to be had",
        remedy: "write primary: \(settings.stateFile)")
    }
    if let path = values.text("state.file"), SourceFile.isSame(path, settings.stateFile),
      !hasFailed("state.file")
    {
      add(
        .error, .path, key: "state.file", "is the state file of the loop of \(loopFile)",
        remedy: "name another file")
    }
    if let path = values.text("lock_file"), SourceFile.isSame(path, settings.lockFile) {
      add(
        .error, .path, key: "lock_file", "is the lock file of the loop of \(loopFile)",
        remedy: "name another file, or only one of both can run")
    }
  }

  private mutating func compareListeners(with settings: LoopSettings) {
    let key = "health_check.port"
    guard values.flag("health_check.enabled") == true, settings.health.isEnabled,
      let port = values.integer(key), port != 0, port == settings.health.port,
      values.text("health_check.host") == settings.health.host
    else { return }
    add(
      .warning, .advice, key: key, "\(port) is the health port of the loop of \(loopFile)",
      remedy: "choose another; 9102 is usual")
  }
}
