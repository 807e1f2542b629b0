/// What RouterOS's console prints for people: `print`, `print detail`, `print stats detail`.
///
/// A row begins with its number and its flags, its properties may be wrapped at any width, with
/// `\n` or `\r\n`, and stand in any order. Legends in upper and lower case, router warnings behind a
/// second `;;;`, quoted values, rates with units and blanks between thousands are understood.
enum PrintText {
  struct Row: Equatable {
    /// `X` disabled, `I` invalid, `D` dynamic.
    var flags: Set<Character> = []
    /// nil when there is none.
    var comment: String?
    /// The first value of each property.
    var properties: [String: String] = [:]

    func has(_ flag: Character) -> Bool { flags.contains(flag) }
  }

  static func rows(_ text: String) -> [Row] {
    var items: [Item] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0.isNewline }) {
      let words = line.drop { $0.isWhitespace }
      if words.hasPrefix("Flags:") || words.hasPrefix("Columns:") || words.isEmpty { continue }
      if let item = Item(firstLine: line) {
        items.append(item)
      } else if words.hasPrefix(";;;") {
        if items.isEmpty { items.append(Item()) }
        items[items.count - 1].remarks.append(remark(words))
      } else {
        if items.isEmpty { items.append(Item()) }
        items[items.count - 1].text += line + "\n"
      }
    }
    return items.map { item in
      var scanner = PropertyScanner(item.text)
      return Row(
        flags: item.flags, comment: item.remarks.first, properties: scanner.properties())
    }
  }

  private static func remark(_ text: Substring) -> String {
    var text = text.dropFirst(3)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// A row before its properties are taken apart.
  private struct Item {
    var flags: Set<Character> = []
    /// Behind `;;;`: the comment first, then what the router warns of.
    var remarks: [String] = []
    var text = ""

    init() {}

    /// nil when the line does not begin a row: wrapped lines are indented by five or more blanks.
    init?(firstLine line: Substring) {
      let start = line.drop { $0 == " " }
      guard line.count - start.count < 5 else { return nil }
      let digits = start.prefix { ("0"..."9").contains($0) }
      guard !digits.isEmpty else { return nil }
      var rest = start.dropFirst(digits.count)
      while let first = rest.first,
        first == " " || first == "\t" || first.isASCII && first.isUppercase
      {
        if first.isUppercase { flags.insert(first) }
        rest.removeFirst()
      }
      if rest.hasPrefix(";;;") {
        remarks.append(PrintText.remark(rest))
      } else {
        // What has no property behind its number is no row but the rest of a wrapped number.
        guard rest.prefix(while: { $0 != " " && $0 != "\t" }).contains("=") || rest.isEmpty else {
          return nil
        }
        text = rest + "\n"
      }
    }
  }
}

/// Takes `name="A B" rate=48.2Mbps bytes=272 603 902 153` apart.
private struct PropertyScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  mutating func properties() -> [String: String] {
    var result: [String: String] = [:]
    while true {
      skipBlanks()
      guard !rest.isEmpty else { return result }
      let name = rest.prefix { Self.isName($0) }
      let behind = rest.dropFirst(name.count)
      guard !name.isEmpty, behind.first == UInt8(ascii: "=") else {
        skipWord()
        continue
      }
      rest = behind.dropFirst()
      let value = rest.first == UInt8(ascii: "\"") ? quoted() : plain()
      let key = String(Substring(name))
      if result[key] == nil { result[key] = value }
    }
  }

  private mutating func skipBlanks() { rest = rest.drop { Self.isBlank($0) } }

  /// Passes over what is no property, quoted text as a whole.
  private mutating func skipWord() {
    if rest.first == UInt8(ascii: "\"") {
      _ = quoted()
    } else {
      rest = rest.drop { !Self.isBlank($0) }
    }
  }

  /// Up to the next blank, and groups of three digits behind one to three digits.
  private mutating func plain() -> String {
    let word = rest.prefix { !Self.isBlank($0) }
    rest = rest.dropFirst(word.count)
    var value = String(Substring(word))
    guard (1...3).contains(word.count), word.allSatisfy(Self.isDigit) else { return value }
    while true {
      let next = rest.drop { Self.isBlank($0) }
      let group = next.prefix { !Self.isBlank($0) }
      guard group.count == 3, group.allSatisfy(Self.isDigit) else { return value }
      value += String(Substring(group))
      rest = next.dropFirst(3)
    }
  }

  /// RouterOS's strings: `\` stands before a quote, itself and `$`; `\r`, `\n`, `\t`, `\_` (a
  /// blank) and two hexadecimal digits of a byte.
  private mutating func quoted() -> String {
    rest = rest.dropFirst()
    var bytes: [UInt8] = []
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      switch escaped {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "_"): bytes.append(0x20)
      default:
        if let high = Self.hexadecimal(escaped), let low = rest.first.flatMap(Self.hexadecimal) {
          rest = rest.dropFirst()
          bytes.append(high << 4 | low)
        } else {
          bytes.append(escaped)
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    default: nil
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isName(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".")
  }
}
