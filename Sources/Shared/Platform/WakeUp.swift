import CPlatform
import Glibc
public import Model

/// Wakes one thread from another (`eventfd`).
public final class WakeUp: Sendable {
  private let event: FileDescriptor

  public init() throws(SystemError) {
    event = FileDescriptor(
      owning: try systemCall("eventfd") {
        eventfd(0, CInt(EFD_NONBLOCK) | CInt(EFD_CLOEXEC))
      })
  }

  /// For `Poller`: readable after `notify` until `drain`.
  public var rawValue: CInt { event.rawValue }

  /// May be called from any thread; never blocks.
  public func notify() {
    var one: UInt64 = 1
    // Fails only when the counter is full, and then the sleeper is being woken anyway.
    _ = write(event.rawValue, &one, 8)
  }

  /// Takes the notifications that are there.
  public func drain() {
    var count: UInt64 = 0
    // Fails only when there are none.
    _ = read(event.rawValue, &count, 8)
  }

  /// Sleeps until a notification or the end of `patience` (nil = for ever), and takes it.
  public func wait(upTo patience: Milliseconds?) {
    var entry = pollfd(fd: event.rawValue, events: Int16(POLLIN), revents: 0)
    let timeout = patience.map { CInt(min(max($0.rawValue, 0).rounded(.up), Double(CInt.max))) }
    _ = poll(&entry, 1, timeout ?? -1)
    drain()
  }
}
