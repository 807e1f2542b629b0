/// A drawing of dots, two by four to a character (U+2800...28FF).
public struct BrailleCanvas: Sendable, Equatable {
  /// In dots.
  public let width: Int
  public let height: Int
  private let columns: Int
  private var patterns: [UInt8]

  /// - Parameters: size in characters.
  public init(columns: Int, rows: Int) {
    self.columns = max(columns, 0)
    width = self.columns * 2
    height = max(rows, 0) * 4
    patterns = Array(repeating: 0, count: self.columns * max(rows, 0))
  }

  /// The bit of a dot within its character, by row and column.
  private static let bits: [[UInt8]] = [
    [0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80],
  ]

  /// Sets the dot at `x` from the left and `y` from the top; outside nothing happens.
  public mutating func set(x: Int, y: Int) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    patterns[y / 4 * columns + x / 2] |= Self.bits[y % 4][x % 2]
  }

  /// Sets the dots from `top` to `bottom` in a column, both included.
  public mutating func fill(x: Int, from top: Int, to bottom: Int) {
    for y in max(min(top, bottom), 0)...max(min(max(top, bottom), height - 1), 0) {
      set(x: x, y: y)
    }
  }

  /// The character at a place; nil when no dot of it is set.
  public func character(column: Int, row: Int) -> Character? {
    let pattern = patterns[row * columns + column]
    guard pattern != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(pattern)) else { return nil }
    return Character(scalar)
  }

  /// The places of the dots that a pattern sets.
  static func dots(ofPattern pattern: UInt32) -> [(x: Int, y: Int)] {
    var dots: [(x: Int, y: Int)] = []
    for (y, row) in bits.enumerated() {
      for (x, bit) in row.enumerated() where pattern & UInt32(bit) != 0 { dots.append((x, y)) }
    }
    return dots
  }
}
