/// Commands of the control port that change the world behind the back of every client.
extension ControlPort {
  var state: JSON {
    [
      "now_s": .double(clock.now.inSeconds), "virtual": .bool(clock.isVirtual),
      "identity": .string(world.identity), "booting": .bool(world.isBooting),
      "profile": .string(server.latency.name.rawValue),
      "ssh_profile": simulator.ssh.map { .string($0.profile.rawValue) } ?? .null,
      "ssh_host_key": simulator.hostKey,
      "connections": .int(server.openConnections.count),
      "resource": .sorted(world.resource.values(at: clock.now)),
      "switches": world.switches.json,
      "users": .array(
        world.users.values.sorted { $0.name < $1.name }.map {
          [
            "name": .string($0.name), "disabled": .bool($0.isDisabled),
            "policies": .array($0.policies.sorted().map { .string($0) }),
            "hasPassword": .bool($0.password != nil),
            "sshKeys": .int($0.publicKeys.count),
          ]
        }),
      "rows": .object(
        world.tables.map { table in
          JSON.Member(
            key: table.path,
            value: .array(table.rows.map { .sorted(world.rendered($0, of: table)) }))
        }),
    ]
  }

  // MARK: POST /world

  func change(_ members: [JSON.Member]) throws {
    for member in members {
      let parts = member.value.members
      switch member.key {
      case "rows": for table in parts ?? [] { try changeRows(table) }
      case "users": for user in parts ?? [] { try changeUser(user) }
      case "services": for service in parts ?? [] { try changeService(service) }
      case "switches":
        for part in parts ?? [] {
          do throws(Switches.Unknown) {
            try world.switches.set(part.key, to: part.value)
          } catch { throw Invalid(message: error.message) }
        }
      case "ssh":
        for part in parts ?? [] { world.sshSettings[part.key] = try text(part) }
      case "clock":
        for part in parts ?? [] {
          switch part.key {
          case "offsetSec":
            guard let offset = part.value.whole, abs(offset) <= 10_000_000_000 else {
              throw Invalid(message: "offsetSec is a number of seconds, not \(part.value.encoded)")
            }
            world.shownClock.offset = offset
          case "time-zone-name": world.shownClock.zone = try text(part)
          default: throw Invalid(message: "the clock has no \"\(part.key)\"")
          }
        }
      case "identity": world.identity = try text(member)
      case "version": world.resource.version = try text(member)
      case "board-name": world.resource.boardName = try text(member)
      case "traffic":
        for interface in parts ?? [] {
          for rate in interface.value.members ?? [] {
            world.traffic[interface.key, default: Interfaces.noTraffic][rate.key] =
              try text(rate)
          }
        }
      default: throw Invalid(message: "/world has no \"\(member.key)\"")
      }
    }
  }

