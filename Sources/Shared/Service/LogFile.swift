import Glibc
import Platform

/// A file that lines are appended to. It is opened by name again when somebody rotated it away.
struct LogFile {
  let path: String
  private var file: File?
  /// The last attempt failed and that was told.
  private var isFailing = false

  init(path: String) { self.path = path }

  /// Opens the file, or opens it anew; makes its folder where that is missing. Returns what went
  /// wrong.
  mutating func open() -> SystemError? {
    do throws(SystemError) {
      try File.makeFolders(to: path)
      file = try File(path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o640)
      isFailing = false
      return nil
    } catch {
      file = nil
      isFailing = true
      return error
    }
  }

  /// Appends `line`. Returns what went wrong, once per run of failures: a full disk must not fill
  /// the journal too.
  mutating func append(_ line: [UInt8]) -> SystemError? {
    guard let file else { return nil }
    do throws(SystemError) {
      try file.write(line)
      isFailing = false
      return nil
    } catch {
      defer { isFailing = true }
      return isFailing ? nil : error
    }
  }
}
