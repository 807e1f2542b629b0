/// Small encodings that HTTP and RouterOS use.
enum Text {
  /// Decodes `%XX`; nil when a percent sign is not followed by two hexadecimal digits, or when
  /// the result is not UTF-8.
  static func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    var out: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = bytes.next().flatMap(nibble), let low = bytes.next().flatMap(nibble)
        else { return nil }
        out.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: out.append(UInt8(ascii: " "))
      default: out.append(byte)
      }
    }
    return String(validating: out, as: UTF8.self)
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }

  /// Decodes standard base64 with its padding.
  static func base64Decoded(_ text: some StringProtocol) -> [UInt8]? {
    let bytes = Array(text.utf8)
    let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard bytes.count % 4 == 0, padding <= 2 else { return nil }
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var held = 0
    for byte in bytes.dropLast(padding) {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"): digit = 62
      case UInt8(ascii: "/"): digit = 63
      default: return nil
      }
      bits = bits << 6 | UInt32(digit)
      held += 6
      if held >= 8 {
        held -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    return out
  }

  static func base64Encoded(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        out.append(
          place <= group.count
            ? digits[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// A span as RouterOS writes it: `6d23h19m23s`, `1w3d`, `0s`.
  static func duration(seconds: Int) -> String {
    var rest = max(seconds, 0)
    var text = ""
    for (unit, length) in [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
      if rest >= length {
        text += "\(rest / length)\(unit)"
        rest %= length
      }
    }
    return text.isEmpty ? "0s" : text
  }

  /// A rate as RouterOS accepts it: digits, or a decimal number with `k`, `M` or `G` (of 1000).
  /// Nil for anything else, a negative one, or one above 2^63 - 1.
  static func rate(_ text: String) -> Int64? {
    var digits = Substring(text)
    var scale: Double = 1
    if let last = digits.last, let factor = ["k": 1e3, "m": 1e6, "g": 1e9][last.lowercased()] {
      scale = factor
      digits = digits.dropLast()
    }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), scale > 1 || parts.count == 1,
      parts.allSatisfy({ part in !part.isEmpty && part.allSatisfy { "0"..."9" ~= $0 } })
    else { return nil }
    if scale == 1 { return Int64(digits) }
    guard let value = Double(digits) else { return nil }
    return Int64(exactly: (value * scale).rounded())
  }

  /// A measured rate as the console shows it: 48213344 becomes `48.2Mbps`.
  static func bitsPerSecond(_ rate: Double) -> String {
    for (unit, scale) in [("Gbps", 1e9), ("Mbps", 1e6), ("kbps", 1e3)] where rate >= scale {
      let tenths = Int64((rate / scale * 10).rounded())
      return tenths % 10 == 0
        ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
    }
    return "\(Int64(rate))bps"
  }

  /// A limit as the console shows it: with the largest unit in which it is a whole number.
  static func shortRate(_ rate: Int64) -> String {
    for (unit, scale) in [("G", 1_000_000_000), ("M", 1_000_000), ("k", 1000)] as [(String, Int64)]
    where rate != 0 && rate % scale == 0 {
      return "\(rate / scale)\(unit)"
    }
    return String(rate)
  }
}
