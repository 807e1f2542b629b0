import Config
import Model
import Platform
import Service

/// What becomes of the configuration of one WAN, of its state and of its lock.
struct LoopMigration {
  let installation: Installation
  let path: String
  let result: ConfigResult

  init(_ installation: Installation, path: String, result: ConfigResult) {
    self.installation = installation
    self.path = path
    self.result = result
  }

  var lines: [MigrationLine] {
    guard let settings = result.settings else {
      return [invalid(result.errors)]
    }
    var lines = [
      MigrationLine(
        .same, path,
        "is valid: queues \(settings.queues.download) and \(settings.queues.upload), the same "
          + "decisions on the same samples")
    ]
    lines += name(settings) + findings(result.warnings)
    lines += RouterMigration(path: path, installation: installation).lines(settings.router, result)
    lines += defaults(settings) + state(settings) + lock(settings)
    return lines
  }

  func invalid(_ errors: [ConfigDiagnostic]) -> MigrationLine {
    MigrationLine(
      .change, path, "is not valid here: " + errors.map { told($0) }.joined(separator: "; "))
  }

  private func told(_ finding: ConfigDiagnostic) -> String {
    (finding.location.line > 0 ? "line \(finding.location.line): " : "") + finding.text
  }

  /// `wanctl@NAME` reads `NAME.yaml`.
  private func name(_ settings: LoopSettings) -> [MigrationLine] {
    guard path.hasSuffix("_config.yaml") else { return [] }
    let wanted = path.dropLast("_config.yaml".count) + ".yaml"
    return [
      MigrationLine(
        .change, path, "has the name of old versions, and the unit looks for \(wanted)",
        mending: [.host("mv \(shellWord(path)) \(shellWord(String(wanted)))")])
    ]
  }

  /// What keeps `run` from starting is to be changed; old forms are obeyed.
  private func findings(_ warnings: [ConfigDiagnostic]) -> [MigrationLine] {
    warnings.compactMap { finding in
      if finding.preventsRun { return MigrationLine(.change, path, told(finding)) }
      // Told with the router.
      if finding.key == "router.verify_ssl" { return nil }
      switch finding.reason {
      case .legacyKey:
        return MigrationLine(.same, path, told(finding) + " (it is obeyed as it stands)")
      case .unknownKey, .unusedKey:
        return MigrationLine(.same, path, told(finding) + " (nor had it in the original)")
      case .exposure, .advice, .repeatedKey, .empty, .choice:
        return MigrationLine(.differs, path, told(finding))
      default: return nil
      }
    }
  }

  /// Defaults that are not the original's, where the file leaves them.
  private func defaults(_ settings: LoopSettings) -> [MigrationLine] {
    var lines: [MigrationLine] = []
    func add(_ key: String, when applies: Bool = true, _ text: String) {
      if applies, !result.isGiven(key) {
        lines.append(MigrationLine(.differs, path, "\(key) is not set: \(text)"))
      }
    }
    add(
      "continuous_monitoring.fallback_checks.gateway_ip",
      when: settings.fallback.isEnabled && settings.fallback.checksGateway,
      "the host's own default gateway is asked, not 10.10.110.1")
    add(
      "storage.retention_days", when: settings.storage.path != nil,
      "history is kept for \(settings.storage.retentionDays) days, not 7")
    let bounds = settings.control.baselineBounds
    let initial = settings.control.baselineInitial.rawValue
    if initial < 10 || initial > 60 {
      let text =
        "the bounds are \(decimal(bounds.min)) to \(decimal(bounds.max)) ms, because the "
        + "original's (10 to 60) never let a baseline of \(decimal(initial)) ms adapt"
      let key = "continuous_monitoring.thresholds.baseline_rtt_bounds"
      add(
        key + (initial < 10 ? ".min" : ".max"),
        when: initial < 10 ? bounds.min < 10 : bounds.max > 60, text)
    }
    if settings.probe.reflectors.count > 1, !settings.probe.usesMedianOfThree {
      lines.append(
        MigrationLine(
          .differs, path,
          "all \(settings.probe.reflectors.count) reflectors are probed and the first that answers "
            + "counts; the original asked the first one only"))
    }
    return lines
  }

  private func state(_ settings: LoopSettings) -> [MigrationLine] {
    var lines: [MigrationLine] = []
    let state = settings.stateFile
    let place = installation.place(state)
    if FileFacts.at(place) != nil {
      let defaults = LoopState(
        queues: PerDirection(
          download: .init(streaks: Streaks(), rate: settings.control.download.ceiling),
          upload: .init(streaks: Streaks(), rate: settings.control.upload.ceiling)),
        baseline: settings.control.baselineInitial, load: settings.control.baselineInitial,
        lastApplied: PerDirection(download: nil, upload: nil))
      let loaded = StateFile(path: place).peek(defaults: defaults)
      if !loaded.isRestored {
        lines.append(
          MigrationLine(
            .differs, state,
            "cannot be used: " + loaded.findings.map(\.description).joined(separator: "; ")))
      } else if loaded.findings.isEmpty {
        lines.append(
          MigrationLine(
            .same, state,
            "is gone on from: baseline \(fixed(loaded.state.baseline.rawValue, digits: 1)) ms"))
      } else {
        lines.append(
          MigrationLine(
            .differs, state,
            "is gone on from, but for "
              + loaded.findings.map(\.description).joined(separator: "; ")))
      }
    } else {
      lines.append(
        MigrationLine(
          .same, state, "is not there: the loop begins afresh, as the original would"))
    }
    return lines
  }

  private func lock(_ settings: LoopSettings) -> [MigrationLine] {
    guard installation.isThisHost,
      let process = InstanceLock.runningProcess(lockFile: settings.lockFile)
    else { return [] }
    return [
      MigrationLine(
        .change, settings.lockFile,
        "process \(process) controls this WAN; both cannot at the same time",
        mending: [.host("systemctl stop wanctl@\(settings.wan)")])
    ]
  }

  private func decimal(_ value: Double) -> String {
    var text = fixed(value, digits: 3)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
