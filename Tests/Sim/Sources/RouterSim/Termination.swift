import Glibc

/// The end of the process: SIGTERM, SIGINT, or the end of its input.
enum Termination {
  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }

  /// Keeps the signals for `wait`; call before any thread is started.
  static func block() {
    var set = signals
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  static func wait(orEndOfInput: Bool) {
    if orEndOfInput { watchInput() }
    var set = signals
    var received: Int32 = 0
    while sigwait(&set, &received) != 0 {}
  }

  /// A thread of its own reads the input and raises SIGTERM when it ends: no dead test leaves an
  /// orphan behind.
  private static func watchInput() {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { _ in
        var buffer = [UInt8](repeating: 0, count: 512)
        while true {
          let count = read(0, &buffer, buffer.count)
          if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        kill(getpid(), SIGTERM)
        return nil
      }, nil)
  }
}
