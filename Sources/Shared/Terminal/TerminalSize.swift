import Glibc

/// Columns and rows of a terminal.
public struct TerminalSize: Sendable, Equatable {
  public var columns: Int
  public var rows: Int

  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  /// What is taken where nothing is known.
  public static let fallback = TerminalSize(columns: 80, rows: 24)

  /// The size of the terminal behind a descriptor (`TIOCGWINSZ`); where it tells none, that of
  /// `COLUMNS` and `LINES`; else `fallback`.
  public init(descriptor: Int32, environment: [String: String]) {
    var size = winsize()
    func positive(_ name: String) -> Int? {
      environment[name].flatMap { Int($0) }.flatMap { $0 > 0 && $0 <= 1000 ? $0 : nil }
    }
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
      self.init(columns: Int(size.ws_col), rows: Int(size.ws_row))
    } else {
      self.init(
        columns: positive("COLUMNS") ?? Self.fallback.columns,
        rows: positive("LINES") ?? Self.fallback.rows)
    }
  }
}

/// Whether a descriptor is a terminal.
public func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
