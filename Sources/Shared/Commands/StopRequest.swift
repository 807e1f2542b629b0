import Glibc
public import Model
public import Platform
import Synchronization

/// SIGINT and SIGTERM as a wish to end, which a tool looks at when it suits.
///
/// A second signal ends the process at once, as if nobody had asked for the first.
public final class StopRequest: Sendable {
  private let signals: SignalSource
  private let isMade = Atomic<Bool>(false)
  private let wakeUp: WakeUp

  /// Call it before the first thread is started.
  ///
  /// - Parameters:
  ///   - keyboard: a terminal of which every key is such a wish too; nil = none.
  ///   - react: is called once, by another thread: to end what blocks the tool.
  public init(
    keyboard: CInt? = nil, react: @escaping @Sendable () -> Void = {}
  ) throws(SystemError) {
    signals = try SignalSource([SIGINT, SIGTERM])
    wakeUp = try WakeUp()
    _ = try Thread(name: "signals") { [self] in
      waitForWish(keyboard)
      isMade.store(true, ordering: .releasing)
      react()
      wakeUp.notify()
      signals.restoreDefaults()
      // The only thread that does not block the signals: the next one ends the process.
      while true { pause() }
    }
  }

  public var isRequested: Bool { isMade.load(ordering: .acquiring) }

  /// For `Poller`: readable from the wish on.
  public var rawValue: CInt { wakeUp.rawValue }

  /// Waits that long; ends early when it is wished.
  ///
  /// - Returns: whether it is wished now.
  @discardableResult
  public func wait(upTo deadline: MonotonicTime) throws(SystemError) -> Bool {
    var entry = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    while !isRequested {
      let rest = deadline - Clock.monotonic()
      guard rest > .zero else { break }
      poll(&entry, 1, CInt(min(rest.rawValue, 60_000).rounded(.up)))
    }
    return isRequested
  }

  /// Returns when there is a wish. Without a source of wishes there will be none.
  private func waitForWish(_ keyboard: CInt?) {
    var keyboard = keyboard
    while true {
      var entries = [pollfd(fd: signals.rawValue, events: Int16(POLLIN), revents: 0)]
      if let keyboard { entries.append(pollfd(fd: keyboard, events: Int16(POLLIN), revents: 0)) }
      poll(&entries, nfds_t(entries.count), -1)
      if (try? signals.read()) ?? nil != nil { return }
      guard entries.count > 1, entries[1].revents != 0, let terminal = keyboard else { continue }
      var key: UInt8 = 0
      if Glibc.read(terminal, &key, 1) == 1 { return }
      // Nobody types any more.
      keyboard = nil
    }
  }
}
