/// One screen of text: a grid of characters with their styles.
///
/// What is put outside the grid is cut off. Every view draws itself on a frame, and the frame
/// becomes plain text, control sequences for a terminal, or a picture.
public struct Frame: Sendable, Equatable {
  struct Cell: Sendable, Equatable {
    var character: Character = " "
    var style = Style.plain
  }

  public let width: Int
  public let height: Int
  private(set) var cells: [Cell]

  /// - Parameters: columns and rows, limited to 1...1000.
  public init(width: Int, height: Int) {
    self.width = min(max(width, 1), 1000)
    self.height = min(max(height, 1), 1000)
    cells = Array(repeating: Cell(), count: self.width * self.height)
  }

  subscript(x: Int, y: Int) -> Cell {
    get { cells[y * width + x] }
    set { cells[y * width + x] = newValue }
  }

  /// The character at a place; a blank outside.
  public func character(x: Int, y: Int) -> Character {
    (0..<width).contains(x) && (0..<height).contains(y) ? self[x, y].character : " "
  }

  /// Puts one character. A character that would take two columns is replaced.
  public mutating func put(_ character: Character, x: Int, y: Int, _ style: Style = .plain) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    let text = printable(String(character))
    self[x, y] = Cell(
      character: displayWidth(character) == 1 ? text.first ?? " " : "\u{FFFD}", style: style)
  }

  /// Puts a text from `x` on to the right. Returns the column behind it.
  @discardableResult
  public mutating func put(_ text: String, x: Int, y: Int, _ style: Style = .plain) -> Int {
    var column = x
    for character in text where displayWidth(character) > 0 {
      put(character, x: column, y: y, style)
      column += 1
    }
    return column
  }

  /// Puts a text so that it ends before column `end`. Returns where it begins.
  @discardableResult
  public mutating func put(
    _ text: String, endingAt end: Int, y: Int, _ style: Style = .plain
  ) -> Int {
    let start = end - text.reduce(0) { $0 + (displayWidth($1) > 0 ? 1 : 0) }
    put(text, x: start, y: y, style)
    return start
  }

  /// A piece of one row in one style.
  struct Run: Equatable {
    var x: Int
    var text: String
    var style: Style
  }

  /// The row in pieces of one style each, without the blanks at its end.
  func runs(ofRow y: Int) -> [Run] {
    var end = width
    while end > 0, self[end - 1, y].character == " " { end -= 1 }
    var runs: [Run] = []
    for x in 0..<end {
      let cell = self[x, y]
      // A blank has no colour of its own.
      if let last = runs.indices.last,
        runs[last].style == cell.style || cell.character == " "
      {
        runs[last].text.append(cell.character)
      } else {
        runs.append(Run(x: x, text: String(cell.character), style: cell.style))
      }
    }
    return runs
  }
}

extension Frame {
  /// The frame as lines of text without any control sequence.
  public var plainText: String { text(Palette(isColored: false)) }

  /// The frame as lines of text, for a terminal that scrolls.
  public func text(_ palette: Palette) -> String {
    (0..<height).map { y in
      runs(ofRow: y).map { palette.paint($0.text, $0.style) }.joined() + "\n"
    }.joined()
  }

  /// What draws the frame on a terminal from its upper left corner on, without clearing it first,
  /// so that nothing flickers.
  public func drawing(_ palette: Palette) -> String {
    var text = "\u{1B}[H"
    for y in 0..<height {
      for run in runs(ofRow: y) { text += palette.paint(run.text, run.style) }
      // Clear to the end of the line; no line end behind the last row, which would scroll.
      text += "\u{1B}[K"
      if y < height - 1 { text += "\r\n" }
    }
    return text + "\u{1B}[J"
  }
}
