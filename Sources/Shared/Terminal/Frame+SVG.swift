import Model

extension Frame {
  /// The frame as a picture that needs no font but a monospaced one for its text: bars and dots
  /// are drawn as shapes, so that they join without gaps wherever it is shown.
  ///
  /// - Parameter title: for those who cannot see it.
  public func svg(title: String) -> String {
    var picture = SVGPicture(columns: width, rows: height, title: title)
    for y in 0..<height {
      for run in runs(ofRow: y) { picture.add(run, y: y) }
    }
    return picture.text
  }
}

/// Draws runs of cells as SVG 1.1.
private struct SVGPicture {
  private static let cellWidth = 9.0
  private static let cellHeight = 18.0
  private static let margin = 16.0

  private var body = ""
  private let columns: Int
  private let rows: Int
  private let title: String

  init(columns: Int, rows: Int, title: String) {
    self.columns = columns
    self.rows = rows
    self.title = title
  }

  var text: String {
    let width = Self.number(Double(columns) * Self.cellWidth + 2 * Self.margin)
    let height = Self.number(Double(rows) * Self.cellHeight + 2 * Self.margin)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img">
      <title>\(Self.escaped(title))</title>
      <rect width="100%" height="100%" rx="10" fill="#0d1117"/>
      <g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" \
      font-size="15" xml:space="preserve">
      \(body)</g>
      </svg>

      """
  }

  mutating func add(_ run: Frame.Run, y: Int) {
    let color = run.style.ink.hexadecimal
    var shapes = ""
    var words = ""
    var wordStart = run.x
    var column = run.x
    for character in run.text {
      if let shape = Self.shape(of: character, column: column, row: y) {
        add(text: words, x: wordStart, y: y, run.style)
        words = ""
        wordStart = column + 1
        shapes += shape
      } else {
        words.append(character)
      }
      column += 1
    }
    add(text: words, x: wordStart, y: y, run.style)
    if !shapes.isEmpty { body += "<path fill=\"\(color)\" d=\"\(shapes)\"/>\n" }
  }

  private mutating func add(text: String, x: Int, y: Int, _ style: Style) {
    let blanks = text.prefix { $0 == " " }.count
    var text = text.dropFirst(blanks)
    while text.last == " " { text = text.dropLast() }
    guard !text.isEmpty else { return }
    let left = Self.number(Self.margin + Double(x + blanks) * Self.cellWidth)
    let base = Self.number(Self.margin + Double(y) * Self.cellHeight + 14)
    // The length holds the columns together whatever the font's own width is.
    let length = Self.number(Double(text.count) * Self.cellWidth)
    body +=
      "<text x=\"\(left)\" y=\"\(base)\" textLength=\"\(length)\" "
      + "fill=\"\(style.ink.hexadecimal)\"\(style.isBold ? " font-weight=\"bold\"" : "")>"
      + "\(Self.escaped(String(text)))</text>\n"
  }

  /// The path of a character that is a drawing: blocks (U+2581...2588), bar lines and braille.
  private static func shape(of character: Character, column: Int, row: Int) -> String? {
    guard let code = character.unicodeScalars.first?.value else { return nil }
    let left = margin + Double(column) * cellWidth
    let top = margin + Double(row) * cellHeight
    switch code {
    case 0x2581...0x2588:
      let height = Double(code - 0x2580) / 8 * cellHeight
      return box(left, top + cellHeight - height, cellWidth, height)
    case 0x2594: return box(left, top, cellWidth, cellHeight / 8)
    case 0x2500: return box(left, top + cellHeight / 2 - 0.5, cellWidth, 1)
    case 0x2502: return box(left + cellWidth / 2 - 0.5, top, 1, cellHeight)
    case 0x2801...0x28FF:
      return BrailleCanvas.dots(ofPattern: code - 0x2800).map { dot in
        box(
          left + (Double(dot.x) + 0.5) * cellWidth / 2 - 1.3,
          top + (Double(dot.y) + 0.5) * cellHeight / 4 - 1.3, 2.6, 2.6)
      }.joined()
    default: return nil
    }
  }

  private static func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
    "M\(number(x)) \(number(y))h\(number(width))v\(number(height))h-\(number(width))z"
  }

  /// At most two decimals, and none that say nothing.
  private static func number(_ value: Double) -> String {
    var text = fixed(value, digits: 2)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }
}
