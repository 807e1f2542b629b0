import Config
import Platform

/// The file of variables that the units read, and whether the configurations find theirs in it.
struct SecretsCheck {
  let path: String
  let account: Account

  /// - Parameter unset: variables that the configurations name and nobody has set.
  func items(unset: [ConfigDiagnostic]) -> [LiveItem] {
    guard let facts = FileFacts.at(path) else {
      let isNeeded = !unset.isEmpty
      return [
        LiveItem(
          .secrets, path, isNeeded ? "missing" : "not there, and nothing wants it",
          findings: isNeeded ? [missing(unset)] : [])
      ]
    }
    var findings: [Finding] = []
    if facts.mode & 0o007 != 0 || facts.mode & 0o020 != 0 {
      findings.append(exposed(facts, .error, "Everybody on this host can read or change it."))
    } else if facts.mode & 0o040 != 0, facts.groupID != 0,
      !account.groupIDs.contains(facts.groupID)
    {
      findings.append(
        exposed(facts, .warning, "A group that \(account.name) is not in can read it."))
    } else if facts.userID != 0, facts.userID != account.userID {
      findings.append(
        exposed(facts, .warning, "It belongs to a user who is neither root nor the service."))
    }
    if (try? EnvironmentFile.read(path)) == nil {
      findings.append(
        Finding(
          .fileNotSeen, .note, .path(path), facts: [Finding.Fact("mode", facts.text)],
          reason: "What it holds could not be seen; root sees more.", mending: []))
    } else if !unset.isEmpty {
      findings.append(missing(unset))
    }
    return [LiveItem(.secrets, path, facts.text, findings: findings)]
  }

  private func missing(_ unset: [ConfigDiagnostic]) -> Finding {
    Finding(
      .secretMissing, .error, .path(path),
      facts: unset.map { Finding.Fact("\($0.location)", $0.message) },
      reason: "The service gets its passwords from there, and does not start without them.",
      mending: [
        .host(
          "install -m 0640 -o root -g \(shellWord(Account.groupName(account.groupID))) /dev/null "
            + shellWord(path)),
        .host("editor \(shellWord(path))   # NAME=value, one a line"),
      ])
  }

  private func exposed(
    _ facts: FileFacts, _ severity: Finding.Severity, _ reason: String
  ) -> Finding {
    let group = shellWord(Account.groupName(account.groupID))
    return Finding(
      .secretExposed, severity, .path(path), facts: [Finding.Fact("mode", facts.text)],
      reason: reason,
      mending: [
        .host("chown root:\(group) \(shellWord(path))"), .host("chmod 0640 \(shellWord(path))"),
      ])
  }
}
