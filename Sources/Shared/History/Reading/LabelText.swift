extension HistorySeries {
  /// The text of a label; nil without it, and where it is no text.
  public func text(_ name: String) -> String? {
    guard let labels, let place = Self.value(of: name, in: labels),
      labels.utf8[place...].first == UInt8(ascii: "\"")
    else { return nil }
    return Self.unquoted(labels.utf8[labels.utf8.index(after: place)...])
  }

  /// The number of a label, of one within an object too; nil without it, and where it is no number.
  public func number(_ name: String) -> Double? {
    guard let labels, let place = Self.value(of: name, in: labels) else { return nil }
    let token = labels.utf8[place...].prefix { byte in
      byte &- UInt8(ascii: "0") < 10 || "+-.eE".utf8.contains(byte)
    }
    return Double(String(decoding: token, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Where the value behind `"name": ` begins. Within a text nothing looks like that: quotes are
  /// escaped there.
  private static func value(of name: String, in labels: String) -> String.Index? {
    let key = Array("\"\(name)\": ".utf8)
    let text = labels.utf8
    var start = text.startIndex
    while let place = text[start...].firstIndex(of: UInt8(ascii: "\"")) {
      if text[place...].starts(with: key) { return text.index(place, offsetBy: key.count) }
      start = text.index(after: place)
    }
    return nil
  }

  /// The text up to the closing quote, with its escapes undone; what is no escape stands for itself.
  private static func unquoted(_ quoted: Substring.UTF8View) -> String {
    var units: [UInt16] = []
    var plain: [UInt8] = []
    var result = ""
    func flush() {
      if !units.isEmpty { result += String(decoding: units, as: UTF16.self) }
      if !plain.isEmpty { result += String(decoding: plain, as: UTF8.self) }
      units = []
      plain = []
    }
    var rest = quoted
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        if !units.isEmpty { flush() }
        plain.append(byte)
        continue
      }
      if escape == UInt8(ascii: "u"),
        let unit = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16)
      {
        if !plain.isEmpty { flush() }
        units.append(unit)
        rest = rest.dropFirst(4)
        continue
      }
      if !units.isEmpty { flush() }
      switch escape {
      case UInt8(ascii: "n"): plain.append(0x0A)
      case UInt8(ascii: "r"): plain.append(0x0D)
      case UInt8(ascii: "t"): plain.append(0x09)
      default: plain.append(escape)
      }
    }
    flush()
    return result
  }
}
