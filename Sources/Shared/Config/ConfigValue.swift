public import Model

/// A value of the effective configuration. Whole numbers and numbers with a point stay apart, as
/// the file had them: texts of the history depend on it.
public indirect enum ConfigValue: Sendable, Equatable {
  case null
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case secret(Secret)
  case list([ConfigValue])
}

extension ConfigValue {
  /// As JSON. Of a secret only whether there is one.
  func write(to json: inout JSONWriter) {
    switch self {
    case .null: json.null()
    case .flag(let flag): json.bool(flag)
    case .integer(let integer): json.integer(integer)
    case .number(let number): json.literal(number.isFinite ? shortest(number) : "null")
    case .text(let text): json.string(text)
    case .secret(let secret): json.string(secret.isEmpty ? "" : secret.description)
    case .list(let items):
      json.beginArray()
      for item in items { item.write(to: &json) }
      json.endArray()
    }
  }
}

extension ConfigValue: CustomStringConvertible {
  /// For people: `45.0`, `rest`, `1.1.1.1, 8.8.8.8`, `(hidden)`.
  public var description: String {
    switch self {
    case .null: "none"
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let integer): "\(integer)"
    case .number(let number): shortest(number)
    case .text(let text): text.isEmpty ? "\"\"" : text
    case .secret(let secret): secret.description
    case .list(let items):
      "[" + items.map(\.description).joined(separator: ", ") + "]"
    }
  }
}
