import Config
import Model
import Platform
import Service

/// What becomes of a steering configuration and of its state.
struct SteeringMigration {
  let installation: Installation
  let path: String
  let result: SteeringConfigResult
  let loops: [LoopMigration]

  init(
    _ installation: Installation, path: String, result: SteeringConfigResult,
    loops: [LoopMigration]
  ) {
    self.installation = installation
    self.path = path
    self.result = result
    self.loops = loops
  }

  private static let wantedPath = "/etc/wanctl/steering.yaml"

  var lines: [MigrationLine] {
    var lines = name
    guard let settings = result.settings else {
      let isWizards = (installation.text(path) ?? "").split(separator: "\n").contains {
        $0.hasPrefix("steering:") || $0.hasPrefix("primary_wan:")
      }
      let errors = result.errors.map { finding in
        (finding.location.line > 0 ? "line \(finding.location.line): " : "") + finding.text
      }
      lines.append(
        MigrationLine(
          .change, path,
          isWizards
            ? "is what the original's installer wrote, with keys that the original's daemon never "
              + "read; begin with the example"
            : "is not valid here: " + errors.joined(separator: "; "),
          mending: isWizards
            ? [.host("cp /usr/share/doc/wanctl/examples/steering.yaml \(shellWord(path))")] : []))
      return lines
    }
    lines.append(
      MigrationLine(
        .same, path,
        "is valid: \(settings.control.primary), rule "
          + settings.rules.map { "\"\($0.comment)\"" }.joined(separator: ", ")))
    lines += comparisons + others
    lines += RouterMigration(path: path, installation: installation).lines(settings.router, result)
    lines += drops(settings) + state(settings)
    return lines
  }

  /// `steering.service` reads one name, which was another one in old versions.
  private var name: [MigrationLine] {
    guard path != Self.wantedPath else { return [] }
    if installation.exists(Self.wantedPath) {
      return [
        MigrationLine(
          .differs, path,
          "is not read: steering.service has \(Self.wantedPath), which is there too")
      ]
    }
    return [
      MigrationLine(
        .change, path, "has the name of old versions; steering.service reads \(Self.wantedPath)",
        mending: [.host("mv \(shellWord(path)) \(Self.wantedPath)")])
    ]
  }

  /// Where it does not fit the loop: the baseline above all, which the original looked for where its
  /// own loop never wrote.
  private var comparisons: [MigrationLine] {
    result.warnings.filter(SteeringConfigFile.isComparison).map { finding in
      let line = finding.location.line
      return MigrationLine(
        finding.reason == .path ? .change : .differs, path,
        (line > 0 ? "line \(line): " : "") + finding.text)
    }
  }

  private var others: [MigrationLine] {
    result.warnings.filter { !SteeringConfigFile.isComparison($0) }.compactMap { finding in
      let text = "line \(finding.location.line): \(finding.text)"
      if finding.preventsRun { return MigrationLine(.change, path, text) }
      // Told with the router.
      if finding.key == "router.verify_ssl" { return nil }
      switch finding.reason {
      case .legacyKey: return MigrationLine(.same, path, text + " (it is obeyed as it stands)")
      case .unknownKey, .unusedKey:
        return MigrationLine(.same, path, text + " (nor had it in the original)")
      case .exposure, .advice, .repeatedKey, .empty, .choice:
        return MigrationLine(.differs, path, text)
      default: return nil
      }
    }
  }

  private func drops(_ settings: SteeringSettings) -> [MigrationLine] {
    guard settings.control.isCAKEAware, settings.control.thresholds.minimumDropsRed > 0,
      settings.control.thresholds.drops == .auto
    else { return [] }
    return [
      MigrationLine(
        .differs, path,
        "RED needs no drops on a CAKE leaf, which counts none; in the original it was never reached "
          + "there (thresholds.drops: required has that)")
    ]
  }

  private func state(_ settings: SteeringSettings) -> [MigrationLine] {
    let state = settings.stateFile
    let place = installation.place(state)
    guard FileFacts.at(place) != nil else {
      return [MigrationLine(.same, state, "is not there: steering begins afresh")]
    }
    let name = "\(settings.control.primary.uppercased())_GOOD"
    let loaded = SteeringStateFile(path: place).peek(defaults: SteeringState(name: name))
    guard loaded.isRestored else {
      return [
        MigrationLine(
          .differs, state,
          "cannot be used: " + loaded.findings.map(\.description).joined(separator: "; "))
      ]
    }
    return [
      MigrationLine(
        loaded.findings.isEmpty ? .same : .differs, state,
        "is gone on from: \(loaded.state.name)"
          + loaded.findings.map { "; \($0.description)" }.joined())
    ]
  }
}
