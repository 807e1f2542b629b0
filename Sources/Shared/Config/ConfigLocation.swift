/// Where something stands in a configuration file.
public struct ConfigLocation: Sendable, Hashable {
  public var file: String
  /// Counted from 1; 0 when the file as a whole is meant, as one that cannot be read.
  public var line: Int
  /// Characters, not bytes, counted from 1; 0 with line 0.
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// The file as a whole.
  public init(file: String) {
    self.init(file: file, line: 0, column: 0)
  }
}

extension ConfigLocation: CustomStringConvertible {
  /// `wan1.yaml:14:18`, as editors and compilers have it.
  public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}
