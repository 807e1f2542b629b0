import Glibc

/// Menus about the router itself: its users, services, certificates, packages and clock. What the
/// simulator knows of them elsewhere is brought into their rows whenever they are looked at.
enum SystemMenus {
  private static let policies = [
    "local", "telnet", "ssh", "ftp", "reboot", "read", "write", "policy", "test", "winbox",
    "password", "web", "sniff", "sensitive", "api", "romon", "rest-api",
  ]
  private static let full = Set(policies)
  private static let defaultGroups: [(name: String, policies: Set<String>)] = [
    ("read", full.subtracting(["ftp", "write", "policy"])),
    ("write", full.subtracting(["ftp", "policy"])),
    ("full", full),
  ]
  /// Services in RouterOS's order, with the ports that real ones have.
  private static let ports = [
    ("telnet", "23"), ("ftp", "21"), ("www", "80"), ("ssh", "22"), ("www-ssl", "443"),
    ("api", "8728"), ("winbox", "8291"), ("api-ssl", "8729"),
  ]

  private static func readOnly(_ path: String, rows: [Row] = []) -> Table {
    Table(path: path, properties: ["name": .name], commands: ["print"], rows: rows)
  }

  static func users() -> Table { readOnly("user") }
  static func groups() -> Table { readOnly("user/group") }

  static func services() -> Table {
    let rows = ports.enumerated().map { index, service in
      var values = [
        "address": "",
        "disabled": ["telnet", "ftp", "api-ssl"].contains(service.0) ? "true" : "false",
        "dynamic": "false", "invalid": "false", "max-sessions": "20", "name": service.0,
        "port": service.1, "proto": "tcp", "vrf": "main",
      ]
      if service.0.hasSuffix("-ssl") {
        values["certificate"] = service.0 == "www-ssl" ? "routersim" : "none"
        values["tls-version"] = "any"
      }
      return Row(id: Table.id(UInt32(index)), values: values)
    }
    return readOnly("ip/service", rows: rows)
  }

  static func certificates() -> Table {
    readOnly(
      "certificate",
      rows: [
        Row(
          id: "*1",
          values: [
            "common-name": "RouterSim", "days-valid": "10957", "digest-algorithm": "sha256",
            "invalid-after": "2049-12-31 23:59:59", "invalid-before": "2020-01-01 00:00:00",
            "issuer": "CN=RouterSim test CA", "key-type": "ec", "name": "routersim",
            "private-key": "true", "trusted": "true",
          ])
      ])
  }

  static func packages() -> Table {
    readOnly(
      "system/package",
      rows: [
        Row(
          id: "*1",
          values: [
            "build-time": "2026-08-14 09:21:40", "disabled": "false", "name": "routeros",
            "scheduled": "", "size": "13860049",
          ])
      ])
  }

  static let sshSettings = [
    "ciphers": "auto", "forwarding-enabled": "no", "host-key-size": "2048",
    "host-key-type": "rsa", "password-authentication": "yes-if-no-key", "strong-crypto": "false",
  ]

  /// The group that a user must be in to have his policies.
  static func group(of user: User) -> String {
    user.policies == User.wanctlPolicies ? "wanctl" : user.name
  }

  /// As RouterOS writes it: what is granted, then what is not.
  static func policyText(_ granted: Set<String>) -> String {
    (policies.filter(granted.contains) + policies.filter { !granted.contains($0) }.map { "!" + $0 })
      .joined(separator: ",")
  }

  // MARK: Bringing rows up to date

  static func refresh(_ world: World) {
    var groups = defaultGroups
    for user in world.users.values.sorted(by: { $0.name < $1.name }) {
      let group = group(of: user)
      if !groups.contains(where: { $0.name == group }) { groups.append((group, user.policies)) }
      update(
        world.userRows, user.name,
        [
          "address": user.address ?? "", "disabled": user.isDisabled ? "true" : "false",
          "expired": "false", "group": group, "inactivity-policy": "none",
          "inactivity-timeout": "10m",
        ])
    }
    world.userRows.rows.removeAll { world.users[$0.name] == nil }
    for group in groups {
      update(
        world.userGroups, group.name,
        ["policy": policyText(group.policies), "skin": "default"])
    }
    world.userGroups.rows.removeAll { row in !groups.contains { $0.name == row.name } }
    for (name, service) in world.services {
      let port = world.ports[name]
      var values = [
        "address": service.availableFrom ?? "",
        "disabled": service.isEnabled && port != nil ? "false" : "true",
      ]
      if let port { values["port"] = String(port) }
      update(world.serviceRows, name.rawValue, values)
    }
    let version = world.resource.version.prefix { $0 != " " }
    world.packages.row(named: "routeros")?.values["version"] = String(version)
  }

  private static func update(_ table: Table, _ name: String, _ values: [String: String]) {
    let row: Row
    if let known = table.row(named: name) {
      row = known
    } else {
      row = Row(id: table.freshID(), values: ["name": name])
      table.rows.append(row)
    }
    row.values.merge(values) { $1 }
  }
}

/// The clock that the router shows; it may be wrong.
struct ShownClock {
  private let started = time(nil)
  /// Seconds that it is ahead of this machine's.
  var offset = 0
  var zone = "UTC"

  func values(at now: Nanoseconds) -> [String: String] {
    var moment = started + offset + Int(now.inSeconds)
    var parts = tm()
    gmtime_r(&moment, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return [
      "date": "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))",
      "dst-active": "false", "gmt-offset": "+00:00",
      "time": "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))",
      "time-zone-autodetect": "true", "time-zone-name": zone,
    ]
  }
}
