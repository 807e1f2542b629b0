import ArgumentParser
import Commands
import Glibc
import Platform

/// Where a picture or a page goes.
enum ViewOutput {
  /// Writes to a file, or to the standard output if it is `-`. Ends with 1 when that cannot be.
  static func write(_ text: String, to path: String) throws {
    let bytes = Array(text.utf8)
    guard path != "-" else {
      _ = try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
        try writeAll(buffer, to: STDOUT_FILENO)
      }
      return
    }
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw fail(path, errno) }
    do throws(SystemError) {
      _ = try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
        try writeAll(buffer, to: file)
      }
    } catch {
      close(file)
      throw fail(path, error.code)
    }
    // Some file systems tell only now that the disk is full.
    guard close(file) == 0 else { throw fail(path, errno) }
  }

  private static func fail(_ path: String, _ code: CInt) -> ExitCode {
    CommandEntry.writeRemark("\(path): \(String(cString: strerror(code)))")
    return .failure
  }
}
