import Glibc
import Model
import Platform
import TestSupport
import Testing

@testable import History

/// A database that this process may read but not write: somebody else's, or in a folder that is
/// nobody's to write to. Rows wait until that is mended.
@Suite(.enabled(if: geteuid() == 0, "only root can be somebody else"))
struct ForeignFileTests {
  /// Runs `body` on a thread whose files are those of `nobody`: root's rights over files do not hold
  /// there.
  private static func asNobody(_ body: @escaping @Sendable () -> Void) throws {
    // Swift's Glibc module does not show it.
    typealias SetFileUser = @convention(c) (UInt32) -> CInt
    let symbol = try #require(dlsym(nil, "setfsuid"))
    let setFileUser = unsafeBitCast(symbol, to: SetFileUser.self)
    let thread = try Thread(name: "nobody") {
      _ = setFileUser(65_534)
      body()
    }
    thread.join()
  }

  /// A keeper in virtual time, moved from thread to thread one after the other.
  private final class Handle: @unchecked Sendable {
    let desk: HistoryKeeperTests.Desk
    init() throws { desk = try HistoryKeeperTests.Desk() }
  }

  private func expectOneFailure(_ desk: HistoryKeeperTests.Desk, _ kinds: Set<String>) {
    let failures = desk.told.all.compactMap { event -> String? in
      guard case .failed(.database(let error)) = event else { return nil }
      return "\(error.kind)"
    }
    #expect(failures.count == 1 && kinds.contains(failures[0]), "\(desk.told.all)")
  }

  @Test(arguments: [mode_t(0o644), 0o600])
  func aFileOfSomebodyElseIsWaitedFor(mode: mode_t) throws {
    let handle = try Handle()
    let desk = handle.desk
    chmod(desk.folder.path, 0o755)
    do {
      let database = try SQLiteConnection(path: desk.path, access: .create)
      try MetricsSchema.create(on: database)
    }
    chmod(desk.path, mode)
    try Self.asNobody {
      for value in 0..<5 {
        handle.desk.push(Double(value))
        handle.desk.work(after: Milliseconds(10_000))
      }
    }
    expectOneFailure(desk, ["readOnly", "cannotOpen"])
    #expect(try desk.values().isEmpty)
    chown(desk.path, 65_534, 65_534)
    chown(desk.folder.path, 65_534, 65_534)
    try Self.asNobody { handle.desk.work(after: Milliseconds(10_000)) }
    #expect(try desk.values() == [0, 1, 2, 3, 4])
    guard case .recovered? = desk.told.all.last else {
      Issue.record("\(desk.told.all)")
      return
    }
    // It ends as who it was: what it leaves open is nobody's.
    try Self.asNobody { handle.desk.work(isLast: true) }
  }

  @Test func aFolderThatTurnsReadOnlyIsWaitedFor() throws {
    let handle = try Handle()
    let desk = handle.desk
    chown(desk.folder.path, 65_534, 65_534)
    try Self.asNobody {
      handle.desk.push(0)
      handle.desk.work()
      handle.desk.work(isLast: true)
    }
    // No side file can be made any more; a look at the database now would leave them there.
    chmod(desk.folder.path, 0o555)
    try Self.asNobody {
      for value in 1..<5 {
        handle.desk.push(Double(value))
        handle.desk.work(after: Milliseconds(10_000))
      }
    }
    expectOneFailure(desk, ["readOnly", "cannotOpen"])
    chmod(desk.folder.path, 0o755)
    try Self.asNobody {
      handle.desk.work(after: Milliseconds(10_000))
      handle.desk.work(isLast: true)
    }
    #expect(try desk.values() == [0, 1, 2, 3, 4])
  }
}
