/// Why a line of the console does not go on, in RouterOS's words.
struct ConsoleFailure: Error, Equatable {
  var text: String

  static func at(_ column: Int, _ text: String) -> ConsoleFailure {
    ConsoleFailure(text: "\(text) (line 1 column \(column))")
  }
  static func syntax(_ column: Int) -> ConsoleFailure { .at(column, "syntax error") }
  static func endExpected(_ column: Int) -> ConsoleFailure {
    .at(column, "expected end of command")
  }
  static func badCommand(_ name: String, _ column: Int) -> ConsoleFailure {
    .at(column, "bad command name \(name)")
  }
  static let noItem = ConsoleFailure(text: "no such item")
  static func missing(_ argument: String) -> ConsoleFailure {
    ConsoleFailure(text: "missing value(s) of argument(s) \(argument)")
  }
}

/// A part of a line of the console.
indirect enum ConsoleToken {
  case word(ConsoleWord)
  /// A command in brackets; its result is the value.
  case group([ConsoleToken], column: Int)
  /// An expression in parentheses.
  case expression([ConsoleToken], column: Int)
  case end

  var column: Int {
    switch self {
    case .word(let word): word.column
    case .group(_, let column), .expression(_, let column): column
    case .end: 0
    }
  }

  var word: ConsoleWord? {
    if case .word(let word) = self { return word }
    return nil
  }
}

struct ConsoleWord {
  /// Without quotes and escapes.
  var text: String
  /// Where it begins, from 1.
  var column: Int
  /// It began with a quote, so it is no name of anything.
  var isQuoted = false
  /// Where `=`, `~` or `!=` is in the text, when it has one outside quotes.
  var comparison: (name: String, sign: String, value: String)?
  /// What stands in brackets behind the sign.
  var argument: [ConsoleToken]?

  /// A bare word that is nothing but a name.
  var name: String? { isQuoted || comparison != nil ? nil : text }
}

/// Takes a line of the console apart.
struct ConsoleReader {
  private let characters: [Character]
  private var index = 0
  private static let deepest = 16

  static func read(_ line: String) throws(ConsoleFailure) -> [ConsoleToken] {
    var reader = ConsoleReader(characters: Array(line))
    let tokens = try reader.tokens(depth: 0)
    guard reader.index == reader.characters.count else { throw .syntax(reader.index + 1) }
    return tokens
  }

  private init(characters: [Character]) {
    self.characters = characters
  }

  private var next: Character? { index < characters.count ? characters[index] : nil }

  private mutating func tokens(depth: Int) throws(ConsoleFailure) -> [ConsoleToken] {
    guard depth < Self.deepest else { throw .syntax(index + 1) }
    var found: [ConsoleToken] = []
    while let character = next {
      let column = index + 1
      switch character {
      case "]", ")": return found
      case "[":
        found.append(.group(try inner(closing: "]", depth: depth), column: column))
      case "(":
        found.append(.expression(try inner(closing: ")", depth: depth), column: column))
      case "{", "}": throw .syntax(column)
      case ";":
        index += 1
        found.append(.end)
      case _ where character.isWhitespace: index += 1
      default: found.append(.word(try word(depth: depth)))
      }
    }
    return found
  }

  private mutating func inner(
    closing: Character, depth: Int
  ) throws(ConsoleFailure) -> [ConsoleToken] {
    index += 1
    let tokens = try tokens(depth: depth + 1)
    guard next == closing else { throw .syntax(index + 1) }
    index += 1
    return tokens
  }

  private mutating func word(depth: Int) throws(ConsoleFailure) -> ConsoleWord {
    var word = ConsoleWord(text: "", column: index + 1, isQuoted: next == "\"")
    var name: String?
    var sign = ""
    while let character = next, !character.isWhitespace, !";[]()".contains(character) {
      index += 1
      switch character {
      case "\"": word.text += try quoted(from: index)
      case "=" where name == nil && !word.text.isEmpty && !word.isQuoted,
        "~" where name == nil && !word.text.isEmpty && !word.isQuoted:
        name = word.text
        sign = String(character)
        if character == "=", word.text.last == "!" {
          name = String(word.text.dropLast())
          sign = "!="
        }
        word.text = ""
      default: word.text.append(character)
      }
    }
    if let name {
      if next == "[", word.text.isEmpty {
        word.argument = try inner(closing: "]", depth: depth)
      }
      word.comparison = (name, sign, word.text)
      word.text = name + sign + word.text
    }
    return word
  }

  private mutating func quoted(from start: Int) throws(ConsoleFailure) -> String {
    var text = ""
    while let character = next {
      index += 1
      switch character {
      case "\"": return text
      case "\\":
        guard let escaped = next else { throw .syntax(start) }
        index += 1
        switch escaped {
        case "n": text += "\n"
        case "r": text += "\r"
        case "t": text += "\t"
        default: text.append(escaped)
        }
      default: text.append(character)
      }
    }
    throw .syntax(start)
  }
}
