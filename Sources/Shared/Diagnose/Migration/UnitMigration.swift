/// What becomes of the original's units.
struct UnitMigration {
  private let installation: Installation

  init(_ installation: Installation) { self.installation = installation }

  private static let own = "/etc/systemd/system"

  var lines: [MigrationLine] {
    var lines: [MigrationLine] = []
    let folders = installation.names(in: Self.own)
    for unit in ["wanctl@.service", "steering.service"] { lines += service(unit) }
    for name in folders where name.hasPrefix("wanctl@") || name.hasPrefix("steering.") {
      let path = "\(Self.own)/\(name)"
      if name.hasSuffix(".timer") {
        lines.append(
          MigrationLine(
            .change, path, "is of old versions, which were started by a timer",
            mending: [
              .host(
                "systemctl disable --now '\(name == "wanctl@.timer" ? "wanctl@*.timer" : name)'"),
              .host("rm \(shellWord(path))"),
            ]))
      } else if name.hasSuffix(".service.d") {
        let settings = installation.names(in: path).filter { $0.hasSuffix(".conf") }
        guard !settings.isEmpty else { continue }
        lines.append(
          MigrationLine(
            .change, path,
            "\(settings.joined(separator: ", ")) go on applying to our unit: look whether they still "
              + "fit it"))
      }
    }
    let wants = "\(Self.own)/multi-user.target.wants"
    for name in installation.names(in: wants)
    where name.hasPrefix("wanctl@") && name.hasSuffix(".service") || name == "steering.service" {
      lines.append(
        MigrationLine(
          .same, "\(wants)/\(name)", "is started at boot, under the same name"))
    }
    return lines
  }

  private func service(_ unit: String) -> [MigrationLine] {
    Installation.units.compactMap { folder in
      let path = "\(folder)/\(unit)"
      guard let text = installation.text(path) else { return nil }
      let start = text.split(separator: "\n").last { $0.hasPrefix("ExecStart=") } ?? ""
      guard start.contains("python") || start.contains("/opt/wanctl") else {
        return MigrationLine(.same, path, "is ours already")
      }
      // Units below /etc count before those of a package.
      let isOverriding = folder == Self.own
      let debug = start.contains("--debug") ? "; its --debug logged every cycle, ours does not" : ""
      return MigrationLine(
        .change, path,
        "starts the original" + (isOverriding ? ", and hides the unit of our package" : "") + debug,
        mending: [.host("rm \(path)"), .host("systemctl daemon-reload")])
    }
  }
}
