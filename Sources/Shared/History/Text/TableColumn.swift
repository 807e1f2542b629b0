/// One column of a table whose rows pass twice: once to be measured, once to be printed.
///
/// A column in which everything is a number has its decimal points under each other; others begin
/// at the left. The layout is that of Python's `tabulate`, format `simple`.
struct TableColumn {
  let header: String
  private var isNumeric = true
  private var hasCells = false
  /// The longest number by how many characters it has behind its point, one more than that: 0 =
  /// without a point. 0 characters: there is none.
  private var longest: [Int] = []
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
    measure(length: length, decimals: Self.decimals(cell))
  }

  /// Measures a cell that is a number.
  ///
  /// - Parameter decimals: characters behind the point, -1 without one.
  mutating func measure(length: Int, decimals: Int) {
    hasCells = true
    longestText = max(longestText, length)
    let place = decimals + 1
    while longest.count <= place { longest.append(0) }
    longest[place] = max(longest[place], length)
  }

  private var alignsPoints: Bool { isNumeric && hasCells }
  private var mostDecimals: Int { longest.count - 2 }

  /// Call when everything is measured.
  var width: Int {
    let cells =
      alignsPoints
      ? longest.indices.filter { longest[$0] > 0 }
        .map { longest[$0] + longest.count - 1 - $0 }.max() ?? 0 : longestText
    return max(cells, header.unicodeScalars.count + 2)
  }

  func headerCell(width: Int) -> String {
    let padding = String(repeating: " ", count: width - header.unicodeScalars.count)
    return alignsPoints ? padding + header : header + padding
  }

  func cell(_ text: String, width: Int) -> String {
    let decimals = alignsPoints && !text.isEmpty ? Self.decimals(text) : nil
    let padding = padding(length: text.unicodeScalars.count, decimals: decimals, width: width)
    return String(repeating: " ", count: padding.before) + text
      + String(repeating: " ", count: padding.behind)
  }

  /// The blanks around a cell.
  ///
  /// - Parameter decimals: characters behind the point of a number, -1 without one; nil of a text.
  func padding(length: Int, decimals: Int?, width: Int) -> (before: Int, behind: Int) {
    guard alignsPoints, let decimals else { return (0, max(0, width - length)) }
    let behind = max(0, mostDecimals - decimals)
    return (max(0, width - length - behind), behind)
  }

  /// Characters behind the point, or behind the `e` where there is no point; -1 without either.
  static func decimals(_ text: String) -> Int {
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
