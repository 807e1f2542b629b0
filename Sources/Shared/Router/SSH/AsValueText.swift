/// What RouterOS's console prints for `:put [… print as-value …]`: one line,
/// `.id=*1000000;max-limit=0;name=X;`. Nothing in it is escaped, and lists are written `a;b` as well.
enum AsValueText {
  /// One row by the names of its properties.
  typealias Row = [String: String]

  /// The rows of all lines; nil when the text is something else. A row begins with its `.id`; a
  /// single row, as of a menu without rows, need not have one.
  static func rows(_ text: some StringProtocol) -> [Row]? {
    var rows: [Row] = []
    for line in text.split(whereSeparator: { $0.isNewline }) where !line.allSatisfy(\.isWhitespace)
    {
      guard let found = Self.rows(ofLine: Substring(line)) else { return nil }
      rows += found
    }
    return rows
  }

  private static func rows(ofLine line: Substring) -> [Row]? {
    var rows: [Row] = []
    var last: String?
    for part in line.split(separator: ";", omittingEmptySubsequences: false) {
      let field = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if field.count == 2, isName(field[0]),
        rows.last?[String(field[0])] == nil || field[0] == ".id"
      {
        let name = String(field[0])
        if rows.isEmpty || name == ".id" { rows.append([:]) }
        rows[rows.count - 1][name] = String(field[1])
        last = name
      } else if let last, !rows.isEmpty {
        // A semicolon in a value, or between the elements of a list.
        rows[rows.count - 1][last, default: ""] += ";" + part
      } else {
        return nil
      }
    }
    // The line ends with a semicolon in some versions.
    for index in rows.indices {
      for (name, value) in rows[index] where value.hasSuffix(";") {
        rows[index][name] = String(value.dropLast())
      }
    }
    return rows
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: ".")
      }
  }
}
