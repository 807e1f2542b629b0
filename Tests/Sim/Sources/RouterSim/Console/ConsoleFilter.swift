import Glibc

/// Which records `find` and `print where` mean: conditions that all must hold, or with `or` any.
struct ConsoleFilter {
  private indirect enum Condition {
    case compare(name: String, sign: String, value: String)
    case flag(name: String, wanted: Bool)
    case any([[Condition]])
  }

  private let root: Condition

  /// - Parameter tokens: What stands behind `find`, with or without `where`.
  init(_ tokens: some Collection<ConsoleToken>) throws(ConsoleFailure) {
    root = try Self.alternatives(Array(tokens))
  }

  private static func alternatives(
    _ tokens: [ConsoleToken]
  ) throws(ConsoleFailure) -> Condition {
    var groups: [[Condition]] = [[]]
    for token in tokens {
      switch token {
      case .word(let word):
        switch word.name {
        case "where", "and", "&&": continue
        case "or", "||": groups.append([])
        case let name? where name.hasPrefix("!"):
          groups[groups.count - 1].append(.flag(name: String(name.dropFirst()), wanted: false))
        case let name?: groups[groups.count - 1].append(.flag(name: name, wanted: true))
        case nil:
          guard let comparison = word.comparison, word.argument == nil else {
            throw .endExpected(word.column)
          }
          groups[groups.count - 1].append(
            .compare(name: comparison.name, sign: comparison.sign, value: comparison.value))
        }
      case .expression(let inner, _):
        groups[groups.count - 1].append(try alternatives(inner))
      case .group(_, let column): throw .endExpected(column)
      case .end: throw .syntax(1)
      }
    }
    return .any(groups)
  }

  /// - Parameters:
  ///   - values: The record as it reads back.
  ///   - table: Whose properties say how a value may also be written.
  func matches(_ values: [String: String], of table: Table) -> Bool {
    Self.holds(root, values, table)
  }

  private static func holds(
    _ condition: Condition, _ values: [String: String], _ table: Table
  ) -> Bool {
    switch condition {
    case .any(let groups):
      groups.contains { $0.allSatisfy { holds($0, values, table) } }
    case .flag(let name, let wanted): (values[name] == "true") == wanted
    case .compare(let name, "~", let pattern):
      values[name].map { contains(pattern, in: $0) } ?? false
    case .compare(let name, let sign, let wanted):
      equals(values[name], wanted, table.properties[name]) == (sign == "=")
    }
  }

  private static func equals(_ found: String?, _ wanted: String, _ property: Property?) -> Bool {
    switch wanted {
    case "yes", "true": return found == "true" || found == "yes" || found == wanted
    case "no", "false": return ["true", "yes"].contains(found) == false
    default: break
    }
    if case .rate? = property, let rate = Text.rate(wanted) { return found == String(rate) }
    return (found ?? "") == wanted
  }

  /// Whether a POSIX regular expression, as RouterOS has them, is found; a broken one never is.
  static func contains(_ pattern: String, in text: String) -> Bool {
    var expression = regex_t()
    guard regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
    defer { regfree(&expression) }
    return regexec(&expression, text, 0, nil, 0) == 0
  }
}
