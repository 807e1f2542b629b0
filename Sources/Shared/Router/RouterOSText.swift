import Model

/// How RouterOS writes values: everything is text.
enum RouterOSText {
  /// `true`, `yes`, `false`, `no`; nil for anything else.
  static func bool(_ text: String) -> Bool? {
    switch text {
    case "true", "yes": true
    case "false", "no": false
    default: nil
    }
  }

  /// A counter: digits only.
  static func counter(_ text: String) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text)
  }

  private static let units: [(name: String, seconds: Double)] = [
    ("ms", 0.001), ("us", 0.000_001), ("w", 604_800), ("d", 86400), ("h", 3600), ("m", 60),
    ("s", 1),
  ]

  /// A duration: `6d23h19m23s`, `1w3d15:41:57`, `15:41:57`, `20ms`.
  static func duration(_ text: String) -> Milliseconds? {
    var rest = text.utf8[...]
    var total = 0.0
    var clock: [Double] = []
    while !rest.isEmpty {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard (1...12).contains(digits.count), let number = Double(String(Substring(digits))) else {
        return nil
      }
      rest = rest.dropFirst(digits.count)
      if rest.isEmpty || rest.first == UInt8(ascii: ":") {
        clock.append(number)
        rest = rest.dropFirst()
      } else if clock.isEmpty, let unit = units.first(where: { rest.starts(with: $0.name.utf8) }) {
        total += number * unit.seconds
        rest = rest.dropFirst(unit.name.utf8.count)
      } else {
        return nil
      }
    }
    switch clock.count {
    case 0 where !text.isEmpty: return Milliseconds(seconds: total)
    case 3 where text.utf8.last != UInt8(ascii: ":"):
      return Milliseconds(seconds: total + clock[0] * 3600 + clock[1] * 60 + clock[2])
    default: return nil
    }
  }
}
