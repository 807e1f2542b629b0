import Foundation

/// Programs that tests start beside our own. Not by Foundation's `Process`: that learns of an end
/// through a socket, which whatever another test starts at the same moment inherits and keeps open.
public enum Program {
  public struct Failure: Error {
    public var message: String
  }

  /// Starts a program that is found by its name, with these descriptors and no others.
  static func start(
    _ words: [String], input: Int32, output: Int32, errors: Int32
  ) throws(Failure) -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Signals may be blocked in the process of the tests, and a child would inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in [(0, input), (1, output), (2, errors)] as [(Int32, Int32)] {
      posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    // Closing what is not open does no harm.
    for descriptor in 3..<1024 as Range<Int32> {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    let arguments = words.map { strdup($0) }
    let settings = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") }
    defer { (arguments + settings).forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawnp(
      &child, words[0], &actions, &attributes, arguments + [nil], settings + [nil])
    guard code == 0 else {
      throw Failure(message: "\(words[0]): \(String(cString: strerror(code)))")
    }
    return child
  }

  /// Waits for a program.
  ///
  /// - Returns: its exit status; nil when a signal ended it.
  @discardableResult
  static func waitForEnd(of child: pid_t) -> Int32? {
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
  }

  /// Runs a program that ends by itself.
  ///
  /// - Returns: what it printed, without the last line's end.
  @discardableResult
  public static func run(_ words: String...) throws(Failure) -> String {
    let (status, output) = try result(words, withErrors: false)
    guard status == 0 else { throw Failure(message: "\(words): ended with \(status ?? -1)") }
    return output
  }

  /// Runs a program that ends by itself, however it does.
  ///
  /// - Parameter input: a file that it reads as its standard input.
  /// - Returns: its exit status, nil when a signal ended it; and what it printed and complained of,
  ///   without the last line's end.
  public static func result(
    _ words: [String], input: String = "/dev/null", withErrors: Bool = true
  ) throws(Failure) -> (status: Int32?, output: String) {
    let given = open(input, O_RDONLY | O_CLOEXEC)
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    var ends: [Int32] = [0, 0]
    guard given >= 0, nothing >= 0, pipe(&ends) == 0 else {
      throw Failure(message: "\(input): \(String(cString: strerror(errno)))")
    }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    let started = Result { () throws(Failure) in
      try start(
        words, input: given, output: ends[1], errors: withErrors ? ends[1] : nothing)
    }
    close(given)
    close(nothing)
    close(ends[1])
    defer { close(ends[0]) }
    let child = try started.get()
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends[0], &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      output += chunk[..<count]
    }
    let status = waitForEnd(of: child)
    return (status, String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines))
  }
}
