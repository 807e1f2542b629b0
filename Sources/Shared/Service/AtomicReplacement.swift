import Glibc
import Platform

/// Puts new content in the place of a file so that a crash at any moment leaves the old version or
/// the new one, whole, and never a mixture or nothing.
struct AtomicReplacement {
  /// What is done, in this order.
  enum Step: CaseIterable {
    case create
    case write
    case sync
    case keepPrevious
    case replace
    case syncFolder
  }

  var path: String
  var mode: mode_t
  /// Whether the version before stays as `<path>.backup`.
  var keepsPrevious = true
  /// Called before each step: tests fail here, and look at what a crash would leave.
  var before: (Step) throws(SystemError) -> Void = { _ throws(SystemError) in }

  /// One writer only, the holder of the lock, so that the name can be fixed and nothing piles up.
  private var temporary: String { path + ".tmp" }
  private var previous: String { path + ".backup" }
  private var newPrevious: String { path + ".backup.tmp" }

  /// Replaces the file. That the version before could not be kept fails too, but only after the
  /// new one is in its place.
  func run(_ bytes: [UInt8]) throws(SystemError) {
    var notKept: SystemError?
    do throws(SystemError) {
      try writeTemporary(bytes)
      if keepsPrevious {
        do throws(SystemError) { try keepPrevious() } catch { notKept = error }
      }
      try before(.replace)
      try File.rename(temporary, to: path)
    } catch {
      try? File.remove(temporary)
      throw error
    }
    try before(.syncFolder)
    try File.syncFolder(of: path)
    if let notKept { throw notKept }
  }

  private func writeTemporary(_ bytes: [UInt8]) throws(SystemError) {
    try before(.create)
    try File.remove(temporary)
    let file = try File(temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    // The umask may have taken bits away.
    try file.setMode(mode)
    file.handOver()
    try before(.write)
    try file.write(bytes)
    try before(.sync)
    try file.sync()
  }

  /// Gives the version in place a second name. It keeps its own until the new one takes it.
  private func keepPrevious() throws(SystemError) {
    try before(.keepPrevious)
    guard try File.identity(of: path) != nil else { return }
    try File.remove(newPrevious)
    try File.link(path, as: newPrevious)
    try File.rename(newPrevious, to: previous)
  }
}