  private func text(_ member: JSON.Member) throws -> String {
    switch member.value {
    case .string(let text), .number(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    default: throw Invalid(message: "\"\(member.key)\" must be text")
    }
  }

  /// `{"queue/tree": {"NAME or *ID": {"property": "value" or null} or null}}`. A name that is new
  /// makes a record; so does `+` in a menu without names.
  private func changeRows(_ member: JSON.Member) throws {
    guard let table = world.tables.first(where: { $0.path == member.key }) else {
      throw Invalid(message: "there is no menu \"\(member.key)\"")
    }
    for entry in member.value.members ?? [] {
      let found = table.row(id: entry.key) ?? table.row(named: entry.key)
      if entry.value == .null {
        table.rows.removeAll { $0 === found }
        continue
      }
      let row = try found ?? makeRow(entry.key, in: table)
      world.advance(row)
      for property in entry.value.members ?? [] {
        row.values[property.key] = property.value == .null ? nil : try text(property)
      }
    }
  }

  private func makeRow(_ word: String, in table: Table) throws -> Row {
    guard table.isNamed || word == "+" else {
      throw Invalid(message: "\(table.path) has no record \"\(word)\"")
    }
    let row: Row
    if table === world.queues {
      row = QueueMenus.queue(
        id: table.freshID(), name: word, parent: "global", type: "default-small", limit: "0")
    } else if table.isNamed {
      row = Row(id: table.freshID(), values: ["name": word])
    } else if table === world.connections {
      row = Row(
        id: table.freshID(),
        values: Firewall.connection("tcp", "192.168.88.22:50001", "192.0.2.80:80"))
    } else {
      row = Firewall.rule(table.freshID(), [:])
    }
    table.rows.append(row)
    return row
  }

  private func changeUser(_ member: JSON.Member) throws {
    if member.value == .null {
      world.users[member.key] = nil
      return
    }
    var user =
      world.users[member.key] ?? User(name: member.key, policies: User.wanctlPolicies)
    for property in member.value.members ?? [] {
      switch property.key {
      case "password": user.password = property.value.text
      case "disabled": user.isDisabled = property.value.flag ?? false
      case "address": user.address = property.value.text
      case "ssh-keys":
        user.publicKeys = (property.value.elements ?? []).compactMap(\.text)
      case "policies":
        user.policies = Set((property.value.elements ?? []).compactMap(\.text))
      default: throw Invalid(message: "a user has no \"\(property.key)\"")
      }
    }
    world.users[member.key] = user
  }

  private func changeService(_ member: JSON.Member) throws {
    guard let name = ServiceName(rawValue: member.key), var service = world.services[name] else {
      throw Invalid(message: "there is no service \"\(member.key)\"")
    }
    for property in member.value.members ?? [] {
      switch property.key {
      case "enabled": service.isEnabled = property.value.flag ?? true
      case "rest": service.hasREST = property.value.flag ?? true
      case "available-from": service.availableFrom = property.value.text
      default: throw Invalid(message: "a service has no \"\(property.key)\"")
      }
    }
    world.services[name] = service
    if service.isEnabled { simulator.openListeners() } else { simulator.refuse([name]) }
  }

  // MARK: POST /series

  /// Scripted load or pinned readings of one queue; times count from now.
  func series(_ body: JSON) throws {
    guard let name = body["queue"]?.text, let queue = world.queues.row(named: name) else {
      throw Invalid(message: "/series needs the \"queue\" of the world")
    }
    world.advance(queue)
    if let rate = body["linkRate"]?.value { queue.flow?.linkRate = max(rate, 0) }
    if let steps = body["load"]?.elements {
      let script = try steps.map { step in
        guard let bitsPerSecond = step["bps"]?.value else {
          throw Invalid(message: "a step of \"load\" needs \"bps\"")
        }
        return (at: try moment(step), bitsPerSecond: bitsPerSecond)
      }
      queue.flow?.script(script.sorted { $0.at < $1.at }, at: clock.now)
    }
    if let entries = body["pin"]?.elements {
      var last = queue.flow?.readings(at: clock.now) ?? Statistics()
      var pinned: [(at: Nanoseconds, readings: Statistics)] = []
      for entry in entries {
        for member in entry.members ?? [] where member.key != "atMs" {
          try set(member, in: &last)
        }
        pinned.append((try moment(entry), last))
      }
      queue.flow?.pin(pinned.sorted { $0.at < $1.at })
    }
  }

  private func moment(_ step: JSON) throws -> Nanoseconds {
    guard let offset = (step["atMs"] ?? 0).value, offset >= 0 else {
      throw Invalid(message: "\"atMs\" must not be negative")
    }
    return clock.now + .milliseconds(offset)
  }

  private func set(_ member: JSON.Member, in readings: inout Statistics) throws {
    guard let number = member.value.whole else {
      throw Invalid(message: "\"\(member.key)\" must be a whole number")
    }
    let value = Int64(number)
    switch member.key {
    case "bytes": readings.bytes = value
    case "packets": readings.packets = value
    case "dropped": readings.dropped = value
    case "rate": readings.rate = value
    case "packet-rate": readings.packetRate = value
    case "queued-bytes": readings.queuedBytes = value
    case "queued-packets": readings.queuedPackets = value
    default: throw Invalid(message: "a queue has no reading \"\(member.key)\"")
    }
  }

  // MARK: POST /admin

  func administer(_ body: JSON) throws -> JSON {
    do {
      if let name = body["recreate"] {
        let queue = try simulator.queue(name)
        simulator.recreate(queue)
        return [".id": .string(queue.id)]
      }
      if let rename = body["rename"] {
        guard let name = rename["to"]?.text else { throw Invalid(message: "rename to what?") }
        world.set(try simulator.queue(rename["from"]), to: ["name": name])
      } else if let set = body["set"] {
        guard let rate = set["max-limit"]?.text.flatMap(Text.rate) else {
          throw Invalid(message: "set needs \"max-limit\" as text")
        }
        world.set(try simulator.queue(set["queue"]), to: ["max-limit": String(rate)])
      } else if let rule = body["rule"] {
        let row = try simulator.rule(rule["comment"])
        let disabled = rule["disabled"]?.flag ?? (row.values["disabled"] != "true")
        world.set(row, to: ["disabled": disabled ? "true" : "false"])
      } else if let which = body["disconnect"]?.text {
        for connection in server.openConnections where which == "all" || connection.isIdle {
          connection.end()
        }
      } else {
        throw Invalid(message: "/admin knows recreate, rename, set, rule, disconnect")
      }
    } catch let error as Simulator.Impossible {
      throw Invalid(message: error.message)
    }
    return [:]
  }
}
