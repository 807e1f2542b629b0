/// Writes one JSON text, compact and with the keys in the order in which they are written: the
/// order is part of our contracts, and no encoder of the standard library keeps it.
public struct JSONWriter: ~Copyable {
  /// Which characters are escaped.
  public enum Escaping: Sendable {
    /// UTF-8 as it is; only what JSON demands is escaped. For our records.
    case minimal
    /// Everything outside ASCII as `\uXXXX`, as the original's files have it.
    case ascii
  }

  private var bytes: [UInt8] = []
  private var needsComma = false
  private let escaping: Escaping

  public init(escaping: Escaping = .minimal, reserving capacity: Int = 256) {
    self.escaping = escaping
    bytes.reserveCapacity(capacity)
  }

  /// The text so far.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// How many bytes that are.
  public var count: Int { bytes.count }

  /// Hands out the bytes so far.
  public borrowing func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withUnsafeBufferPointer(body)
  }

  /// Begins anew and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Ends a line of a JSON Lines stream.
  public mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  public mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func string(_ value: String) {
    separate()
    quote(value)
    needsComma = true
  }

  public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  public mutating func null() { literal("null") }
  public mutating func integer(_ value: some BinaryInteger) { literal(String(value)) }

  /// The shortest text that reads back to the same double. JSON has no other numbers: what is not
  /// finite becomes null.
  public mutating func number(_ value: Double) {
    literal(value.isFinite ? shortest(value) : "null")
  }

  /// A time as Unix seconds with exactly six decimals.
  public mutating func time(_ value: UnixTime) {
    let (seconds, fraction) = value.rawValue.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    separate()
    if value.rawValue < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.append(contentsOf: String(seconds).utf8)
    bytes.append(UInt8(ascii: "."))
    var scale: UInt64 = 100_000
    while scale > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(fraction / scale % 10))
      scale /= 10
    }
    needsComma = true
  }

  /// Puts a text that is already JSON in the place of a value.
  public mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func quote(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    var value = value
    let isPlain = value.withUTF8 { text in
      guard text.allSatisfy(Self.standsForItself) else { return false }
      bytes.append(contentsOf: text)
      return true
    }
    if !isPlain { escapeScalars(of: value) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether a byte is the same in a JSON text under either escaping.
  private static func standsForItself(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func escapeScalars(of value: String) {
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": bytes.append(contentsOf: "\\\"".utf8)
      case "\\": bytes.append(contentsOf: "\\\\".utf8)
      case "\n": bytes.append(contentsOf: "\\n".utf8)
      case "\r": bytes.append(contentsOf: "\\r".utf8)
      case "\t": bytes.append(contentsOf: "\\t".utf8)
      case "\u{08}": bytes.append(contentsOf: "\\b".utf8)
      case "\u{0C}": bytes.append(contentsOf: "\\f".utf8)
      case _ where scalar.value < 0x20: escape(UInt16(scalar.value))
      case _ where escaping == .ascii && scalar.value > 0x7E:
        for unit in String(scalar).utf16 { escape(unit) }
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
  }

  private mutating func escape(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    bytes.append(contentsOf: "\\u".utf8)
    bytes.append(contentsOf: String(repeating: "0", count: 4 - digits.utf8.count).utf8)
    bytes.append(contentsOf: digits.utf8)
  }
}

extension JSONWriter {
  public mutating func field(_ name: String, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  public mutating func field(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }

  public mutating func field(_ name: String, _ value: Double?) {
    key(name)
    if let value { number(value) } else { null() }
  }

  public mutating func field(_ name: String, _ value: (some BinaryInteger)?) {
    key(name)
    if let value { integer(value) } else { null() }
  }

  public mutating func field(_ name: String, _ value: Milliseconds?) {
    field(name, value?.rawValue)
  }

  public mutating func field(_ name: String, _ value: BitsPerSecond?) {
    field(name, value?.rawValue)
  }

  public mutating func field(_ name: String, _ value: UnixTime) {
    key(name)
    time(value)
  }
}
