public import Control
import FoundationEssentials
import Glibc
public import Model
import Platform

/// The write budget of one router, shared by all processes of this host that write to it: a small
/// file beside the lock file, so that it also survives restarts.
///
/// The file is read, changed and written under `flock`, within microseconds. Where it cannot be
/// used this process counts alone, and says why in `trouble`.
public final class SharedBudget {
  /// How long another process may hold the file.
  static let patience = Milliseconds(50)

  /// nil: the budget is not shared.
  public let file: String?
  /// Why the file is not used at present.
  public private(set) var trouble: String?
  /// The budget as it was when it was used last.
  public private(set) var latest: WriteBudget?
  private let settings: RouterSettings.WriteBudget
  /// What this process counts by itself, where there is no file.
  private var own: WriteBudget?

  public init(file: String?, settings: RouterSettings.WriteBudget) {
    self.file = file
    self.settings = settings
  }

  /// `wanctl_router_<host>.budget` in the folder of the lock file.
  public static func file(besideLock lockFile: String, host: String) -> String {
    let folder = lockFile.lastIndex(of: "/").map { String(lockFile[...$0]) } ?? ""
    let name = host.utf8.map { byte -> Character in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
        Character(UnicodeScalar(byte))
      default: "_"
      }
    }
    return "\(folder)wanctl_router_\(String(name)).budget"
  }

  /// Takes one token.
  ///
  /// - Returns: nil when there was one; else how long to wait for it.
  public func take(_ urgency: WriteBudget.Urgency, at now: UnixTime) -> Milliseconds? {
    update(at: now) { $0.take(urgency, at: now) }
  }

  /// Puts a token back.
  public func giveBack(at now: UnixTime) {
    update(at: now) { $0.giveBack() }
  }

  private func update<Result>(at now: UnixTime, _ body: (inout WriteBudget) -> Result) -> Result {
    if let file {
      do throws(SystemError) {
        let opened = try BudgetFile(path: file)
        try opened.lock(patience: Self.patience)
        var budget = try opened.budget(settings, at: now)
        let result = body(&budget)
        try opened.write(budget)
        latest = budget
        trouble = nil
        own = nil
        return result
      } catch {
        trouble =
          error.code == EWOULDBLOCK
          ? "\(file): another process holds it" : "\(error.call) \(file): \(error.reason)"
      }
    }
    var budget = own ?? WriteBudget(settings, updated: now)
    defer {
      own = budget
      latest = budget
    }
    return body(&budget)
  }
}

/// The opened and locked file of a budget.
private struct BudgetFile: ~Copyable {
  private struct Content: Decodable {
    var tokens: Double
    /// Unix seconds.
    var t: Double
  }

  /// More than it ever holds.
  private static let maximumBytes = 256
  private let descriptor: FileDescriptor

  init(path: String) throws(SystemError) {
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW
    do {
      descriptor = FileDescriptor(owning: try systemCall("open") { open(path, flags) })
    } catch  where error.code == ENOENT {
      descriptor = FileDescriptor(
        owning: try systemCall("open") { open(path, flags | O_CREAT, 0o640) })
      handOver(path)
    }
  }

  /// Waits a little for another process.
  borrowing func lock(patience: Milliseconds) throws(SystemError) {
    var waited = Milliseconds.zero
    while true {
      do {
        try systemCall("flock") { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) }
        return
      } catch  where error.code == EWOULDBLOCK && waited < patience {
        usleep(1000)
        waited = waited + Milliseconds(1)
      }
    }
  }

  /// What the file says. Half a bucket when it says nothing that can be understood: enough to
  /// act on congestion, and no way to more writes.
  borrowing func budget(
    _ settings: RouterSettings.WriteBudget, at now: UnixTime
  ) throws(SystemError) -> WriteBudget {
    var bytes = [UInt8](repeating: 0, count: Self.maximumBytes)
    let count = try systemCall("read") { pread(descriptor.rawValue, &bytes, bytes.count, 0) }
    if count == 0 { return WriteBudget(settings, updated: now) }
    let line = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }
    guard let content = try? JSONDecoder().decode(Content.self, from: Data(line)) else {
      return WriteBudget(settings, tokens: Double(settings.burst) / 2, updated: now)
    }
    return WriteBudget(
      settings, tokens: content.tokens, updated: UnixTime(seconds: content.t))
  }

  borrowing func write(_ budget: WriteBudget) throws(SystemError) {
    var json = JSONWriter()
    json.beginObject()
    json.field("tokens", budget.tokens)
    json.field("t", budget.updated)
    json.endObject()
    json.newline()
    let bytes = json.withBytes { Array($0) }
    // A file of this size is written at once, or not at all.
    try systemCall("write") { pwrite(descriptor.rawValue, bytes, bytes.count, 0) }
    try systemCall("ftruncate") { ftruncate(descriptor.rawValue, off_t(bytes.count)) }
  }

  /// A file that root made belongs to the owner of its folder, so that the service can use it.
  private borrowing func handOver(_ path: String) {
    guard geteuid() == 0 else { return }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    var status = stat()
    guard stat(folder, &status) == 0 else { return }
    // If it fails the service says that it cannot share the budget.
    _ = fchown(descriptor.rawValue, status.st_uid, status.st_gid)
  }
}
