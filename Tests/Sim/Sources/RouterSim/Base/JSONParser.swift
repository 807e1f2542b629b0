/// Reads one JSON value of RFC 8259 and nothing behind it. Nesting is bounded, so no input can
/// exhaust the stack.
struct JSONParser {
  struct Malformed: Error, Equatable {
    var offset: Int
  }

  private let bytes: [UInt8]
  private var index = 0
  private static let deepest = 64

  static func parse(_ bytes: [UInt8]) throws(Malformed) -> JSON {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipBlanks()
    guard parser.index == bytes.count else { throw parser.malformed }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var malformed: Malformed { Malformed(offset: index) }
  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { index += 1 }
  }

  private mutating func eat(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(Malformed) -> JSON {
    guard depth < Self.deepest else { throw malformed }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: String, _ value: JSON) throws(Malformed) -> JSON {
    guard bytes[index...].starts(with: text.utf8) else { throw malformed }
    index += text.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(Malformed) -> JSON {
    var members: [JSON.Member] = []
    index += 1
    skipBlanks()
    if eat("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw malformed }
      let key = try string()
      skipBlanks()
      guard eat(":") else { throw malformed }
      members.append(JSON.Member(key: key, value: try value(depth: depth + 1)))
      skipBlanks()
    } while eat(",")
    guard eat("}") else { throw malformed }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Malformed) -> JSON {
    var elements: [JSON] = []
    index += 1
    skipBlanks()
    if eat("]") { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
    } while eat(",")
    guard eat("]") else { throw malformed }
    return .array(elements)
  }

  private mutating func number() throws(Malformed) -> JSON {
    let start = index
    _ = eat("-")
    let leading = index
    guard digits() > 0 else { throw malformed }
    guard index - leading == 1 || bytes[leading] != UInt8(ascii: "0") else { throw malformed }
    if eat(".") {
      guard digits() > 0 else { throw malformed }
    }
    if eat("e") || eat("E") {
      _ = eat("+") || eat("-")
      guard digits() > 0 else { throw malformed }
    }
    return .number(String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func digits() -> Int {
    let start = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index - start
  }

  private mutating func string() throws(Malformed) -> String {
    var out: [UInt8] = []
    index += 1
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw malformed }
        return text
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<0x20: throw malformed
      default: out.append(byte)
      }
    }
    throw malformed
  }

  private mutating func escape(into out: inout [UInt8]) throws(Malformed) {
    guard let byte = next else { throw malformed }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0c)
    case UInt8(ascii: "n"): out.append(0x0a)
    case UInt8(ascii: "r"): out.append(0x0d)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code) {
        guard eat("\\"), eat("u") else { throw malformed }
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw malformed }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw malformed }
      out += String(Character(scalar)).utf8
    default: throw malformed
    }
  }

  private mutating func hexadecimal() throws(Malformed) -> UInt32 {
    guard index + 4 <= bytes.count else { throw malformed }
    let digits = bytes[index..<index + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw malformed }
    index += 4
    return code
  }
}
