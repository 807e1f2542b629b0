import Glibc
import Model
import Platform

/// Writes a recording: everything that decisions rest on, and the decisions, as JSON Lines.
///
/// The file is rotated by size: `FILE` becomes `FILE.1`, the former `FILE.1` becomes `FILE.2`, and
/// so on; the oldest goes. A write that fails is counted and tried again with the next lines; what
/// could not be written by then is lost, never the loop's time.
final class Recorder {
  static let defaultMaximumBytes = 64 << 20
  static let keptFiles = 8

  private let path: String
  private let maximumBytes: Int
  private var descriptor: Int32 = -1
  private var written = 0
  private var json = JSONWriter(reserving: 1 << 16)
  /// Lines that could not be written.
  private(set) var lostLines = 0
  private var pendingLines = 0

  /// Opens the file for appending, `-` for the standard output.
  init(path: String, maximumBytes: Int = defaultMaximumBytes) throws(SystemError) {
    self.path = path
    self.maximumBytes = maximumBytes
    try open()
  }

  deinit {
    if descriptor > STDERR_FILENO { close(descriptor) }
  }

  func append(_ record: Record) {
    record.write(to: &json)
    json.newline()
    pendingLines += 1
  }

  /// Writes what was appended.
  func flush() throws(SystemError) {
    guard pendingLines > 0 else { return }
    defer {
      json.removeAll()
      pendingLines = 0
    }
    do {
      if descriptor < 0 { try open() }
      written += try json.withBytes { bytes throws(SystemError) in
        try writeAll(bytes, to: descriptor)
      }
      if written >= maximumBytes, path != "-" { try rotate() }
    } catch {
      lostLines += pendingLines
      throw error
    }
  }

  private func open() throws(SystemError) {
    if path == "-" {
      descriptor = STDOUT_FILENO
      return
    }
    descriptor = try systemCall("open \(path)") {
      Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    }
    var status = stat()
    written = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  private func rotate() throws(SystemError) {
    close(descriptor)
    descriptor = -1
    for number in stride(from: Self.keptFiles - 1, through: 1, by: -1) {
      _ = rename("\(path).\(number)", "\(path).\(number + 1)")
    }
    _ = try systemCall("rename \(path)") { rename(path, "\(path).1") }
    try open()
  }
}
