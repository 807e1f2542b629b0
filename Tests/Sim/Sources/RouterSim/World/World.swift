/// Everything that the router knows, behind all of its listeners: a change made through one is
/// visible through the others at once. Confined to the event loop.
final class World {
  let clock: Clock
  var identity = "MikroTik"
  var users: [String: User]
  var services: [ServiceName: Service]
  var switches = Switches()
  let userRows = SystemMenus.users()
  let userGroups = SystemMenus.groups()
  let serviceRows = SystemMenus.services()
  let certificates = SystemMenus.certificates()
  let packages = SystemMenus.packages()
  /// What `/ip/ssh` shows; `password-authentication` takes effect.
  var sshSettings = SystemMenus.sshSettings
  var shownClock = ShownClock()
  /// Where services listen; one that is missing here does not.
  var ports: [ServiceName: Int] = [:]
  let queueTypes = QueueMenus.types()
  let queues = QueueMenus.tree()
  let mangle = Firewall.mangle()
  let filter = Firewall.filter()
  let connections = Firewall.connections()
  let interfaces = Interfaces.table()
  let interfaceQueues = Interfaces.queues()
  let simpleQueues = Table(path: "queue/simple", properties: [:], commands: ["print"])
  var traffic = Interfaces.traffic
  var resource = Resource()
  /// Makes `dropped` read 0 whatever the leaf counts.
  var freezesDrops = false
  /// Set while REST answers wrongly after a boot.
  var isBooting = false

  var tables: [Table] {
    SystemMenus.refresh(self)
    return [
      queueTypes, queues, simpleQueues, interfaceQueues, mangle, filter, connections, interfaces,
      userRows, userGroups, serviceRows, certificates, packages,
    ]
  }

  static let singletons = ["system/identity", "system/resource", "system/clock", "ip/ssh"]

  /// The paths of all menus.
  var menus: [String] { tables.map(\.path) + Self.singletons }

  func table(_ path: String) -> Table? { tables.first { $0.path == path } }

  /// A menu that is one record. Just after a boot the router knows little about itself.
  func singleton(_ path: String) -> [String: String]? {
    switch path {
    case "system/identity": return ["name": identity]
    case "system/resource":
      let values = resource.values(at: clock.now)
      return isBooting ? values.filter { $0.key == "uptime" } : values
    case "system/clock": return shownClock.values(at: clock.now)
    case "ip/ssh": return sshSettings
    default: return nil
    }
  }

  init(clock: Clock) {
    self.clock = clock
    users = Dictionary(uniqueKeysWithValues: User.defaults.map { ($0.name, $0) })
    services = Dictionary(
      uniqueKeysWithValues: ServiceName.allCases.map { ($0, Service(isEnabled: true)) })
  }

  func isParent(_ name: String) -> Bool {
    name == "global" || interfaces.row(named: name) != nil || queues.row(named: name) != nil
  }

  // MARK: Reading

  /// The record as it prints, with `.id`.
  func rendered(_ row: Row, of table: Table) -> [String: String] {
    var values = row.values
    values[".id"] = row.id
    advance(row)
    if let flow = row.flow { render(flow, of: row, into: &values) }
    if table === queueTypes { styleCake(&values) }
    return values
  }

  private func render(_ flow: Flow, of row: Row, into values: inout [String: String]) {
    let readings = flow.readings(at: clock.now)
    let showsDrops = !freezesDrops && (!isCake(row) || switches.countCakeDrops)
    values["bytes"] = String(readings.bytes)
    values["packets"] = String(readings.packets)
    values["dropped"] = showsDrops ? String(readings.dropped) : "0"
    values["rate"] = String(readings.rate)
    values["packet-rate"] = String(readings.packetRate)
    values["queued-bytes"] = String(readings.queuedBytes)
    values["queued-packets"] = String(readings.queuedPackets)
    if queueTypes.row(named: values["queue"] ?? "")?.values["kind"] == "pcq" {
      values["pcq-queues"] = "0"
    }
    let isWhole =
      queueTypes.row(named: values["queue"] ?? "") != nil && isParent(values["parent"] ?? "")
    values["invalid"] = isWhole ? "false" : "true"
  }

  private func styleCake(_ values: inout [String: String]) {
    guard values["kind"] == "cake" else { return }
    switch switches.cakeRowStyle {
    case .trueFalse: break
    case .yesNo:
      for (key, value) in values where value == "true" || value == "false" {
        values[key] = value == "true" ? "yes" : "no"
      }
    case .minimal:
      let shown: Set = [".id", "name", "kind", "cake-bandwidth", "cake-diffserv", "cake-flowmode"]
      values = values.filter { shown.contains($0.key) }
    }
  }

  func isCake(_ queue: Row) -> Bool {
    queueTypes.row(named: queue.values["queue"] ?? "")?.values["kind"] == "cake"
  }

  // MARK: Traffic

  /// The limit in bits per second that holds now; 0 = none.
  func limit(of queue: Row) -> Int64 {
    queue.values["disabled"] == "true" ? 0 : Int64(queue.values["max-limit"] ?? "") ?? 0
  }

  /// How long a byte waits that enters the queue now, in milliseconds.
  func backlogMilliseconds(of queue: Row) -> Double {
    advance(queue)
    guard let flow = queue.flow else { return 0 }
    let limit = Double(limit(of: queue))
    let rate = limit > 0 ? limit : flow.linkRate
    return rate > 0 ? flow.queuedBytes(at: clock.now) * 8 / rate * 1000 : 0
  }

  /// Brings the traffic model of a queue up to the present.
  func advance(_ queue: Row) {
    guard let linkRate = queue.flow?.linkRate else { return }
    let limit = Double(limit(of: queue))
    let rate = limit > 0 ? min(limit, linkRate) : linkRate
    let cake = isCake(queue)
    queue.flow?.advance(
      to: clock.now,
      shaping: Shaping(
        limit: rate,
        capacity: cake ? switches.bulkBacklogMs / 1000 * rate / 8 : 1e6,
        countsDrops: !cake || switches.countCakeDrops,
        isCounting: queue.values["disabled"] != "true"))
  }

  // MARK: Writing

  /// Changes properties of a record and pays for it in flash sectors.
  func set(_ row: Row, to values: [String: String]) {
    advance(row)
    let isChange = values.contains { row.values[$0.key] != $0.value }
    if let type = values["queue"], row.flow != nil, type != row.values["queue"] {
      row.flow?.dropBacklog()
    }
    row.values.merge(values) { $1 }
    if isChange || switches.setUnchangedWritesFlash { wroteFlash() }
  }

  func wroteFlash() {
    resource.sectorsWritten += switches.flashSectorsPerSet
  }

  func resetCounters(of row: Row) {
    if row.flow == nil {
      row.values["bytes"] = "0"
      row.values["packets"] = "0"
    } else {
      advance(row)
      row.flow?.resetCounters(at: clock.now)
    }
  }
}
