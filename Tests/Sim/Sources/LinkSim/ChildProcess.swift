import Glibc

/// The command that runs on the line.
struct ChildProcess {
  private let process: pid_t

  /// Starts it with the same files and environment, and with no signal blocked.
  init(_ command: [String]) throws(SystemError) {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, command[0], nil, &attributes, &arguments, environ)
    if code != 0 { throw SystemError(call: "start \(command[0])", code: code) }
    self.process = process
  }

  /// Its exit status as a shell tells it; nil while it runs.
  func status() throws(SystemError) -> Int32? {
    var status: Int32 = 0
    let ended = try SystemError.check("waitpid") { waitpid(process, &status, WNOHANG) }
    guard ended == process else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
