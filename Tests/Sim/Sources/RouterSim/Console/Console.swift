/// The part of RouterOS's console language that controllers of queues use: a menu with blanks or
/// slashes, a command, `[find …]`; `:put` of what a command in brackets results in; all that chained
/// by `;`, up to the first error, whose text ends the output.
struct Console {
  let world: World
  /// Whose rights count.
  var user = User.administrator
  var withholdsWrites = false
  /// What a fault makes of the values of a record.
  var adjust: ([String: String]) -> [String: String] = { $0 }
  /// Errors tell the place, as those of `/rest/execute` do.
  var namesPlaces = false

  /// A menu and a command of it, with what follows.
  private struct Address {
    var path: String
    var verb: String
    var column: Int
    var arguments: ArraySlice<ConsoleToken>
  }

  /// What the line prints; lines end with CRLF, but for the last when nothing more follows.
  func run(_ line: String) -> String {
    var output = ""
    func add(_ text: String) {
      if !output.isEmpty && !output.hasSuffix("\r\n") { output += "\r\n" }
      output += text
    }
    do throws(ConsoleFailure) {
      for command in try ConsoleReader.read(line).split(whereSeparator: \.isEnd) {
        if let text = try execute(command) { add(text) }
      }
    } catch {
      add(error.text)
    }
    return output
  }

  private func execute(_ command: ArraySlice<ConsoleToken>) throws(ConsoleFailure) -> String? {
    if command.first?.word?.name == ":put" {
      guard let operand = command.dropFirst().first else { throw .missing("message") }
      if let rest = command.dropFirst(2).first { throw .endExpected(rest.column) }
      return try value(of: operand).shown
    }
    guard let address = try address(command) else { return nil }
    if address.verb == "print" { return try printed(address) }
    _ = try result(of: address)
    return nil
  }

  // MARK: Values

  private func value(of token: ConsoleToken) throws(ConsoleFailure) -> ConsoleValue {
    switch token {
    case .word(let word): return .text(word.text)
    case .group(let inner, _): return try evaluate(inner[...])
    case .expression(let inner, let column): return try concatenation(inner, column)
    case .end: return .nothing
    }
  }

  /// `a . b . c`
  private func concatenation(
    _ tokens: [ConsoleToken], _ column: Int
  ) throws(ConsoleFailure) -> ConsoleValue {
    var text = ""
    var wantsOperand = true
    for token in tokens {
      if !wantsOperand {
        guard token.word?.name == "." else { throw .syntax(token.column) }
      } else {
        text += try value(of: token).shown
      }
      wantsOperand.toggle()
    }
    guard !wantsOperand else { throw .syntax(column) }
    return .text(text)
  }

  private func evaluate(
    _ command: ArraySlice<ConsoleToken>
  ) throws(ConsoleFailure) -> ConsoleValue {
    let rest = command.dropFirst()
    switch command.first?.word?.name {
    case ":len":
      guard let operand = rest.first else { throw .missing("value") }
      return .text(String(try value(of: operand).length))
    case ":serialize":
      guard rest.contains(where: { $0.word?.text == "to=json" }) else { throw .missing("to") }
      guard let word = rest.lazy.compactMap(\.word).first(where: { $0.comparison?.name == "value" })
      else { throw .missing("value") }
      let value: ConsoleValue
      if let argument = word.argument {
        value = try evaluate(argument[...])
      } else {
        value = .text(word.comparison?.value ?? "")
      }
      return .text(value.json.encoded)
    default:
      guard let address = try address(command) else { return .nothing }
      return try result(of: address)
    }
  }

  // MARK: Menus

  /// Nil for a menu without a command, which would be entered and left again.
  private func address(
    _ command: ArraySlice<ConsoleToken>
  ) throws(ConsoleFailure) -> Address? {
    let menus = world.menus.map { $0.split(separator: "/") }
    var path: [Substring] = []
    for (index, token) in zip(command.indices, command) {
      guard let word = token.word, let name = word.name else { throw .endExpected(token.column) }
      for piece in name.split(separator: "/") {
        let offset = name.distance(from: name.startIndex, to: piece.startIndex)
        if menus.contains(where: { $0.starts(with: path + [piece]) }) {
          path.append(piece)
          continue
        }
        let menu = path.joined(separator: "/")
        guard piece.endIndex == name.endIndex, world.menus.contains(menu),
          knows(String(piece), in: menu)
        else { throw .badCommand(String(piece), word.column + offset) }
        return Address(
          path: menu, verb: String(piece), column: word.column + offset,
          arguments: command[(index + 1)...])
      }
    }
    return nil
  }

