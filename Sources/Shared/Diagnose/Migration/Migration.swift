import Config
import Model
import Platform
import Service

/// Goes through an installation of the original and says what becomes of each part. It changes
/// nothing.
public struct Migration {
  let installation: Installation
  private let environment: [String: String]

  /// - Parameters:
  ///   - root: `/`, or the folder with a copy of another host's files.
  ///   - environment: of this process; the secrets of the installation count before it.
  public init(root: String, environment: [String: String]) {
    installation = Installation(root: root)
    self.environment = environment
  }

  /// nil when there is no installation.
  public func report() -> MigrationReport? {
    guard installation.isThere else { return nil }
    let variables = environment.merging(installation.secrets) { $1 }
    let files = installation.files
    let loops = files.loops.map { path in
      LoopMigration(
        installation, path: path,
        result: ConfigFile.load(path: installation.place(path), environment: variables))
    }
    var lines = loops.flatMap(\.lines)
    for path in files.steering {
      let result = SteeringConfigFile.load(
        path: installation.place(path), environment: variables, root: installation.root)
      lines += SteeringMigration(installation, path: path, result: result, loops: loops).lines
    }
    lines += files.others.map {
      MigrationLine(.differs, $0, "is neither a loop's nor steering's; nothing reads it")
    }
    if files.loops.isEmpty {
      lines.append(
        MigrationLine(
          .change, Installation.configurations, "has no configuration of a WAN",
          mending: [.host("wanctl-loop init")]))
    }
    lines += secrets + UnitMigration(installation).lines
    lines += database(loops)
    lines += remains
    return MigrationReport(root: installation.root, lines: lines)
  }

  private var secrets: [MigrationLine] {
    let path = "/etc/wanctl/secrets"
    guard let facts = FileFacts.at(installation.place(path)) else { return [] }
    guard facts.mode & 0o007 == 0 else {
      return [
        MigrationLine(
          .change, path, "can be read by everybody (mode \(facts.octal))",
          mending: [.host("chmod 0640 \(path)")])
      ]
    }
    return [MigrationLine(.same, path, "is the environment of the services, as before")]
  }

  /// The default of the original, and what configurations name.
  private func database(_ loops: [LoopMigration]) -> [MigrationLine] {
    var paths: [String] = []
    for path in loops.compactMap({ $0.result.settings?.storage.path })
      + ["/var/lib/wanctl/metrics.db"] where !paths.contains(path)
    {
      paths.append(path)
    }
    return paths.compactMap { path in
      guard let head = try? FileText.read(installation.place(path), limit: 4096) else {
        return nil
      }
      guard head.hasPrefix("SQLite format 3") else {
        return MigrationLine(
          .change, path, "is no SQLite database; the loop would put it aside and begin a new one",
          mending: [.host("mv \(shellWord(path)) \(shellWord(path + ".old"))")])
      }
      return MigrationLine(
        .same, path, "is gone on with: same table, same rows; both may write to it")
    }
  }

  /// What only the original needs.
  private var remains: [MigrationLine] {
    var lines: [MigrationLine] = []
    if installation.exists("/opt/wanctl") {
      let version =
        installation.text("/opt/wanctl/.version")?
        .split(separator: "\n").first.map { " (version \($0))" } ?? ""
      lines.append(
        MigrationLine(
          .differs, "/opt/wanctl",
          "the original's code\(version) is not used any more; keep it as long as you may go back"))
    }
    if installation.exists("/etc/logrotate.d/wanctl") {
      lines.append(
        MigrationLine(
          .differs, "/etc/logrotate.d/wanctl",
          "renames logs and tells nobody; our daemons open them anew on SIGHUP"))
    }
    if installation.exists("/etc/tmpfiles.d/wanctl.conf") {
      lines.append(
        MigrationLine(
          .same, "/etc/tmpfiles.d/wanctl.conf", "makes /run/wanctl; our units would do without"))
    }
    let known = "/var/lib/wanctl/.ssh/known_hosts"
    if installation.exists(known) {
      lines.append(
        MigrationLine(.same, known, "host keys that are known stay known; others are refused"))
    }
    return lines
  }
}
