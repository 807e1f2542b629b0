/// The column `labels` read back: the members of a flat JSON object.
enum StoredLabels {
  /// The members in their order: texts without their quotes and escapes, numbers and truth values as
  /// they stand; what is null is left out. nil for anything else, an object within the object too.
  static func members(of text: String) -> [(name: String, value: String)]? {
    var scanner = Scanner(rest: Array(text.utf8)[...])
    guard scanner.take(UInt8(ascii: "{")) else { return nil }
    var members: [(name: String, value: String)] = []
    if scanner.take(UInt8(ascii: "}")) { return scanner.isAtEnd ? members : nil }
    repeat {
      guard let name = scanner.string(), scanner.take(UInt8(ascii: ":")) else { return nil }
      if let value = scanner.string() {
        members.append((name, value))
      } else if let value = scanner.literal() {
        if value != "null" { members.append((name, value)) }
      } else {
        return nil
      }
    } while scanner.take(UInt8(ascii: ","))
    return scanner.take(UInt8(ascii: "}")) && scanner.isAtEnd ? members : nil
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>

    var isAtEnd: Bool {
      mutating get {
        skipBlanks()
        return rest.isEmpty
      }
    }

    private mutating func skipBlanks() {
      rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    mutating func take(_ byte: UInt8) -> Bool {
      skipBlanks()
      guard rest.first == byte else { return false }
      rest = rest.dropFirst()
      return true
    }

    mutating func literal() -> String? {
      skipBlanks()
      let word = rest.prefix { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.".utf8.contains(byte)
      }
      rest = rest.dropFirst(word.count)
      return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    mutating func string() -> String? {
      guard take(UInt8(ascii: "\"")) else { return nil }
      // UTF-16, as JSON's escapes have it: a character may be two of them.
      var text = ""
      var units: [UInt16] = []
      var plain: [UInt8] = []
      func flush() {
        text += String(decoding: units, as: UTF16.self) + String(decoding: plain, as: UTF8.self)
        units = []
        plain = []
      }
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\"") {
          flush()
          return text
        }
        guard byte == UInt8(ascii: "\\") else {
          if !units.isEmpty { flush() }
          plain.append(byte)
          continue
        }
        guard let escape = rest.popFirst() else { return nil }
        if escape == UInt8(ascii: "u") {
          guard rest.count >= 4,
            let unit = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16)
          else { return nil }
          rest = rest.dropFirst(4)
          if !plain.isEmpty { flush() }
          units.append(unit)
          continue
        }
        guard let character = Self.escapes[escape] else { return nil }
        if !units.isEmpty { flush() }
        plain.append(character)
      }
      return nil
    }

    private static let escapes: [UInt8: UInt8] = [
      UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
      UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C,
      UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]
  }
}