  private func knows(_ verb: String, in menu: String) -> Bool {
    guard let table = world.table(menu) else { return ["print", "get", "set"].contains(verb) }
    return ["print", "get", "find"].contains(verb) || table.commands.contains(verb)
  }

  private func require(_ policy: String) throws(ConsoleFailure) {
    guard user.policies.contains(policy) else {
      throw ConsoleFailure(text: "not enough permissions (9)")
    }
  }

  // MARK: Commands

  private func result(of address: Address) throws(ConsoleFailure) -> ConsoleValue {
    guard let table = world.table(address.path) else { return try singleton(address) }
    switch address.verb {
    case "find": return .items(try find(address.arguments, in: table))
    case "get": return try get(address, in: table)
    case "print":
      let request = try PrintRequest(address.arguments)
      return .records(try rows(request, of: table).map { asValue($0.row, request, of: table) })
    default:
      try require("write")
      try change(address, in: table)
      return .nothing
    }
  }

  private func values(of row: Row, in table: Table) -> [String: String] {
    adjust(world.rendered(row, of: table))
  }

  private func find(
    _ tokens: ArraySlice<ConsoleToken>, in table: Table
  ) throws(ConsoleFailure) -> [Row] {
    try require("read")
    let filter = try ConsoleFilter(tokens)
    return world.isBooting
      ? [] : table.rows.filter { filter.matches(world.rendered($0, of: table), of: table) }
  }

  /// The records that a command is for.
  private func target(
    _ token: ConsoleToken?, in table: Table
  ) throws(ConsoleFailure) -> [Row] {
    switch token {
    case .group(let inner, let column):
      guard inner.first?.word?.name == "find" else {
        throw .at(column, "expected command name")
      }
      return try find(inner[1...], in: table)
    case .word(let word):
      if let argument = word.argument, word.comparison?.name == "numbers" {
        return try target(.group(argument, column: word.column), in: table)
      }
      let names = word.comparison.map { $0.name == "numbers" ? $0.value : "" } ?? word.text
      var rows: [Row] = []
      for name in names.split(separator: ",").map(String.init) {
        guard let row = row(name, of: table) else { throw .noItem }
        rows.append(row)
      }
      return rows
    case .expression(_, let column): throw .at(column, "expected command name")
    case .end, nil: throw .missing("numbers")
    }
  }

  /// By id, name, or place in the list.
  private func row(_ name: String, of table: Table) -> Row? {
    if world.isBooting { return nil }
    if name.hasPrefix("*") { return table.row(id: name) }
    if let row = table.row(named: name) { return row }
    return Int(name).flatMap { table.rows.indices.contains($0) ? table.rows[$0] : nil }
  }

  private func get(_ address: Address, in table: Table) throws(ConsoleFailure) -> ConsoleValue {
    try require("read")
    let rows = try target(address.arguments.first, in: table)
    guard let row = rows.first else { throw .noItem }
    guard rows.count == 1 else {
      throw ConsoleFailure(text: "invalid internal item number")
    }
    let rest = address.arguments.dropFirst()
    if let more = rest.dropFirst().first { throw .endExpected(more.column) }
    let values = values(of: row, in: table)
    guard let word = rest.first?.word else { return .records([values]) }
    let property = word.comparison.map { $0.name == "value-name" ? $0.value : "" } ?? word.text
    if let value = values[property] { return .text(value) }
    guard let known = table.properties[property] else {
      guard table.rows.contains(where: { world.rendered($0, of: table)[property] != nil }) else {
        throw ConsoleFailure(text: "input does not match any value of value-name")
      }
      return .text("")
    }
    if case .flag = known { return .text("false") }
    return .text("")
  }

