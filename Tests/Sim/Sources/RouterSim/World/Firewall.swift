/// Firewall rules of the default world: one that was never touched, the steering rule (switched off)
/// and one that was switched off and on again.
enum Firewall {
  static let steeringComment = "ADAPTIVE: Steer latency-sensitive to WAN2"

  private static let properties: [String: Property] = [
    "action": .text, "chain": .text, "comment": .text, "connection-state": .text,
    "disabled": .flag, "dscp": .text, "dst-address": .text, "in-interface": .text,
    "log": .flag, "log-prefix": .text, "new-connection-mark": .text, "new-packet-mark": .text,
    "new-routing-mark": .text, "out-interface": .text, "passthrough": .flag,
    "protocol": .text, "src-address": .text,
  ]
  private static let commands: Set<String> = [
    "print", "set", "add", "remove", "enable", "disable", "reset-counters",
    "reset-counters-all",
  ]

  static let newRule = [
    "bytes": "0", "dynamic": "false", "invalid": "false", "packets": "0",
  ]

  static func mangle() -> Table {
    Table(
      path: "ip/firewall/mangle", properties: properties, commands: commands,
      rows: [
        rule(
          "*1",
          [
            "action": "mark-connection", "bytes": "31611", "chain": "prerouting",
            "new-connection-mark": "wan1", "packets": "325", "passthrough": "true",
          ]),
        rule("*4", steering(comment: steeringComment)),
        rule(
          "*5",
          [
            "action": "passthrough", "bytes": "88123", "chain": "forward",
            "comment": "counted", "disabled": "false", "packets": "990",
          ]),
      ])
  }

  /// Filter rules: none by default. A FastTrack rule can be put here.
  static func filter() -> Table {
    Table(path: "ip/firewall/filter", properties: properties, commands: commands)
  }

  /// Connections that the router tracks: a call, a transfer, a look-up.
  static func connections() -> Table {
    Table(
      path: "ip/firewall/connection", properties: [:], commands: ["print", "remove"],
      firstID: 0xA4,
      rows: [
        Row(
          id: "*A1", values: connection("udp", "192.168.88.20:50000", "203.0.113.7:3478")),
        Row(
          id: "*A2",
          values: connection("tcp", "192.168.88.21:51820", "198.51.100.9:443")
            .merging(["tcp-state": "established", "timeout": "23h59m57s"]) { $1 }),
        Row(id: "*A3", values: connection("udp", "192.168.88.20:40404", "192.0.2.53:53")),
      ])
  }

  static func connection(
    _ protocol: String, _ source: String, _ destination: String
  ) -> [String: String] {
    let port = source.split(separator: ":").last.map(String.init) ?? "0"
    return [
      "assured": "true", "confirmed": "true", "dst-address": destination, "dstnat": "false",
      "dying": "false", "expected": "false", "fasttrack": "false", "hw-offload": "false",
      "orig-bytes": "48120", "orig-packets": "301", "orig-rate": "0", "protocol": `protocol`,
      "repl-bytes": "51333", "repl-packets": "322", "repl-rate": "0",
      "reply-dst-address": "100.64.0.2:\(port)", "reply-src-address": destination,
      "seen-reply": "true", "src-address": source, "srcnat": "true", "timeout": "2m58s",
    ]
  }

  static func rule(_ id: String, _ values: [String: String]) -> Row {
    Row(id: id, values: newRule.merging(values) { $1 })
  }

  static func steering(comment: String) -> [String: String] {
    [
      "action": "mark-routing", "chain": "prerouting", "comment": comment,
      "connection-state": "new", "disabled": "true", "dscp": "46",
      "new-routing-mark": "via-wan2",
    ]
  }

  /// The row that RouterOS itself adds when FastTrack is on.
  static let fasttrackDummy = [
    "action": "passthrough", "bytes": "70113", "chain": "prerouting",
    "comment": "special dummy rule to show fasttrack counters", "dynamic": "true",
    "packets": "811",
  ]
}
