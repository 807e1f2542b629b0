/// The types that YAML 1.1 gives to scalars. The patterns are those of PyYAML's resolver, which
/// decide what a configuration file meant to the original.
enum YAMLResolver {
  /// Why a scalar has no value.
  enum Failure: Error, Equatable {
    case unknownTag(String)
    /// The text does not fit the type that its tag, or its prefix as in `0x_`, promises.
    case malformed(String)
    /// A bare `=` or `<<`, which YAML 1.1 gives a meaning that no value can have.
    case reserved
  }

  private static let standardTag = "tag:yaml.org,2002:"

  static func value(of text: String, isPlain: Bool, tag: String?) throws(Failure) -> YAMLValue {
    guard let tag, tag != "!" else { return isPlain ? try plain(text) : .text(text) }
    guard tag.hasPrefix(standardTag) else { throw .unknownTag(tag) }
    switch tag.dropFirst(standardTag.count) {
    case "str": return .text(text)
    case "null": return .null
    case "timestamp": return .date(text)
    case "binary": return .binary
    case "bool":
      guard let flag = flags[text.lowercased()] else { throw .malformed("truth value") }
      return .flag(flag)
    case "int":
      guard let integer = try integer(text) else { throw .malformed("whole number") }
      return .integer(integer)
    case "float":
      guard let number = number(text) ?? taggedNumber(text) else { throw .malformed("number") }
      return .number(number)
    default: throw .unknownTag(tag)
    }
  }

  static func plain(_ text: String) throws(Failure) -> YAMLValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "<<", "=": throw .reserved
    default: break
    }
    if let flag = flag(text) { return .flag(flag) }
    guard let first = text.utf8.first, isNumeric(first) else { return .text(text) }
    if let integer = try integer(text) { return .integer(integer) }
    if let number = number(text) { return .number(number) }
    return isDate(text) ? .date(text) : .text(text)
  }

  // MARK: Truth values

  private static let flags = [
    "yes": true, "true": true, "on": true, "no": false, "false": false, "off": false,
  ]

  /// Only three spellings of each word count: `yes`, `Yes`, `YES`.
  private static func flag(_ text: String) -> Bool? {
    guard text.utf8.count <= 5, let flag = flags[text.lowercased()] else { return nil }
    let rest = text.dropFirst()
    let isLower = text == text.lowercased()
    let isUpper = text == text.uppercased()
    let isCapital = rest == rest.lowercased()
    return isLower || isUpper || isCapital ? flag : nil
  }

  // MARK: Whole numbers

  /// `12`, `1_000`, `0x1F`, `0b11`, `017` (octal), `1:30` (base 60), each with an optional sign.
  private static func integer(_ text: String) throws(Failure) -> Int? {
    var scanner = ByteScanner(text)
    let isNegative = scanner.sign()
    let magnitude: Int
    if scanner.take("0b") {
      guard let digits = scanner.takeAll(of: "01_") else { return nil }
      magnitude = try saturating(digits, radix: 2)
    } else if scanner.take("0x") {
      guard let digits = scanner.takeAll(of: "0123456789abcdefABCDEF_") else { return nil }
      magnitude = try saturating(digits, radix: 16)
    } else if scanner.take("0") {
      let digits = scanner.takeAll(of: "01234567_")
      magnitude = digits == nil ? 0 : try saturating("0" + digits!, radix: 8)
    } else {
      guard let digits = scanner.takeAll(of: "0123456789_"), digits.first != "_" else { return nil }
      var sum = try saturating(digits, radix: 10)
      while let part = scanner.sexagesimal() {
        let (product, overflow) = sum.multipliedReportingOverflow(by: 60)
        let (next, carry) = product.addingReportingOverflow(part)
        sum = overflow || carry ? .max : next
      }
      magnitude = sum
    }
    guard scanner.isAtEnd else { return nil }
    return isNegative ? -magnitude : magnitude
  }

  private static func saturating(_ text: String, radix: Int) throws(Failure) -> Int {
    let digits = text.filter { $0 != "_" }
    if digits.isEmpty { throw .malformed("whole number") }
    return Int(digits, radix: radix) ?? .max
  }

  // MARK: Numbers with a point

  /// `1.5`, `.5`, `1.`, `1.0e+3`, `1_0.5`, `1:30.5`, `.inf`, `.nan`. An exponent needs both a point
  /// before it and a sign: `1e3` is a text.
  private static func number(_ text: String) -> Double? {
    switch text {
    case ".nan", ".NaN", ".NAN": return .nan
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
    case "-.inf", "-.Inf", "-.INF": return -.infinity
    default: break
    }
    var scanner = ByteScanner(text)
    let isNegative = scanner.sign()
    let isSigned = scanner.position > 0
    let whole = scanner.takeAll(of: "0123456789_")
    if whole?.first == "_" { return nil }
    var parts = [whole ?? "0"]
    while whole != nil, let part = scanner.sexagesimal() { parts.append(String(part)) }
    guard scanner.take(".") else { return nil }
    let fraction = scanner.takeAll(of: "0123456789_") ?? ""
    if whole == nil, isSigned || fraction.isEmpty || fraction.first == "_" { return nil }
    parts[parts.count - 1] += "." + fraction + "0"
    if parts.count == 1, let exponent = scanner.exponent() { parts[0] += exponent }
    guard scanner.isAtEnd else { return nil }
    var sum = 0.0
    var base = 1.0
    for part in parts.reversed() {
      guard let digits = Double(part.filter { $0 != "_" }) else { return nil }
      sum += digits * base
      base *= 60
    }
    return isNegative ? -sum : sum
  }

  /// What `!!float` also takes: `1e3`, `5`.
  private static func taggedNumber(_ text: String) -> Double? {
    let digits = text.filter { $0 != "_" }
    let allowed = digits.utf8.allSatisfy { Set("0123456789+-.eE".utf8).contains($0) }
    return allowed ? Double(digits) : nil
  }

  // MARK: Dates

  /// `2026-01-31`, and `2026-1-31 12:00:00.5 +01:00` with its variants.
  private static func isDate(_ text: String) -> Bool {
    var scanner = ByteScanner(text)
    guard scanner.digits(4...4), scanner.take("-") else { return false }
    let start = scanner.position
    guard scanner.digits(1...2), scanner.take("-"), scanner.digits(1...2) else { return false }
    if scanner.isAtEnd { return scanner.position - start == 5 }
    if !(scanner.take("T") || scanner.take("t")) {
      guard scanner.takeAll(of: " \t") != nil else { return false }
    }
    guard scanner.digits(1...2), scanner.take(":"), scanner.digits(2...2), scanner.take(":"),
      scanner.digits(2...2)
    else { return false }
    if scanner.take(".") { _ = scanner.takeAll(of: "0123456789") }
    if scanner.isAtEnd { return true }
    _ = scanner.takeAll(of: " \t")
    if scanner.take("Z") { return scanner.isAtEnd }
    guard scanner.take("+") || scanner.take("-"), scanner.digits(1...2) else { return false }
    if scanner.take(":") { return scanner.digits(2...2) && scanner.isAtEnd }
    return scanner.isAtEnd
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}

/// Neither the text of a scalar nor that of its tag is named: they may be a password that began
/// with a character that means something to YAML.
extension YAMLResolver.Failure: CustomStringConvertible {
  var description: String {
    switch self {
    case .unknownTag: "a tag has no meaning here; a text that begins with ! needs quotes"
    case .malformed(let type): "the value is no \(type)"
    case .reserved: "a bare = or << is no value; put it in quotes"
    }
  }
}
