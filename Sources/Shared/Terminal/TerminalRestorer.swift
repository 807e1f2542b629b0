import Glibc

/// Puts a terminal back to what it was, once, from wherever the process ends: also from a signal
/// handler, so nothing here allocates, locks or initialises anything after `arm`.
enum TerminalRestorer {
  private struct Saved {
    var isArmed: sig_atomic_t = 0
    var input: Int32 = 0
    var output: Int32 = 0
    var attributes = termios()
    var previous = Array(repeating: sigaction(), count: endings.count)
  }

  /// What may end the process while it holds the terminal.
  private static let endings = [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP,
  ]

  /// Reset, cursor on, main screen.
  private static let ending = Array("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l".utf8)

  private nonisolated(unsafe) static let saved: UnsafeMutablePointer<Saved> = {
    let pointer = UnsafeMutablePointer<Saved>.allocate(capacity: 1)
    pointer.initialize(to: Saved())
    return pointer
  }()

  static func arm(input: Int32, output: Int32, attributes: termios) {
    restore()
    _ = ending.count
    saved.pointee.input = input
    saved.pointee.output = output
    saved.pointee.attributes = attributes
    saved.pointee.isArmed = 1
    for (index, signal) in endings.enumerated() {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in
        TerminalRestorer.giveBack()
        // The default action of the signal, which ends the process with the right status.
        var standard = sigaction()
        standard.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(signal, &standard, nil)
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, signal)
        sigprocmask(SIG_UNBLOCK, &mask, nil)
        raise(signal)
      }
      sigaction(signal, &action, &saved.pointee.previous[index])
      // Whoever ignored a signal goes on ignoring it.
      if isIgnored(saved.pointee.previous[index]) {
        sigaction(signal, &saved.pointee.previous[index], nil)
      }
    }
  }

  /// Gives the terminal and the signals back; does nothing the second time.
  static func restore() {
    guard saved.pointee.isArmed == 1 else { return }
    giveBack()
    for (index, signal) in endings.enumerated() {
      sigaction(signal, &saved.pointee.previous[index], nil)
    }
  }

  private static func giveBack() {
    guard saved.pointee.isArmed == 1 else { return }
    saved.pointee.isArmed = 0
    _ = ending.withUnsafeBufferPointer { write(saved.pointee.output, $0.baseAddress, $0.count) }
    _ = tcsetattr(saved.pointee.input, TCSADRAIN, &saved.pointee.attributes)
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
