import Glibc
public import Platform

/// The right to maintain a database, among all processes of the host: a `flock` on `PATH.lock` beside
/// it. It goes with its last reference, or its process.
///
/// The original takes none; two that maintain at once make aggregates twice only in the original.
public final class MaintenanceLock: Sendable {
  private let file: FileDescriptor

  /// - Returns: nil when another process maintains the database now.
  public init?(database: String) throws(SystemError) {
    let path = database + ".lock"
    file = FileDescriptor(
      owning: try systemCall("open \(path)") {
        // Reading is enough for a flock, and possible when root made the file.
        open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0o644)
      })
    let descriptor = file.rawValue
    do throws(SystemError) {
      try systemCall("flock \(path)") { flock(descriptor, LOCK_EX | LOCK_NB) }
    } catch {
      if error.code == EWOULDBLOCK { return nil }
      throw error
    }
  }
}
