import Foundation

/// Reads a JSON text into the values that `JSONSerialization` gives, with two differences: every
/// number is the double nearest to its text (`JSONSerialization` may be some units of the last
/// place off, too much where bits are compared), and `12` and `12.0` stay apart as `NSNumber`s of
/// an integer and of a double.
struct VectorJSON {
  private let bytes: [UInt8]
  private var index = 0

  /// The value of the whole text; nil when it is no JSON.
  static func value(of text: some StringProtocol) -> Any? {
    var reader = VectorJSON(bytes: Array(text.utf8))
    guard let value = reader.value() else { return nil }
    reader.skipBlanks()
    return reader.index == reader.bytes.count ? value : nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[index...].starts(with: wanted) else { return false }
    index += wanted.count
    return true
  }

  private mutating func value() -> Any? {
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return array()
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "t"): return skip("true") ? NSNumber(value: true) : nil
    case UInt8(ascii: "f"): return skip("false") ? NSNumber(value: false) : nil
    case UInt8(ascii: "n"): return skip("null") ? NSNull() : nil
    default: return number()
    }
  }

  private mutating func object() -> Any? {
    var result: [String: Any] = [:]
    index += 1
    skipBlanks()
    if skip("}") { return result }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\""), let key = string() else { return nil }
      skipBlanks()
      guard skip(":"), let value = value() else { return nil }
      result[key] = value
      skipBlanks()
      if skip("}") { return result }
      guard skip(",") else { return nil }
    }
  }

  private mutating func array() -> Any? {
    var result: [Any] = []
    index += 1
    skipBlanks()
    if skip("]") { return result }
    while true {
      guard let value = value() else { return nil }
      result.append(value)
      skipBlanks()
      if skip("]") { return result }
      guard skip(",") else { return nil }
    }
  }

  private mutating func number() -> Any? {
    let start = index
    while let byte = next, !Set(",]} \n\r\t".utf8).contains(byte) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if let whole = Int(text) { return NSNumber(value: whole) }
    return Double(text).map { NSNumber(value: $0) }
  }

  private mutating func string() -> String? {
    index += 1
    var text: [UInt8] = []
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text += Array(String(scalar).utf8)
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let byte = next else { return nil }
    index += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "u"):
      guard let unit = hexUnit() else { return nil }
      guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
      guard skip("\\u"), let low = hexUnit(), UTF16.isTrailSurrogate(low) else { return "\u{FFFD}" }
      return UTF16.decode(UTF16.EncodedScalar([unit, low]))
    default: return Unicode.Scalar(byte)
    }
  }

  private mutating func hexUnit() -> UInt16? {
    guard index + 4 <= bytes.count else { return nil }
    defer { index += 4 }
    return UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
  }
}
