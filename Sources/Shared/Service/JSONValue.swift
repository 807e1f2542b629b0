/// A JSON text as a tree, for files that another program or a crash may have left in any shape.
///
/// It takes what Python's `json` takes, because the original writes and reads the same files:
/// RFC 8259 and the literals `NaN`, `Infinity` and `-Infinity`; of a repeated key the last one
/// counts. `JSONDecoder` refuses those literals, and one of them must not cost the whole file.
enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits.
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Why a text is no JSON, and where.
  struct SyntaxError: Error, Equatable, CustomStringConvertible {
    /// Counted from 0.
    var byte: Int
    var message: String

    var description: String { "\(message) at byte \(byte)" }
  }

  /// Deeper nesting is refused: a reader that calls itself must not be led to overflow the stack.
  static let maximumDepth = 64

  init(parsing bytes: [UInt8]) throws(SyntaxError) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw SyntaxError(byte: 0, message: "the text is not UTF-8")
    }
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }

  /// The value as a number; nil for everything else, `true` and `"1"` included.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// What a message says was found.
  var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

/// Reads one document from front to back. The bytes are known to be UTF-8.
private struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONValue.SyntaxError) -> JSONValue {
    skipBlanks()
    let value = try value(depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw error("something follows the value") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONValue.SyntaxError) -> JSONValue {
    guard depth < JSONValue.maximumDepth else { throw error("nested too deeply") }
    guard let first = peek else { throw error("the text ends before its value") }
    switch first {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default: break
    }
    for (literal, value) in Self.literals where take(literal) { return value }
    return try number()
  }

  private static let literals: [(StaticString, JSONValue)] = [
    ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("NaN", .number(.nan)),
    ("Infinity", .number(.infinity)), ("-Infinity", .number(-.infinity)),
  ]

  private mutating func object(depth: Int) throws(JSONValue.SyntaxError) -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    skipBlanks()
    if take("}") { return .object(members) }
    while true {
      skipBlanks()
      guard peek == UInt8(ascii: "\"") else { throw error("expected a key") }
      let key = try string()
      skipBlanks()
      guard take(":") else { throw error("expected ':'") }
      skipBlanks()
      members[key] = try value(depth: depth + 1)
      skipBlanks()
      if take("}") { return .object(members) }
      guard take(",") else { throw error("expected ',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws(JSONValue.SyntaxError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipBlanks()
    if take("]") { return .array(elements) }
    while true {
      skipBlanks()
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if take("]") { return .array(elements) }
      guard take(",") else { throw error("expected ',' or ']'") }
    }
  }

  private mutating func number() throws(JSONValue.SyntaxError) -> JSONValue {
    let start = position
    _ = take("-")
    var isInteger = true
    guard take("0") || skipDigits() else { throw error("expected a value", at: start) }
    if take(".") {
      isInteger = false
      guard skipDigits() else { throw error("expected a digit") }
    }
    if take("e") || take("E") {
      isInteger = false
      _ = take("+") || take("-")
      guard skipDigits() else { throw error("expected a digit") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text) else { throw error("not a number", at: start) }
    return .number(value)
  }

  private mutating func string() throws(JSONValue.SyntaxError) -> String {
    position += 1
    var units: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"): units.append(contentsOf: try escaped().utf8)
      case 0..<0x20: throw error("a control character inside a text", at: position - 1)
      default: units.append(byte)
      }
    }
    throw error("the text ends inside a string")
  }

  private mutating func escaped() throws(JSONValue.SyntaxError) -> String {
    guard let byte = peek else { throw error("the text ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(UnicodeScalar(byte))
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [try hexadecimalUnit()]
      if UTF16.isLeadSurrogate(units[0]), take("\\u") { units.append(try hexadecimalUnit()) }
      // Half of a pair becomes U+FFFD.
      return String(decoding: units, as: UTF16.self)
    default: throw error("an unknown escape", at: position - 1)
    }
  }

  private mutating func hexadecimalUnit() throws(JSONValue.SyntaxError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits") }
    position += 4
    return unit
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard bytes.count - position >= length else { return false }
    for index in 0..<length where bytes[position + index] != text.utf8Start[index] { return false }
    position += length
    return true
  }

  private mutating func skipDigits() -> Bool {
    let start = position
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position > start
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private func error(_ message: String, at place: Int? = nil) -> JSONValue.SyntaxError {
    JSONValue.SyntaxError(byte: place ?? position, message: message)
  }
}
