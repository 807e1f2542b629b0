import Foundation

/// A program that a test started in a session and at a terminal of its own, and types to: it finds
/// the terminal as `/dev/tty`.
final class ControllingTerminal {
  let processID: pid_t
  private let master: Int32
  private(set) var screen = ""
  private var ending: Int32?

  struct Failure: Error { var message: String }

  init(_ command: [String], environment: [String: String]) throws {
    // What unlockpt and ptsname do; Swift's Glibc module does not have them.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: Int32 = 0
    guard ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0
    else { throw Failure(message: "no pseudo terminal") }
    let path = "/dev/pts/\(number)"
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // The leader of a session gets the first terminal that it opens.
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(spawnInNewSession))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
    for descriptor in [1, 2] as [Int32] {
      posix_spawn_file_actions_adddup2(&actions, 0, descriptor)
    }
    for descriptor in 3..<256 as Range<Int32> {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let words = (["/usr/bin/env"] + command).map { strdup($0) }
    let settings = variables.map { strdup("\($0.key)=\($0.value)") }
    defer { (words + settings).forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawn(
      &child, "/usr/bin/env", &actions, &attributes, words + [nil], settings + [nil])
    guard code == 0 else { throw Failure(message: String(cString: strerror(code))) }
    processID = child
  }

  deinit {
    if isRunning { kill(processID, SIGKILL) }
    var status: Int32 = 0
    if ending == nil { waitpid(processID, &status, 0) }
    close(master)
  }

  private var isRunning: Bool {
    if ending != nil { return false }
    var status: Int32 = 0
    if waitpid(processID, &status, WNOHANG) == processID { ending = status }
    return ending == nil
  }

  /// Takes in what was printed.
  private func collect() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(master, &chunk, chunk.count)
      guard count > 0 else { return }
      screen += String(decoding: chunk[..<count], as: UTF8.self)
        .replacingOccurrences(of: "\r\n", with: "\n")
    }
  }

  /// Waits for a text behind what was waited for before, then types a line.
  ///
  /// - Returns: whether the text came.
  func answer(_ question: String, _ line: String, within seconds: Double = 30) -> Bool {
    guard wait(for: question, within: seconds) else { return false }
    type(line + "\n")
    return true
  }

  private var seen = 0

  func wait(for text: String, within seconds: Double = 30) -> Bool {
    eventually(within: seconds) {
      collect()
      let rest = screen.dropFirst(seen)
      guard let found = rest.range(of: text) else { return false }
      seen = screen.distance(from: screen.startIndex, to: found.upperBound)
      return true
    }
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Whether the terminal shows what is typed.
  var echoes: Bool {
    var attributes = termios()
    return tcgetattr(master, &attributes) == 0 && attributes.c_lflag & tcflag_t(ECHO) != 0
  }

  func waitUntilExit(within seconds: Double) -> Int32? {
    let isOver = eventually(within: seconds) {
      collect()
      return !isRunning
    }
    collect()
    guard isOver, let ending else { return nil }
    let signal = ending & 0x7f
    return signal == 0 ? ending >> 8 & 0xff : signal
  }
}

/// Glibc's POSIX_SPAWN_SETSID, which is defined for GNU only.
private let spawnInNewSession: Int32 = 0x80
