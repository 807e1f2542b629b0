/// Reads the values of one JSON text in the order in which they stand, without building a tree.
///
/// The reader of records is the hot path of `replay` and of pipelines, and its errors must name
/// the key; no decoder of the standard library does both. Input is bounds-checked, nesting is
/// limited, and whatever is not JSON by RFC 8259 is a fault.
struct JSONScanner {
  /// What is wrong, and below which keys; `path` is empty where the text itself is broken.
  struct Fault: Error {
    var path: [String] = []
    var message: String

    static let syntax = Fault(message: "not valid JSON")

    var isSyntax: Bool { message == Self.syntax.message }

    static func expected(_ kind: String) -> Fault { Fault(message: "expected \(kind)") }

    /// The same fault below `key`. Broken text stays broken text, wherever it is noticed.
    func below(_ key: String) -> Fault {
      isSyntax ? self : Fault(path: [key] + path, message: message)
    }
  }

  /// Arrays and objects within each other.
  static let maximumDepth = 64

  private let bytes: [UInt8]
  private var index = 0
  /// Nothing stands before the next member of the object or array under way.
  private var isFirst = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The byte that the next value begins with; nil at the end.
  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    index += 1
    return true
  }

  // MARK: Structure

  mutating func beginObject() throws(Fault) {
    try begin(UInt8(ascii: "{"), "an object")
  }

  mutating func beginArray() throws(Fault) {
    try begin(UInt8(ascii: "["), "an array")
  }

  private mutating func begin(_ bracket: UInt8, _ kind: String) throws(Fault) {
    skipBlanks()
    guard skip(bracket) else { throw mismatch(kind) }
    isFirst = true
  }

  /// The key of the next member of the object under way, or nil at its end.
  mutating func nextKey() throws(Fault) -> String? {
    guard try nextMember(before: UInt8(ascii: "}")) else { return nil }
    guard next == UInt8(ascii: "\"") else { throw .syntax }
    let key = try quoted()
    skipBlanks()
    guard skip(UInt8(ascii: ":")) else { throw .syntax }
    return key
  }

  /// Whether the array under way has another element; the end is passed.
  mutating func nextElement() throws(Fault) -> Bool {
    try nextMember(before: UInt8(ascii: "]"))
  }

  private mutating func nextMember(before end: UInt8) throws(Fault) -> Bool {
    skipBlanks()
    let isFirst = isFirst
    self.isFirst = false
    if skip(end) { return false }
    if !isFirst {
      guard skip(UInt8(ascii: ",")) else { throw .syntax }
      skipBlanks()
    }
    return true
  }

  /// Nothing but blanks may follow.
  mutating func end() throws(Fault) {
    skipBlanks()
    guard next == nil else { throw .syntax }
  }

  // MARK: Values

  /// Passes a `null` if it is next.
  mutating func null() throws(Fault) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  mutating func bool() throws(Fault) -> Bool {
    skipBlanks()
    switch next {
    case UInt8(ascii: "t"):
      try word("true")
      return true
    case UInt8(ascii: "f"):
      try word("false")
      return false
    default: throw mismatch("true or false")
    }
  }

  /// Whether the next value is a text.
  var isText: Bool {
    mutating get {
      skipBlanks()
      return next == UInt8(ascii: "\"")
    }
  }

  mutating func string() throws(Fault) -> String {
    skipBlanks()
    guard next == UInt8(ascii: "\"") else { throw mismatch("a text") }
    return try quoted()
  }

  mutating func double() throws(Fault) -> Double {
    try number().value
  }

  /// A whole number; `12.0` and `12e3` are ones too.
  mutating func integer() throws(Fault) -> Int64 {
    guard let whole = try number().whole else {
      throw .expected("a whole number of at most 64 bits")
    }
    return whole
  }

  private mutating func number() throws(Fault) -> JSONNumber {
    skipBlanks()
    guard let first = next, JSONNumber.begins(with: first) else { throw mismatch("a number") }
    let start = index
    while let byte = next, JSONNumber.mayHold(byte) { index += 1 }
    guard let number = JSONNumber(bytes[start..<index]) else { throw .syntax }
    guard number.value.isFinite else { throw Fault(message: "the number is too large") }
    return number
  }

  /// Passes the next value, whatever it is.
  mutating func skipValue(depth: Int = 0) throws(Fault) {
    guard depth < Self.maximumDepth else { throw Fault(message: "nested too deeply") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"):
      try beginObject()
      while try nextKey() != nil { try skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try beginArray()
      while try nextElement() { try skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try quoted()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    case UInt8(ascii: "n"): _ = try null()
    default: _ = try double()
    }
  }

  /// Another kind of value than was expected, or none at all.
  private func mismatch(_ wanted: String) -> Fault {
    guard let next else { return .syntax }
    let isValue = JSONNumber.begins(with: next) || "{[\"tfn".utf8.contains(next)
    return isValue ? .expected(wanted) : .syntax
  }

  private mutating func word(_ word: StaticString) throws(Fault) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[offset] else { throw .syntax }
      index += 1
    }
  }

  // MARK: Texts

  /// The text whose opening quote is next.
  private mutating func quoted() throws(Fault) -> String {
    index += 1
    let start = index
    var bits: UInt8 = 0
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      bits |= byte
      index += 1
    }
    if next == UInt8(ascii: "\"") {
      defer { index += 1 }
      // Nearly every text is plain ASCII, which needs no validation.
      return bits < 0x80
        ? String(decoding: bytes[start..<index], as: UTF8.self) : try text(bytes[start..<index])
    }
    var unescaped = bytes[start..<index]
    while let byte = next, byte >= 0x20 {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(unescaped)
      case UInt8(ascii: "\\"): unescaped.append(contentsOf: String(try escaped()).utf8)
      default: unescaped.append(byte)
      }
    }
    throw .syntax
  }

  private func text(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .syntax }
    return text
  }

  /// The character of the escape whose backslash was passed.
  private mutating func escaped() throws(Fault) -> Unicode.Scalar {
    guard let byte = next else { throw .syntax }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try hexUnit()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      guard UTF16.isLeadSurrogate(unit), skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
        throw .syntax
      }
      let low = try hexUnit()
      guard UTF16.isTrailSurrogate(low) else { throw .syntax }
      return UTF16.decode(UTF16.EncodedScalar([unit, low]))
    default: throw .syntax
    }
  }

  private mutating func hexUnit() throws(Fault) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw .syntax
      }
      unit = unit << 4 | UInt16(digit)
      index += 1
    }
    return unit
  }
}
