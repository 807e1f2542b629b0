import CPlatform
import Glibc

/// Signals as something to read (`signalfd`), instead of handlers that interrupt anything.
public struct SignalSource: ~Copyable, Sendable {
  private let descriptor: FileDescriptor
  private let signals: [CInt]

  /// Blocks `signals` in the calling thread and in all that it starts from now on: call it before
  /// the first thread is started.
  public init(_ signals: [CInt]) throws(SystemError) {
    var mask = Self.mask(signals)
    pthread_sigmask(SIG_BLOCK, &mask, nil)
    self.signals = signals
    descriptor = FileDescriptor(
      owning: try systemCall("signalfd") {
        signalfd(-1, &mask, CInt(SFD_NONBLOCK) | CInt(SFD_CLOEXEC))
      })
  }

  /// For `Poller`: readable when a signal waits.
  public var rawValue: CInt { descriptor.rawValue }

  /// The next signal that came; nil when there is none.
  public func read() throws(SystemError) -> CInt? {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    let fd = descriptor.rawValue
    let count = try nonBlockingCall("read signalfd") { Glibc.read(fd, &information, size) }
    return count == size ? CInt(information.ssi_signo) : nil
  }

  /// Gives the signals their usual effect back, so that a second SIGTERM ends the process at once.
  public func restoreDefaults() {
    for signal in signals { _ = Glibc.signal(signal, SIG_DFL) }
    var mask = Self.mask(signals)
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  private static func mask(_ signals: [CInt]) -> sigset_t {
    var mask = sigset_t()
    sigemptyset(&mask)
    for signal in signals { sigaddset(&mask, signal) }
    return mask
  }
}
