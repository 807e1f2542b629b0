import Glibc
import Model
import Platform

/// An open regular file. It is closed when the last reference goes.
final class File: Sendable {
  /// Which file a name or a descriptor stands for.
  struct Identity: Equatable {
    var device: dev_t
    var inode: ino_t
  }

  let path: String
  private let descriptor: FileDescriptor

  /// Opens `path`; a new file gets `mode`. A symbolic link is refused where `flags` say so.
  init(_ path: String, flags: Int32, mode: mode_t = 0) throws(SystemError) {
    self.path = path
    descriptor = FileDescriptor(
      owning: try systemCall("open \(path)") {
        Glibc.open(path, flags | O_CLOEXEC | O_NOCTTY, mode)
      })
  }

  var rawValue: CInt { descriptor.rawValue }

  /// Takes the whole file's `flock` without waiting; false when somebody else holds it.
  func lock() throws(SystemError) -> Bool {
    do throws(SystemError) {
      try systemCall("flock \(path)") { flock(rawValue, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error.code == EWOULDBLOCK { return false }
      throw error
    }
  }

  /// Everything from the current position on.
  /// - Parameter limit: nothing beyond so many bytes is read.
  func read(limit: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(limit, 16 << 10))
    while bytes.count < limit {
      let count = try systemCall("read \(path)") {
        Glibc.read(rawValue, &chunk, min(chunk.count, limit - bytes.count))
      }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }

  /// At most `count` bytes from `offset` on; fewer at the end of the file. The position stays.
  func read(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, min(count, try size() - offset)))
    var done = 0
    while done < bytes.count {
      let wanted = bytes.count - done
      let count = try systemCall("pread \(path)") {
        bytes.withUnsafeMutableBytes {
          pread(rawValue, $0.baseAddress?.advanced(by: done), wanted, off_t(offset + done))
        }
      }
      if count == 0 { break }
      done += count
    }
    return Array(bytes.prefix(done))
  }

  func write(_ bytes: [UInt8]) throws(SystemError) {
    try bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
      _ = try writeAll(bytes, to: rawValue, name: "write \(path)")
    }
  }

  /// Cuts the file to nothing; the next write begins at its start.
  func truncate() throws(SystemError) {
    try systemCall("ftruncate \(path)") { ftruncate(rawValue, 0) }
    try systemCall("lseek \(path)") { lseek(rawValue, 0, SEEK_SET) }
  }

  /// Waits until the content is on the disk.
  func sync() throws(SystemError) {
    try systemCall("fsync \(path)") { fsync(rawValue) }
  }

  func setMode(_ mode: mode_t) throws(SystemError) {
    try systemCall("fchmod \(path)") { fchmod(rawValue, mode) }
  }

  /// Gives what root has made to the owner of its folder, so that the service can use it.
  func handOver() {
    guard geteuid() == 0 else { return }
    var status = stat()
    guard stat(File.folder(of: path), &status) == 0 else { return }
    // If it fails the service says that it cannot read the file.
    _ = fchown(rawValue, status.st_uid, status.st_gid)
  }

  func size() throws(SystemError) -> Int {
    var status = stat()
    try systemCall("fstat \(path)") { fstat(rawValue, &status) }
    return Int(status.st_size)
  }

  /// When the content was changed last.
  func modified() throws(SystemError) -> UnixTime {
    var status = stat()
    try systemCall("fstat \(path)") { fstat(rawValue, &status) }
    let time = status.st_mtim
    return UnixTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  func identity() throws(SystemError) -> Identity {
    var status = stat()
    try systemCall("fstat \(path)") { fstat(rawValue, &status) }
    return Identity(device: status.st_dev, inode: status.st_ino)
  }
}

extension File {
  /// What `path` stands for; nil when there is nothing.
  static func identity(of path: String) throws(SystemError) -> Identity? {
    var status = stat()
    do throws(SystemError) {
      try systemCall("lstat \(path)") { lstat(path, &status) }
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
    return Identity(device: status.st_dev, inode: status.st_ino)
  }

  static func rename(_ path: String, to newPath: String) throws(SystemError) {
    try systemCall("rename \(path) to \(newPath)") { Glibc.rename(path, newPath) }
  }

  static func link(_ path: String, as newPath: String) throws(SystemError) {
    try systemCall("link \(path) as \(newPath)") { Glibc.link(path, newPath) }
  }

  /// Removes a name; that there is none is no error.
  static func remove(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try systemCall("unlink \(path)") { unlink(path) }
    } catch {
      if error.code != ENOENT { throw error }
    }
  }

  /// Makes the names in the folder of `path` survive a crash.
  static func syncFolder(of path: String) throws(SystemError) {
    try File(folder(of: path), flags: O_RDONLY | O_DIRECTORY).sync()
  }

  /// Makes the folder that `path` lies in, and those above it, where they are missing.
  static func makeFolders(to path: String) throws(SystemError) {
    let folder = folder(of: path)
    if try identity(of: folder) != nil { return }
    try makeFolders(to: folder)
    do throws(SystemError) {
      try systemCall("mkdir \(folder)") { mkdir(folder, 0o755) }
    } catch {
      if error.code != EEXIST { throw error }
    }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
