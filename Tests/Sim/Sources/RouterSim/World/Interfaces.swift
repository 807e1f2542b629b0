/// Interfaces of the default world and what their traffic monitor shows.
enum Interfaces {
  static func table() -> Table {
    let ether1 = [
      "rx-byte": "60987", "rx-packet": "887", "tx-byte": "2781511", "tx-packet": "10166",
    ]
    return Table(
      path: "interface",
      properties: ["comment": .text, "disabled": .flag, "mtu": .text, "name": .name],
      commands: ["print", "set", "enable", "disable", "monitor-traffic"],
      rows: [
        row("*2", "ether1", mac: "0C:00:E6:1F:95:00", more: ether1),
        row("*3", "ether2", mac: "0C:00:E6:1F:95:01", more: [:]),
        row("*6", "bridge1", mac: "0C:00:E6:1F:95:02", type: "bridge", more: [:]),
      ])
  }

  private static func row(
    _ id: String, _ name: String, mac: String, type: String = "ether", more: [String: String]
  ) -> Row {
    var values = [
      "actual-mtu": "1500", "disabled": "false", "fp-rx-byte": "0", "fp-rx-packet": "0",
      "fp-tx-byte": "0", "fp-tx-packet": "0", "last-link-up-time": "2026-10-02 10:07:14",
      "link-downs": "0", "mac-address": mac, "mtu": "1500", "name": name, "running": "true",
      "rx-byte": "0", "rx-drop": "0", "rx-error": "0", "rx-packet": "0", "tx-byte": "0",
      "tx-drop": "0", "tx-error": "0", "tx-packet": "0", "tx-queue-drop": "0", "type": type,
    ]
    if type == "ether" { values["default-name"] = name }
    return Row(id: id, values: values.merging(more) { $1 })
  }

  static func queues() -> Table {
    Table(
      path: "queue/interface", properties: [:], commands: ["print"],
      rows: [
        Row(
          id: "*2",
          values: [
            "active-queue": "only-hardware-queue", "interface": "ether1",
            "queue": "only-hardware-queue",
          ])
      ])
  }

  static let traffic = [
    "ether1": [
      "rx-bits-per-second": "25128", "rx-packets-per-second": "31",
      "tx-bits-per-second": "8816", "tx-packets-per-second": "12",
    ]
  ]
  static let noTraffic = [
    "rx-bits-per-second": "0", "rx-packets-per-second": "0", "tx-bits-per-second": "0",
    "tx-packets-per-second": "0",
  ]
}