  private func change(_ address: Address, in table: Table) throws(ConsoleFailure) {
    let executor = Executor(world: world, user: user, withholdsWrites: withholdsWrites)
    switch address.verb {
    case "add":
      let members = try members(address.arguments, of: table)
      try refused(address, members) { () throws(Refusal) in _ = try executor.add(members, to: table)
      }
    case "reset-counters-all":
      if !withholdsWrites { table.rows.forEach(world.resetCounters) }
    default:
      let rows = try target(address.arguments.first, in: table)
      let rest = address.arguments.dropFirst()
      if address.verb != "set", let more = rest.first { throw .endExpected(more.column) }
      var members = try members(rest, of: table)
      switch address.verb {
      case "remove":
        return try refused(address, members) { () throws(Refusal) in
          try executor.remove(rows, from: table)
        }
      case "reset-counters":
        if !withholdsWrites { rows.forEach(world.resetCounters) }
        return
      case "enable", "disable":
        members = [.init(key: "disabled", value: address.verb == "disable" ? "true" : "false")]
      case "set": break
      default: throw .badCommand(address.verb, address.column)
      }
      try refused(address, members) { () throws(Refusal) in
        try executor.change(rows, of: table, members)
      }
    }
  }

  private func members(
    _ tokens: ArraySlice<ConsoleToken>, of table: Table
  ) throws(ConsoleFailure) -> [JSON.Member] {
    var members: [JSON.Member] = []
    for token in tokens {
      guard let comparison = token.word?.comparison, comparison.sign == "=",
        table.properties[comparison.name] != nil
      else { throw .endExpected(token.column) }
      members.append(.init(key: comparison.name, value: .string(comparison.value)))
    }
    return members
  }

  private func refused(
    _ address: Address, _ members: [JSON.Member], _ body: () throws(Refusal) -> Void
  ) throws(ConsoleFailure) {
    do throws(Refusal) {
      try body()
    } catch {
      let text = error.detail ?? "failure"
      guard namesPlaces else { throw ConsoleFailure(text: text) }
      let argument = members.first { text.hasSuffix(" \($0.key)") || text.contains(" \($0.key) ") }
      let place = argument.map { " (\($0.key))" } ?? ""
      throw ConsoleFailure(text: "\(text) (/\(address.path)/\(address.verb)\(place); line 1)")
    }
  }

  /// A menu that is one record.
  private func singleton(_ address: Address) throws(ConsoleFailure) -> ConsoleValue {
    switch address.verb {
    case "get":
      try require("read")
      let values = world.singleton(address.path) ?? [:]
      guard let word = address.arguments.first?.word else { return .records([values]) }
      let property = word.comparison.map { $0.name == "value-name" ? $0.value : "" } ?? word.text
      guard let value = values[property] else {
        throw ConsoleFailure(text: "input does not match any value of value-name")
      }
      return .text(value)
    case "set":
      try require("write")
      for token in address.arguments {
        guard let comparison = token.word?.comparison, address.path == "system/identity",
          comparison.name == "name"
        else { throw .endExpected(token.column) }
        if !withholdsWrites { world.identity = comparison.value }
      }
      return .nothing
    default:
      try require("read")
      return .records([world.singleton(address.path) ?? [:]])
    }
  }

  // MARK: Print

  private func rows(
    _ request: PrintRequest, of table: Table
  ) throws(ConsoleFailure) -> [(index: Int, row: Row)] {
    try require("read")
    let filter = try ConsoleFilter(request.conditions)
    if world.isBooting { return [] }
    return table.rows.enumerated().filter {
      filter.matches(world.rendered($0.element, of: table), of: table)
    }.map { (index: $0.offset, row: $0.element) }
  }

  private func asValue(
    _ row: Row, _ request: PrintRequest, of table: Table
  ) -> [String: String] {
    let values = values(of: row, in: table)
    if request.hasStatistics { return values }
    return values.filter { !PrintLayout.statistics.contains($0.key) }
  }

  private func printed(_ address: Address) throws(ConsoleFailure) -> String {
    guard let table = world.table(address.path) else {
      if let more = address.arguments.first(where: { $0.word?.name != "without-paging" }) {
        throw .endExpected(more.column)
      }
      try require("read")
      return PrintLayout.singleton(world.singleton(address.path) ?? [:])
    }
    let request = try PrintRequest(address.arguments)
    let rows = try rows(request, of: table)
    // Such a value goes nowhere without `:put`.
    if request.isValue { return "" }
    if request.countsOnly { return String(rows.count) }
    let layout = PrintLayout(table: table, request: request, switches: world.switches)
    return layout.text(
      of: rows.map {
        .init(index: $0.index, id: $0.row.id, values: values(of: $0.row, in: table))
      })
  }
}

extension ConsoleToken {
  var isEnd: Bool {
    if case .end = self { return true }
    return false
  }
}
