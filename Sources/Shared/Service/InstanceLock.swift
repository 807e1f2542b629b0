import Glibc
public import Platform
import Synchronization

/// The right to run for one WAN: a `flock` on the configured lock file, which holds `<pid>\n`.
///
/// The text is for the original, which takes no `flock`: so each of the two sees the other. The
/// file is removed only while its `flock` is held, and whoever opened it before that notices and
/// begins again: no file of somebody else is ever removed.
public final class InstanceLock: Sendable {
  /// Why the lock was not taken.
  public enum Failure: Error, Sendable, Equatable {
    /// Another process holds the `flock`. `processID` is what the file says, if it says one.
    case held(path: String, processID: Int32?)
    /// The file names a live process whose command line contains `wanctl`.
    case running(path: String, processID: Int32, command: String)
    case system(SystemError)
  }

  public let path: String
  /// A line for the log when a lock file was already there and did not count: which, and why.
  public let takeover: String?
  private let file: Mutex<File?>

  private enum Attempt {
    case taken(File, takeover: String?)
    case refused(Failure)
  }

  /// Takes the lock on the file at `path`, which is made where it is missing.
  /// - Parameter makesFolders: so is its folder.
  public init(path: String, makesFolders: Bool = false) throws(Failure) {
    self.path = path
    let attempt: Attempt
    do throws(SystemError) {
      if makesFolders { try File.makeFolders(to: path) }
      attempt = try Self.attempt(path)
    } catch {
      throw .system(error)
    }
    switch attempt {
    case .taken(let file, let takeover):
      self.takeover = takeover
      self.file = Mutex(file)
    case .refused(let failure): throw failure
    }
  }

  deinit { try? release() }

  /// Removes the file and gives the lock back. Doing it twice is harmless.
  public func release() throws(SystemError) {
    let released = file.withLock { file -> File? in
      defer { file = nil }
      return file
    }
    guard let released else { return }
    // Nobody who keeps the rules replaces the file while its flock is held, so that what is
    // compared here is what is removed. The flock ends with the last reference.
    if try File.identity(of: path) == released.identity() { try File.remove(path) }
  }

  /// The live process of ours, or of the original, that a lock file names; nil when there is none.
  /// Takes no lock and changes nothing.
  public static func runningProcess(lockFile path: String) -> Int32? {
    guard let content = try? File(path, flags: O_RDONLY).read(limit: maximumContent),
      case .controller(let processID, _) = LockFileOwner(content)
    else { return nil }
    return processID
  }

  private static let maximumContent = 4096

  private static func attempt(_ path: String) throws(SystemError) -> Attempt {
    // Only for the message: what counts is decided under the flock.
    let existed = try File.identity(of: path) != nil
    while true {
      let file = try File(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o644)
      let isLocked = try file.lock()
      // The holder may have released it, and removed its name, since it was opened here.
      guard try file.identity() == File.identity(of: path) else { continue }
      let content = try file.read(limit: maximumContent)
      guard isLocked else {
        return .refused(.held(path: path, processID: LockFileOwner.processID(in: content)))
      }
      let owner = LockFileOwner(content)
      if case .controller(let processID, let command) = owner {
        return .refused(.running(path: path, processID: processID, command: command))
      }
      try file.truncate()
      try file.write(Array("\(getpid())\n".utf8))
      let reason = existed ? owner.takeoverReason : nil
      return .taken(file, takeover: reason.map { "took over \(path): \($0)" })
    }
  }
}

extension InstanceLock.Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .held(let path, let processID):
      "\(path) is held by " + (processID.map { "process \($0)" } ?? "another process")
    case .running(let path, let processID, let command):
      "\(path) names process \(processID), which runs: \(command)"
    case .system(let error): "lock file: \(error)"
    }
  }
}
