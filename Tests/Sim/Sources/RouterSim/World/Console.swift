/// The part of RouterOS's console language that scripts of a queue controller use: `set`, `get`,
/// `enable`, `disable`, `reset-counters`, `find`, `:len` and `:put`, chained by `;`. The chain stops
/// at the first error, whose text ends the output.
struct Console {
  let world: World
  /// Whose rights count; nil = nobody asks.
  var user: User?
  var withholdsWrites = false
  /// What a fault makes of the values of a record.
  var adjust: ([String: String]) -> [String: String] = { $0 }

  private struct Failure: Error { var text: String }

  func run(_ source: String) -> String {
    var output: [String] = []
    do throws(Failure) {
      for command in try split(try tokens(source)) {
        if let line = try execute(command) { output.append(line) }
      }
    } catch {
      output.append(error.text)
    }
    return output.joined(separator: "\r\n")
  }

  // MARK: Words

  private enum Token: Equatable {
    case word(String)
    case group([Token])
    case end
  }

  private func tokens(_ source: String) throws(Failure) -> [Token] {
    var rest = Substring(source)
    let tokens = try tokens(&rest, depth: 0)
    guard rest.isEmpty else { throw Failure(text: "syntax error (line 1 column 1)") }
    return tokens
  }

  private func tokens(_ rest: inout Substring, depth: Int) throws(Failure) -> [Token] {
    guard depth < 16 else { throw Failure(text: "syntax error (line 1 column 1)") }
    var found: [Token] = []
    var word: String?
    func flush() {
      if let text = word { found.append(.word(text)) }
      word = nil
    }
    while let character = rest.first {
      if character == "]" { break }
      rest.removeFirst()
      switch character {
      case " ", "\t", "\r", "\n": flush()
      case ";":
        flush()
        found.append(.end)
      case "[":
        flush()
        found.append(.group(try tokens(&rest, depth: depth + 1)))
        guard rest.popFirst() == "]" else {
          throw Failure(text: "syntax error (line 1 column 1)")
        }
      case "\"":
        var text = word ?? ""
        while let inner = rest.popFirst(), inner != "\"" {
          text.append(inner == "\\" ? rest.popFirst() ?? "\\" : inner)
        }
        word = text
      default: word = (word ?? "") + String(character)
      }
    }
    flush()
    return found
  }

  private func split(_ tokens: [Token]) throws(Failure) -> [[Token]] {
    tokens.split(separator: .end).map { Array($0) }
  }

  // MARK: Commands

  private func execute(_ command: [Token]) throws(Failure) -> String? {
    if command.first == .word(":put") {
      guard command.count == 2 else { throw Failure(text: "expected end of command") }
      switch command[1] {
      case .word(let text): return text
      case .group(let inner): return try evaluate(inner)
      case .end: return nil
      }
    }
    let (table, verb, arguments) = try address(command)
    switch verb {
    case "set": try set(table, arguments)
    case "enable", "disable":
      for row in try target(arguments.first, in: table) {
        write(row, ["disabled": verb == "disable" ? "true" : "false"])
      }
    case "reset-counters":
      for row in try target(arguments.first, in: table) where !withholdsWrites {
        world.resetCounters(of: row)
      }
    default: throw Failure(text: "bad command name \(verb) (line 1 column 1)")
    }
    return nil
  }

  private func evaluate(_ group: [Token]) throws(Failure) -> String {
    if group.first == .word(":len"), group.count == 2, case .group(let inner) = group[1] {
      let (table, verb, arguments) = try address(inner)
      guard verb == "find" else { throw Failure(text: "bad command name \(verb)") }
      return String(try find(table, arguments).count)
    }
    let (table, verb, arguments) = try address(group)
    switch verb {
    case "find": return try find(table, arguments).map(\.id).joined(separator: ";")
    case "get":
      guard let row = try target(arguments.first, in: table).first else {
        throw Failure(text: "no such item")
      }
      guard arguments.count == 2, case .word(let property) = arguments[1] else {
        throw Failure(text: "missing value(s) of argument(s) value-name")
      }
      let values = world.rendered(row, of: table)
      guard let value = values[property] else {
        throw Failure(text: "input does not match any value of value-name")
      }
      return value
    default: throw Failure(text: "bad command name \(verb) (line 1 column 1)")
    }
  }

  /// The menu and verb that begin a command, with blanks or slashes between them.
  private func address(_ command: [Token]) throws(Failure) -> (Table, String, [Token]) {
    var path: [String] = []
    for (index, token) in command.enumerated() {
      guard case .word(let word) = token else { break }
      path += word.split(separator: "/").map(String.init)
      let menu = path.dropLast().joined(separator: "/")
      if let verb = path.last, let table = world.tables.first(where: { $0.path == menu }) {
        return (table, verb, Array(command.dropFirst(index + 1)))
      }
    }
    throw Failure(text: "bad command name \(path.first ?? "") (line 1 column 1)")
  }

  private func target(_ token: Token?, in table: Table) throws(Failure) -> [Row] {
    switch token {
    case .group(let inner):
      guard inner.first == .word("find") else {
        throw Failure(text: "expected command name")
      }
      return try find(table, Array(inner.dropFirst()))
    case .word(let word):
      guard let row = word.hasPrefix("*") ? table.row(id: word) : table.row(named: word) else {
        throw Failure(text: "no such item")
      }
      return [row]
    case .end, nil: throw Failure(text: "missing value(s) of argument(s) numbers")
    }
  }

  private func find(_ table: Table, _ arguments: [Token]) throws(Failure) -> [Row] {
    var rows = table.rows
    for argument in arguments {
      guard case .word(let word) = argument,
        let operation = word.firstIndex(where: { $0 == "=" || $0 == "~" })
      else { throw Failure(text: "expected end of command") }
      let name = String(word[..<operation])
      let wanted = String(word[word.index(after: operation)...])
      rows = rows.filter { row in
        let found = world.rendered(row, of: table)[name]
        switch (word[operation], wanted) {
        case ("~", _): return found?.contains(wanted) ?? false
        case (_, "yes"): return found == "true"
        case (_, "no"): return found != "true"
        default: return found == wanted
        }
      }
    }
    return rows
  }

  private func set(_ table: Table, _ arguments: [Token]) throws(Failure) {
    let rows = try target(arguments.first, in: table)
    var values: [String: String] = [:]
    for argument in arguments.dropFirst() {
      guard case .word(let word) = argument, let equals = word.firstIndex(of: "=") else {
        throw Failure(text: "expected end of command")
      }
      let name = String(word[..<equals])
      guard let property = table.properties[name] else {
        throw Failure(text: "expected end of command")
      }
      let place = " (/\(table.path)/set (\(name)); line 1)"
      do throws(Refusal) {
        values[name] = try property.normalised(
          .string(String(word[word.index(after: equals)...])), argument: name, in: world)
      } catch {
        throw Failure(text: (error.detail ?? "failure") + place)
      }
    }
    for row in rows { write(row, values) }
  }

  private func write(_ row: Row, _ values: [String: String]) {
    if !withholdsWrites { world.set(row, to: values) }
  }
}
