import Glibc

/// Reads a configuration file whole.
enum SourceFile {
  /// Larger than this is no configuration.
  static let maximumSize = 1 << 20

  /// Why a file cannot be read, in words.
  struct Failure: Error, Equatable {
    var message: String
  }

  static func read(_ path: String) throws(Failure) -> [UInt8] {
    guard let file = fopen(path, "re") else { throw Failure(message: errorText(errno)) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: maximumSize + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    if ferror(file) != 0 { throw Failure(message: errorText(errno)) }
    if count > maximumSize {
      throw Failure(message: "larger than \(maximumSize) bytes, which no configuration is")
    }
    return Array(bytes.prefix(count))
  }

  /// The path with links and `..` resolved, to recognise a file that was seen before; `path`
  /// itself where that fails, as for a file that does not exist.
  static func canonical(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// `name` as seen from the folder of `file`.
  static func path(_ name: String, from file: String) -> String {
    guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
    return file[...slash] + name
  }

  /// What is wrong with `path` for reading (or, of a folder, for writing); nil when nothing is.
  static func obstacle(to path: String, writing: Bool = false) -> String? {
    access(path, writing ? R_OK | W_OK | X_OK : R_OK) == 0 ? nil : errorText(errno)
  }

  private static func errorText(_ code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
    return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
