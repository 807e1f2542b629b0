/// Queue types and the queue tree of the default world.
enum QueueMenus {
  private static let defaultTypes: [(name: String, kind: String, more: [String: String])] = [
    ("default", "pfifo", ["pfifo-limit": "50"]),
    ("ethernet-default", "pfifo", ["pfifo-limit": "50"]),
    ("wireless-default", "sfq", ["sfq-allot": "1514", "sfq-perturb": "5"]),
    ("synchronous-default", "red", [:]),
    ("hotspot-default", "sfq", ["sfq-allot": "1514", "sfq-perturb": "5"]),
    ("pcq-upload-default", "pcq", ["pcq-classifier": "src-address", "pcq-rate": "0"]),
    ("pcq-download-default", "pcq", ["pcq-classifier": "dst-address", "pcq-rate": "0"]),
    ("only-hardware-queue", "none", [:]),
    ("multi-queue-ethernet-default", "mq-pfifo", ["mq-pfifo-limit": "50"]),
    ("default-small", "pfifo", ["pfifo-limit": "10"]),
  ]

  private static let kinds = [
    "bfifo", "pfifo", "red", "sfq", "pcq", "mq-pfifo", "none", "codel", "fq-codel", "cake",
  ]

  static let cakeDefaults = [
    "cake-ack-filter": "none", "cake-atm": "none", "cake-autorate-ingress": "false",
    "cake-bandwidth": "0", "cake-diffserv": "diffserv4", "cake-flowmode": "triple-isolate",
    "cake-memlimit": "0", "cake-mpu": "0", "cake-nat": "true", "cake-overhead": "0",
    "cake-overhead-scheme": "", "cake-rtt": "100ms", "cake-rtt-scheme": "internet",
    "cake-wash": "false",
  ]

  private static let cakeProperties: [String: Property] = [
    "cake-ack-filter": .choice(["none", "filter", "aggressive"]),
    "cake-atm": .choice(["none", "atm", "ptm"]), "cake-autorate-ingress": .flag,
    "cake-bandwidth": .rate,
    "cake-diffserv": .choice(["besteffort", "precedence", "diffserv3", "diffserv4", "diffserv8"]),
    "cake-flowmode": .choice([
      "flowblind", "srchost", "dsthost", "hosts", "flows", "dual-srchost", "dual-dsthost",
      "triple-isolate",
    ]),
    "cake-memlimit": .text, "cake-mpu": .number(0...256), "cake-nat": .flag,
    "cake-overhead": .number(-64...256), "cake-overhead-scheme": .text, "cake-rtt": .text,
    "cake-rtt-scheme": .choice([
      "none", "datacentre", "lan", "metro", "regional", "internet", "oceanic", "satellite",
      "interplanetary",
    ]),
    "cake-wash": .flag,
  ]

  static func types() -> Table {
    let defaults = defaultTypes.enumerated().map { index, type in
      Row(
        id: Table.id(UInt32.max - UInt32(index)),
        values: type.more.merging(["name": type.name, "kind": type.kind, "default": "true"]) {
          $1
        })
    }
    let ours = ["cake-down-wan1", "cake-up-wan1", "cake-down-wan2", "cake-up-wan2"]
      .enumerated().map { index, name in
        Row(
          id: Table.id(UInt32(index) + 1),
          values: cakeDefaults.merging(["name": name, "kind": "cake"]) { $1 })
      }
    return Table(
      path: "queue/type",
      properties: cakeProperties.merging(["name": .name, "kind": .choice(kinds)]) { $1 },
      commands: ["print", "set", "add", "remove"], rows: defaults + ours)
  }

  static func tree() -> Table {
    let table = Table(
      path: "queue/tree",
      properties: [
        "bucket-size": .text, "burst-limit": .rate, "burst-threshold": .rate,
        "burst-time": .text, "comment": .text, "disabled": .flag, "limit-at": .rate,
        "max-limit": .rate, "name": .name, "packet-mark": .text, "parent": .parent,
        "priority": .number(1...8), "queue": .queueType,
      ],
      commands: [
        "print", "set", "add", "remove", "enable", "disable", "reset-counters",
        "reset-counters-all",
      ], firstID: 0x100_0000)
    let down = Statistics(
      bytes: 272_603_902_153, packets: 184_614_358, rate: 48_213_344, packetRate: 4211,
      queuedBytes: 18_168, queuedPackets: 12)
    let up = Statistics(
      bytes: 31_450_118_220, packets: 97_216_403, rate: 5_120_480, packetRate: 1873)
    let queues = [
      ("WAN-Download-1", "bridge1", "cake-down-wan1", "800000000", down),
      ("WAN-Upload-1", "ether1", "cake-up-wan1", "35000000", up),
      ("WAN-Download-2", "bridge1", "cake-down-wan2", "150000000", Statistics()),
      ("WAN-Upload-2", "ether2", "cake-up-wan2", "20000000", Statistics()),
    ]
    for (name, parent, type, limit, readings) in queues {
      table.rows.append(
        queue(
          id: table.freshID(), name: name, parent: parent, type: type, limit: limit,
          readings: readings))
    }
    return table
  }

  static func queue(
    id: String, name: String, parent: String, type: String, limit: String,
    readings: Statistics = Statistics()
  ) -> Row {
    var values = newQueue
    values["name"] = name
    values["parent"] = parent
    values["queue"] = type
    values["max-limit"] = limit
    return Row(id: id, values: values, flow: Flow(pinned: readings))
  }

  /// What RouterOS fills in when a queue is added.
  static let newQueue = [
    "bucket-size": "0.1", "burst-limit": "0", "burst-threshold": "0", "burst-time": "0s",
    "disabled": "false", "limit-at": "0", "max-limit": "0", "packet-mark": "no-mark",
    "parent": "global", "priority": "8", "queue": "default-small",
  ]
}
