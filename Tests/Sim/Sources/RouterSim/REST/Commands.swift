/// POST: any command of the console, by its path.
extension Executor {
  func post(_ place: Place, _ body: JSON) throws(Refusal) -> Outcome {
    let members = body.members ?? []
    switch place {
    case .command(let table, let command):
      return try command == "monitor-traffic"
        ? monitorTraffic(body) : .reply(.ok(run(command, on: table, members)))
    case .singleton(let path, "print"):
      try require("read")
      let filter = try Filter.parse(body: members)
      return .reply(.ok([filter.project(world.singleton(path) ?? [:], keepingID: false)]))
    case .singleton("system/identity", "set"): return .reply(.ok(try setIdentity(members)))
    case .queueMonitor: return try monitorQueues(body)
    case .execute: return .reply(.ok(try script(body)))
    case .record(let table, let word):
      // POST addresses commands, never records.
      guard !word.hasPrefix("*"), table.row(named: word) == nil else { throw .noCommand }
      throw .noDirectory(word)
    case .table, .singleton: throw .noCommand
    }
  }

  private func run(
    _ command: String, on table: Table, _ members: [JSON.Member]
  ) throws(Refusal) -> JSON {
    switch command {
    case "print":
      try require("read")
      let filter = try Filter.parse(body: members)
      let found = list(table, filter, keepingID: false)
      return filter.countsOnly ? ["ret": .string(String(found.count))] : .array(found)
    case "add":
      try require("write")
      return ["ret": .string(try add(members, to: table).id)]
    case "reset-counters-all":
      try require("write")
      if !withholdsWrites { table.rows.forEach(world.resetCounters) }
      return []
    default: break
    }
    let rows = try records(members, of: table)
    try require("write")
    switch command {
    case "set": try change(rows, of: table, members)
    case "remove": try remove(rows, from: table)
    case "enable", "disable":
      let value: JSON = command == "disable" ? "true" : "false"
      try change(rows, of: table, [JSON.Member(key: "disabled", value: value)])
    case "reset-counters":
      if !withholdsWrites { rows.forEach(world.resetCounters) }
    default: throw .noCommand
    }
    return []
  }

  private func setIdentity(_ members: [JSON.Member]) throws(Refusal) -> JSON {
    try require("write")
    for member in members {
      guard member.key == "name" else { throw .unknown(parameter: member.key) }
      guard let name = member.value.text else { throw .invalid(argument: "name") }
      if !withholdsWrites { world.identity = name }
    }
    return []
  }

  // MARK: Monitors

  /// One sample at once, one a second until the duration is over, or samples without end.
  private func monitor(_ body: JSON, sample: [String: String]) throws(Refusal) -> Outcome {
    try require("read")
    if let once = body["once"], once.flag != false {
      return .reply(.ok([.sorted(sample)]))
    }
    guard let text = body["duration"]?.text else { return .endless }
    let digits = text.hasSuffix("s") ? text.dropLast() : Substring(text)
    guard let seconds = Int(digits), (1...3600).contains(seconds) else {
      throw .invalid(argument: "duration")
    }
    let sections = (0..<seconds).map { section in
      JSON.sorted(sample.merging([".section": String(section)]) { $1 })
    }
    return .later(.seconds(Double(seconds)), .ok(.array(sections)))
  }

  private func monitorTraffic(_ body: JSON) throws(Refusal) -> Outcome {
    guard let name = body["interface"]?.text, world.interfaces.row(named: name) != nil else {
      throw .noMatch(of: "interface")
    }
    var sample = world.traffic[name] ?? Interfaces.noTraffic
    sample["name"] = name
    return try monitor(body, sample: sample)
  }

  private func monitorQueues(_ body: JSON) throws(Refusal) -> Outcome {
    var bytes: Int64 = 0
    var packets: Int64 = 0
    for queue in world.queues.rows {
      world.advance(queue)
      let readings = queue.flow?.readings(at: world.clock.now) ?? Statistics()
      bytes += readings.queuedBytes
      packets += readings.queuedPackets
    }
    return try monitor(
      body, sample: ["queued-bytes": String(bytes), "queued-packets": String(packets)])
  }
}
