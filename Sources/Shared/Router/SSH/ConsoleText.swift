/// What goes to RouterOS's console and what comes back.
enum ConsoleText {
  /// The lines of an output without their ends and trailing blanks; empty ones are left out. Bytes
  /// that are no UTF-8 become U+FFFD.
  static func lines(_ output: [UInt8]) -> [String] {
    output.split { $0 == 0x0A || $0 == 0x0D }.map { bytes in
      var line = bytes
      while line.last == 0x20 || line.last == 0x09 { line.removeLast() }
      return String(decoding: line, as: UTF8.self)
    }.filter { !$0.isEmpty }
  }

  /// A text between quotes; nil when a character in it could mean something to the console.
  static func quoted(_ text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: " _.-:/+,=#@()".utf8.contains(byte)
      }
    }
    return isPlain && !text.isEmpty ? "\"\(text)\"" : nil
  }
}
