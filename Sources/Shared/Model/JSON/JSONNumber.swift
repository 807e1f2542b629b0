/// A number of a JSON text.
struct JSONNumber {
  /// The double nearest to the text; infinite when it is too large for one.
  let value: Double
  /// The exact value where it is a whole number of at most 64 bits.
  let whole: Int64?

  static func begins(with byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || isDigit(byte)
  }

  static func mayHold(_ byte: UInt8) -> Bool {
    begins(with: byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
      || byte | 0x20 == UInt8(ascii: "e")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// nil unless the whole of `text` is a number by JSON's grammar.
  init?(_ text: ArraySlice<UInt8>) {
    var rest = text
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }

    var digits: UInt64 = 0
    var fits = true
    func add(_ digit: UInt8) {
      let (shifted, overflow) = digits.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit & 0x0F))
      if overflow || carry { fits = false } else { digits = sum }
    }

    let wholeDigits = rest.prefix(while: Self.isDigit)
    guard let first = wholeDigits.first else { return nil }
    if first == UInt8(ascii: "0"), wholeDigits.count > 1 { return nil }
    wholeDigits.forEach(add)
    rest = rest.dropFirst(wholeDigits.count)
    let isPlain = rest.isEmpty

    var decimals = 0
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix(while: Self.isDigit)
      if fraction.isEmpty { return nil }
      fraction.forEach(add)
      decimals = fraction.count
      rest = rest.dropFirst(fraction.count + 1)
    }
    let hasExponent = !rest.isEmpty
    if hasExponent {
      guard rest.removeFirst() | 0x20 == UInt8(ascii: "e") else { return nil }
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard !rest.isEmpty, rest.allSatisfy(Self.isDigit) else { return nil }
    }

    // With at most 2^53 and a power of ten up to 10^22, both exact as doubles, one division
    // rounds once and so gives the nearest double. Everything else goes the long way.
    if fits, digits <= 1 << 53, !hasExponent, decimals < Self.powersOfTen.count {
      let magnitude = Double(digits) / Self.powersOfTen[decimals]
      value = isNegative ? -magnitude : magnitude
    } else {
      guard let parsed = Double(String(decoding: text, as: UTF8.self)) else { return nil }
      value = parsed
    }
    // A text without point and exponent may be larger than what a double tells apart.
    if !isPlain {
      whole = Int64(exactly: value)
    } else if fits {
      whole = isNegative ? Int64(exactly: -Int128(digits)) : Int64(exactly: digits)
    } else {
      whole = nil
    }
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
