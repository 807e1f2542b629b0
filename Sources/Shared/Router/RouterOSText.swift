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

  /// A duration: `6d23h19m23s`, `1w3d15:41:57`, `15:41:57`, `20ms`.
  static func duration(_ text: String) -> Milliseconds? {
    var total = 0.0
    var digits = 0.0
    var hasDigits = false
    var hasUnit = false
    var clock: [Double] = []
    var bytes = Array(text.utf8)[...]
    func unit(_ name: String) -> Bool { bytes.starts(with: name.utf8) }
    while let byte = bytes.first {
      if (0x30...0x39).contains(byte) {
        digits = digits * 10 + Double(byte - 0x30)
        hasDigits = true
        bytes = bytes.dropFirst()
        continue
      }
      guard hasDigits, digits < 1e12 else { return nil }
      if byte == UInt8(ascii: ":") {
        clock.append(digits)
        bytes = bytes.dropFirst()
      } else {
        guard clock.isEmpty else { return nil }
        let (scale, length): (Double, Int) =
          unit("ms") ? (0.001, 2)
          : unit("us") ? (1e-6, 2)
            : unit("w") ? (604_800, 1)
              : unit("d") ? (86400, 1)
                : unit("h") ? (3600, 1) : unit("m") ? (60, 1) : unit("s") ? (1, 1) : (0, 0)
        guard length > 0 else { return nil }
        total += digits * scale
        hasUnit = true
        bytes = bytes.dropFirst(length)
      }
      digits = 0
      hasDigits = false
    }
    if !clock.isEmpty {
      guard hasDigits, clock.count == 2 else { return nil }
      return Milliseconds(seconds: total + clock[0] * 3600 + clock[1] * 60 + digits)
    }
    return hasUnit && !hasDigits ? Milliseconds(seconds: total) : nil
  }
}
