import Glibc

/// Small text files, as those of `/proc`.
public enum FileText {
  /// The whole text; bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Parameter limit: what is behind this many bytes is left out.
  public static func read(_ path: String, limit: Int) throws(SystemError) -> String {
    let file = FileDescriptor(
      owning: try systemCall("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
    let descriptor = file.rawValue
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while text.count < limit {
      let count = try systemCall("read \(path)") { Glibc.read(descriptor, &chunk, chunk.count) }
      guard count > 0 else { break }
      text += chunk[..<count]
    }
    return String(decoding: text.prefix(limit), as: UTF8.self)
  }
}
