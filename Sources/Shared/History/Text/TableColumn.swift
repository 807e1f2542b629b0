/// One column of a table whose rows pass twice: once to be measured, once to be printed.
///
/// A column in which everything is a number has its decimal points under each other; others begin
/// at the left. The layout is that of Python's `tabulate`, format `simple`.
struct TableColumn {
  let header: String
  private var isNumeric = true
  private var hasCells = false
  /// The longest cell by the number of its decimals, -1 without a point.
  private var longest: [Int: Int] = [:]
  private var longestText = 0

  init(_ header: String) { self.header = header }

  mutating func measure(_ cell: String) {
    let length = cell.unicodeScalars.count
    longestText = max(longestText, length)
    guard !cell.isEmpty else { return }
    hasCells = true
    guard isNumeric else { return }
    guard Self.isNumber(cell) else {
      isNumeric = false
      return
    }
    let decimals = Self.decimals(cell)
    longest[decimals] = max(longest[decimals] ?? 0, length)
  }

  private var alignsPoints: Bool { isNumeric && hasCells }
  private var mostDecimals: Int { longest.keys.max() ?? -1 }

  /// Call when everything is measured.
  var width: Int {
    let cells =
      alignsPoints
      ? longest.map { $0.value + mostDecimals - $0.key }.max() ?? 0 : longestText
    return max(cells, header.unicodeScalars.count + 2)
  }

  func headerCell(width: Int) -> String {
    let padding = String(repeating: " ", count: width - header.unicodeScalars.count)
    return alignsPoints ? padding + header : header + padding
  }

  func cell(_ text: String, width: Int) -> String {
    let length = text.unicodeScalars.count
    guard alignsPoints, !text.isEmpty else {
      return text + String(repeating: " ", count: max(0, width - length))
    }
    let behind = mostDecimals - Self.decimals(text)
    return String(repeating: " ", count: max(0, width - length - behind)) + text
      + String(repeating: " ", count: behind)
  }

  /// Characters behind the point, or behind the `e` where there is no point; -1 without either.
  private static func decimals(_ text: String) -> Int {
    guard Int64(text) == nil else { return -1 }
    let bytes = text.utf8
    let place = bytes.firstIndex(of: UInt8(ascii: ".")) ?? bytes.firstIndex { $0 | 0x20 == 0x65 }
    return place.map { bytes.distance(from: $0, to: bytes.endIndex) - 1 } ?? -1
  }

  /// Whether Python's `float` takes it, in the forms that a name or a value may have.
  private static func isNumber(_ text: String) -> Bool {
    // No hexadecimal, which Swift takes and Python does not.
    !text.utf8.contains { $0 | 0x20 == 0x78 } && Double(text) != nil
  }
}
