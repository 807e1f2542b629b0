/// What a command in brackets results in.
enum ConsoleValue {
  case nothing
  case text(String)
  /// Ids of records.
  case items([Row])
  /// Records, as `print as-value` gives them.
  case records([[String: String]])

  /// As `:put` shows it.
  var shown: String {
    switch self {
    case .nothing: ""
    case .text(let text): text
    case .items(let rows): rows.map(\.id).joined(separator: ";")
    case .records(let records):
      records.map { record in
        Self.ordered(record).map { "\($0.key)=\($0.value)" }.joined(separator: ";")
      }.joined(separator: ";")
    }
  }

  /// As `:len` counts it.
  var length: Int {
    switch self {
    case .nothing: 0
    case .text(let text): text.utf8.count
    case .items(let rows): rows.count
    case .records(let records): records.count
    }
  }

  /// As `:serialize to=json` writes it: here, unlike in REST, numbers and truth values are no text.
  var json: JSON {
    switch self {
    case .nothing: return ""
    case .text(let text): return Self.native(text)
    case .items(let rows): return .array(rows.map { .string($0.id) })
    case .records(let records):
      return .array(
        records.map { record in
          .object(
            Self.ordered(record).map {
              JSON.Member(key: $0.key, value: Self.native($0.value))
            })
        })
    }
  }

  private static func ordered(_ record: [String: String]) -> [(key: String, value: String)] {
    record.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  private static func native(_ text: String) -> JSON {
    switch text {
    case "true": true
    case "false": false
    default: Int64(text).map { String($0) == text ? .int($0) : .string(text) } ?? .string(text)
    }
  }
}
