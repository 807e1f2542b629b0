public import Control
import FoundationEssentials
import Glibc
public import Model

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
      do throws(BudgetFile.Trouble) {
        let opened = try BudgetFile(path: file)
        try opened.lock(patience: Self.patience)
        var budget = opened.budget(settings, at: now)
        let result = body(&budget)
        try opened.write(budget)
        trouble = nil
        own = nil
        return result
      } catch {
        trouble = "\(file): \(error.text)"
      }
    }
    var budget = own ?? WriteBudget(settings, updated: now)
    defer { own = budget }
    return body(&budget)
  }
}

/// The opened and locked file of a budget.
private struct BudgetFile: ~Copyable {
  struct Trouble: Error {
    var text: String
  }

  private struct Content: Codable {
    var tokens: Double
    /// Unix seconds.
    var t: Double
  }

  /// More than it ever holds.
  private static let maximumBytes = 256
  private let descriptor: Int32

  init(path: String) throws(Trouble) {
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW
    var descriptor = open(path, flags)
    if descriptor < 0, errno == ENOENT {
      descriptor = open(path, flags | O_CREAT, 0o640)
      Self.handOver(descriptor, path)
    }
    guard descriptor >= 0 else { throw Self.trouble("open") }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Waits a little for another process.
  borrowing func lock(patience: Milliseconds) throws(Trouble) {
    var waited = Milliseconds.zero
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw Self.trouble("flock") }
      guard waited < patience else { throw Trouble(text: "another process holds it") }
      usleep(1000)
      waited = waited + Milliseconds(1)
    }
  }

  /// What the file says. Half a bucket when it says nothing that can be understood: enough to
  /// act on congestion, and no way to more writes.
  borrowing func budget(_ settings: RouterSettings.WriteBudget, at now: UnixTime) -> WriteBudget {
    var bytes = [UInt8](repeating: 0, count: Self.maximumBytes)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    if count == 0 { return WriteBudget(settings, updated: now) }
    let line = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
    guard let content = try? JSONDecoder().decode(Content.self, from: Data(line)) else {
      return WriteBudget(settings, tokens: Double(settings.burst) / 2, updated: now)
    }
    return WriteBudget(
      settings, tokens: content.tokens, updated: UnixTime(seconds: content.t))
  }

  borrowing func write(_ budget: WriteBudget) throws(Trouble) {
    var json = JSONWriter()
    json.beginObject()
    json.field("tokens", budget.tokens)
    json.field("t", budget.updated)
    json.endObject()
    json.newline()
    let bytes = json.withBytes { Array($0) }
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count,
      ftruncate(descriptor, off_t(bytes.count)) == 0
    else { throw Self.trouble("write") }
  }

  /// A file that root made belongs to the owner of its folder, so that the service can use it.
  private static func handOver(_ descriptor: Int32, _ path: String) {
    guard descriptor >= 0, geteuid() == 0 else { return }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    var status = stat()
    guard stat(folder, &status) == 0 else { return }
    _ = fchown(descriptor, status.st_uid, status.st_gid)
  }

  private static func trouble(_ call: String) -> Trouble {
    Trouble(text: "\(call): \(String(cString: strerror(errno)))")
  }
}
