/// A table of text with aligned columns and no lines but blanks.
public struct Table: Sendable, Equatable {
  public enum Alignment: Sendable { case left, right }

  public struct Column: Sendable, Equatable {
    public var title: String
    public var alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  public var columns: [Column]
  public private(set) var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; missing values are empty, surplus ones are left out.
  public mutating func add(_ values: [String]) {
    rows.append(
      columns.indices.map { values.indices.contains($0) ? printable(values[$0]) : "" })
  }

  /// The lines of the table; titles are bold where there are colours, and left out when all of
  /// them are empty. No line ends in blanks.
  public func text(_ palette: Palette = Palette(isColored: false)) -> String {
    let titles = columns.map(\.title)
    let hasTitles = titles.contains { !$0.isEmpty }
    let widths = columns.indices.map { column in
      rows.reduce(displayWidth(titles[column])) { max($0, displayWidth($1[column])) }
    }
    var lines = rows.map { line($0, widths) }
    if hasTitles {
      lines.insert(palette.paint(line(titles, widths), Style(.plain, bold: true)), at: 0)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func line(_ values: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, value) in values.enumerated() {
      let padding = String(repeating: " ", count: widths[index] - displayWidth(value))
      if index > 0 { line += "  " }
      line += columns[index].alignment == .right ? padding + value : value + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
