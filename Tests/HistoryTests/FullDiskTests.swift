import Glibc
import Model
import Platform
import Synchronization
import TestSupport
import Testing

@testable import History

/// A disk of 384 KiB in a mount namespace of the test, filled up to any number of pages: whichever
/// write fails, rows wait, and nothing is damaged.
@Suite struct FullDiskTests {
  struct Failure: Error {
    var reason: String
  }

  /// Runs `body` on a thread of its own with a small disk at `path`.
  private static func withDisk(
    at path: String, _ body: @escaping @Sendable () throws -> Void
  ) throws {
    let result = Mutex<Result<Void, any Error>?>(nil)
    let thread = try Thread(name: "namespace") {
      let outcome = Result {
        guard unshareMounts() == 0 else { throw Failure(reason: "unshare") }
        let commands =
          "mount --make-rprivate / && mount -t tmpfs -o size=384k wanctl '\(path)'"
        guard system(commands) == 0 else { throw Failure(reason: commands) }
        try body()
      }
      result.withLock { $0 = outcome }
    }
    thread.join()
    try result.withLock { $0 }?.get()
  }

  /// Swift's Glibc module does not show what only GNU has.
  private static func unshareMounts() -> CInt {
    typealias Unshare = @convention(c) (CInt) -> CInt
    guard let symbol = dlsym(nil, "unshare") else { return -1 }
    return unsafeBitCast(symbol, to: Unshare.self)(0x0002_0000)
  }

  private static let isAvailable =
    (try? TemporaryFolder()).map { folder in (try? withDisk(at: folder.path) {}) != nil } ?? false

  /// Takes everything but `free` bytes.
  private static func fill(_ path: String, leaving free: Int) throws {
    let file = FileDescriptor(
      owning: try systemCall("open") { open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600) })
    let page = [UInt8](repeating: 0, count: 4096)
    var size = 0
    while write(file.rawValue, page, page.count) == page.count { size += page.count }
    guard errno == ENOSPC else { throw Failure(reason: "fill: errno \(errno)") }
    let left = max(0, size - free)
    try systemCall("ftruncate") { ftruncate(file.rawValue, left) }
  }

  @Test(.enabled(if: isAvailable, "needs root, or swift test below unshare -rm"))
  func whicheverWriteFailsNothingIsLost() throws {
    let folder = try TemporaryFolder()
    try Self.withDisk(at: folder.path) {
      for pages in 0..<40 {
        let desk = try HistoryKeeperTests.Desk(name: "\(pages).db", folder: folder)
        // Some begin on a full disk, the others fill it while the database is open.
        if pages.isMultiple(of: 2) {
          desk.push(-1)
          desk.work()
        }
        try Self.fill(folder.file("filler"), leaving: pages * 4096)
        let first = pages.isMultiple(of: 2) ? 1 : 0
        for value in 0..<400 {
          desk.push(Double(value))
          if value.isMultiple(of: 50) { desk.work(after: Milliseconds(10_000)) }
        }
        unlink(folder.file("filler"))
        desk.work(after: Milliseconds(10_000))
        let values = try desk.values()
        #expect(Array(values.dropFirst(first)) == (0..<400).map { Double($0) }, "\(pages) pages")
        let database = try SQLiteConnection(path: desk.path, access: .readWrite)
        #expect(try database.text("PRAGMA integrity_check") == "ok", "\(pages) pages")
        for event in desk.told.all {
          switch event {
          case .failed, .recovered, .maintenanceFailed: break
          default: Issue.record("\(event) with \(pages) pages")
          }
        }
        desk.work(isLast: true)
        for suffix in ["", "-wal", "-shm", ".lock"] { unlink(desk.path + suffix) }
      }
    }
  }
}
