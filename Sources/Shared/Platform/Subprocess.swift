import CPlatform
import Glibc
public import Model

/// Another program, run to its end with its output taken in. No shell is involved, and nothing of
/// our environment reaches it but what it is given.
public struct Subprocess: Sendable, Equatable {
  public enum Ending: Sendable, Equatable {
    case exited(Int32)
    case signaled(Int32)
    /// It was ended because the time was up.
    case timedOut
    /// It was ended because the caller wished so.
    case cancelled
  }

  public var ending: Ending
  public var output: String
  public var errors: String

  /// Bytes of either output that are kept.
  public static let maximumOutput = 1 << 20

  /// Runs a program, found by its name, in a process group of its own, and waits.
  ///
  /// - Parameters:
  ///   - environment: all of its environment.
  ///   - limit: after this it is ended.
  ///   - isCancelled: is asked several times a second.
  public static func run(
    _ words: [String], environment: [String: String], limit: Milliseconds,
    isCancelled: () -> Bool = { false }
  ) throws(SystemError) -> Subprocess {
    guard let name = words.first else { throw SystemError("posix_spawn", code: EINVAL) }
    let output = try Pipe()
    let errors = try Pipe()
    let child = try spawn(
      name, words, environment, output: output.write.rawValue, errors: errors.write.rawValue)
    output.closeWriteEnd()
    errors.closeWriteEnd()
    let deadline = Clock.monotonic() + limit
    var taken: (output: [UInt8], errors: [UInt8]) = ([], [])
    var isOpen = (output: true, errors: true)
    var forced: Ending?
    while isOpen.output || isOpen.errors {
      if forced == nil {
        forced = isCancelled() ? .cancelled : Clock.monotonic() >= deadline ? .timedOut : nil
        if forced != nil { end(child) }
      } else {
        // It was told; what it started may hold the pipes for ever.
        break
      }
      var entries = [
        pollfd(
          fd: isOpen.output ? output.read.rawValue : -1, events: Int16(POLLIN), revents: 0),
        pollfd(
          fd: isOpen.errors ? errors.read.rawValue : -1, events: Int16(POLLIN), revents: 0),
      ]
      poll(&entries, 2, 100)
      if entries[0].revents != 0 {
        isOpen.output = try take(from: output.read.rawValue, into: &taken.output)
      }
      if entries[1].revents != 0 {
        isOpen.errors = try take(from: errors.read.rawValue, into: &taken.errors)
      }
    }
    let ending = try wait(for: child, deadline: deadline, forced: &forced, isCancelled)
    return Subprocess(
      ending: forced ?? ending, output: String(decoding: taken.output, as: UTF8.self),
      errors: String(decoding: taken.errors, as: UTF8.self))
  }

  // MARK: Parts

  private final class Pipe {
    let read: FileDescriptor
    private(set) var write: FileDescriptor

    init() throws(SystemError) {
      var ends: [CInt] = [-1, -1]
      try systemCall("pipe") { pipe(&ends) }
      read = FileDescriptor(owning: ends[0])
      write = FileDescriptor(owning: ends[1])
      for end in ends { try systemCall("fcntl") { fcntl(end, F_SETFD, FD_CLOEXEC) } }
    }

    func closeWriteEnd() { write = FileDescriptor(owning: -1) }
  }

  private static func spawn(
    _ name: String, _ words: [String], _ environment: [String: String], output: CInt,
    errors: CInt
  ) throws(SystemError) -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What we block or ignore is none of its business.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var usual = sigset_t()
    sigemptyset(&usual)
    for signal in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&usual, signal) }
    posix_spawnattr_setsigdefault(&attributes, &usual)
    // A key at the terminal is for us, and we end the whole group.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + settings { free(pointer) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, name, &actions, &attributes, &arguments, &settings)
    guard code == 0 else { throw SystemError("start \(name)", code: code) }
    return child
  }

  /// - Returns: whether there may be more.
  private static func take(
    from descriptor: CInt, into bytes: inout [UInt8]
  ) throws(SystemError) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 16_384)
    let count = try systemCall("read") { read(descriptor, &chunk, chunk.count) }
    bytes += chunk.prefix(max(0, min(count, maximumOutput - bytes.count)))
    return count > 0
  }

  private static func end(_ child: pid_t) { kill(-child, SIGTERM) }

  /// Takes the status in. One that does not go is killed after a second.
  private static func wait(
    for child: pid_t, deadline: MonotonicTime, forced: inout Ending?,
    _ isCancelled: () -> Bool
  ) throws(SystemError) -> Ending {
    var status: Int32 = 0
    var told: MonotonicTime? = forced == nil ? nil : Clock.monotonic()
    while true {
      let ended = try systemCall("waitpid") { waitpid(child, &status, WNOHANG) }
      if ended == child { break }
      let now = Clock.monotonic()
      if told == nil, isCancelled() || now >= deadline {
        forced = isCancelled() ? .cancelled : .timedOut
        end(child)
        told = now
      } else if let since = told, now - since > Milliseconds(1000) {
        kill(-child, SIGKILL)
      }
      usleep(10_000)
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited(status >> 8 & 0xff) : .signaled(signal)
  }
}
