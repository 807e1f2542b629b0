/// What a request does once it is its turn: the checks from the content type on, then the effect.
struct Executor {
  let world: World
  let user: User
  /// Answers as if the change had been made to no effect.
  var withholdsWrites = false

  enum Outcome {
    case reply(Reply)
    /// The command goes on for this long, then answers.
    case later(Nanoseconds, Reply)
    /// The command never ends by itself.
    case endless
  }

  func run(_ request: Request) -> Outcome {
    do throws(Refusal) {
      return try execute(request)
    } catch {
      return .reply(.refused(error))
    }
  }

  private func execute(_ request: Request) throws(Refusal) -> Outcome {
    var body: JSON = [:]
    if ["POST", "PATCH", "PUT"].contains(request.method) {
      guard request.hasJSONType else { throw .unsupportedMedia }
      if !request.body.isEmpty {
        do {
          body = try JSONParser.parse(request.body)
        } catch { throw .malformed }
      }
      guard body.members != nil else { throw .malformed }
    }
    let place = try Place.find(try Place.segments(of: request.path), in: world)
    switch request.method {
    case "GET": return .reply(try get(place, query: request.query))
    case "PATCH": return .reply(try patch(place, body.members ?? []))
    case "PUT": return .reply(try put(place, body.members ?? []))
    case "DELETE": return .reply(try delete(place))
    case "POST": return try post(place, body)
    default: throw .noCommand
    }
  }

  func require(_ policy: String, or refusal: Refusal = .notPermitted) throws(Refusal) {
    guard user.policies.contains(policy) else { throw refusal }
  }

  // MARK: Finding records

  /// The record that a path names.
  private func record(_ word: String, of table: Table) throws(Refusal) -> Row {
    if word.hasPrefix("*") {
      guard !world.isBooting, let row = table.row(id: word) else { throw .notFound }
      return row
    }
    guard table.isNamed else { throw .noPrefix }
    guard !world.isBooting, let row = table.row(named: word) else { throw .noDirectory(word) }
    return row
  }

  /// The records that `.id` or `numbers` names, separated by commas.
  func records(_ members: [JSON.Member], of table: Table) throws(Refusal) -> [Row] {
    guard let list = members.last(where: { $0.key == ".id" || $0.key == "numbers" }) else {
      throw .noID
    }
    guard let text = list.value.text, !text.isEmpty else { throw .noID }
    var rows: [Row] = []
    for word in text.split(separator: ",").map(String.init) {
      guard !world.isBooting,
        let row = word.hasPrefix("*") ? table.row(id: word) : table.row(named: word)
      else { throw .notFound }
      rows.append(row)
    }
    return rows
  }

  // MARK: Reading

  private func get(_ place: Place, query: Substring) throws(Refusal) -> Reply {
    let filter = try Filter.parse(query: query, plusIsSpace: world.switches.plusIsSpace)
    switch place {
    case .table(let table):
      try require("read")
      return .ok(.array(list(table, filter, keepingID: true)))
    case .record(let table, let word):
      let row = try record(word, of: table)
      try require("read")
      return .ok(filter.project(world.rendered(row, of: table), keepingID: false))
    case .singleton(let path, nil):
      try require("read")
      return .ok(filter.project(world.singleton(path) ?? [:], keepingID: false))
    case .singleton, .command, .queueMonitor, .execute: throw .noCommand
    }
  }

  func list(_ table: Table, _ filter: Filter, keepingID: Bool) -> [JSON] {
    if world.isBooting { return [] }
    if world.switches.commentQuery == .empty,
      filter.equals.contains(where: { $0.name == "comment" })
    {
      return []
    }
    return table.rows.map { world.rendered($0, of: table) }
      .filter(filter.matches)
      .map { filter.project($0, keepingID: keepingID) }
  }

  // MARK: Writing

  private func patch(_ place: Place, _ body: [JSON.Member]) throws(Refusal) -> Reply {
    guard case .record(let table, let word) = place else { throw .noCommand }
    guard table.commands.contains("set") else { throw .masked }
    let row: Row
    do throws(Refusal) {
      row = try record(word, of: table)
    } catch {
      if error == .notFound, world.switches.patchUnknownID == .noSuchItem {
        throw .bad("no such item")
      }
      throw error
    }
    try require("write", or: .masked)
    do throws(Refusal) {
      try change([row], of: table, body)
    } catch {
      // Through a name RouterOS hides the reason.
      throw word.hasPrefix("*") ? error : .masked
    }
    return .ok(.sorted(world.rendered(row, of: table)))
  }

  /// Checks all values before it writes any.
  func change(
    _ rows: [Row], of table: Table, _ members: [JSON.Member]
  ) throws(Refusal) {
    var values: [String: String] = [:]
    for member in members where member.key != ".id" && member.key != "numbers" {
      values[member.key] = try normalised(member, of: table)
    }
    if let name = values["name"], let taken = table.row(named: name),
      rows.contains(where: { $0 !== taken })
    {
      throw .bad("failure: already have such name")
    }
    if withholdsWrites { return }
    for row in rows { world.set(row, to: values) }
  }

  private func normalised(
    _ member: JSON.Member, of table: Table
  ) throws(Refusal) -> String {
    guard let property = table.properties[member.key] else {
      throw .unknown(parameter: member.key)
    }
    return try property.normalised(member.value, argument: member.key, in: world)
  }

  private func put(_ place: Place, _ body: [JSON.Member]) throws(Refusal) -> Reply {
    guard case .table(let table) = place, table.commands.contains("add") else {
      throw .noCommand
    }
    try require("write")
    let row = try add(body, to: table)
    var reply = Reply(status: 201, json: .sorted(world.rendered(row, of: table)))
    reply.headers.append(("Location", "/rest/\(table.path)/\(row.id)"))
    return reply
  }

  func add(_ members: [JSON.Member], to table: Table) throws(Refusal) -> Row {
    var values: [String: String] =
      switch table.path {
      case "queue/tree": QueueMenus.newQueue
      case "queue/type": [:]
      default: Firewall.newRule
      }
    for member in members { values[member.key] = try normalised(member, of: table) }
    if table.isNamed {
      guard let name = values["name"] else { throw .bad("missing =name=") }
      guard table.row(named: name) == nil else { throw .bad("failure: already have such name") }
    }
    if values["kind"] == "cake" { values.merge(QueueMenus.cakeDefaults) { own, _ in own } }
    let flow = table === world.queues ? Flow(pinned: Statistics()) : nil
    let row = Row(id: table.freshID(), values: values, flow: flow)
    if !withholdsWrites {
      table.rows.append(row)
      world.wroteFlash()
    }
    return row
  }

  private func delete(_ place: Place) throws(Refusal) -> Reply {
    guard case .record(let table, let word) = place, table.commands.contains("remove") else {
      throw .noCommand
    }
    let row = try record(word, of: table)
    try require("write", or: .masked)
    try remove([row], from: table)
    return Reply(status: 204)
  }

  func remove(_ rows: [Row], from table: Table) throws(Refusal) {
    guard rows.allSatisfy({ $0.values["dynamic"] != "true" && $0.values["default"] != "true" })
    else { throw .masked }
    if withholdsWrites { return }
    table.rows.removeAll { row in rows.contains { $0 === row } }
    // What the router tracks is no setting.
    if table !== world.connections { world.wroteFlash() }
  }
}
