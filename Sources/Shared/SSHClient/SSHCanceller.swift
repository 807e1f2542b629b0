import Glibc
import Model
import Platform
import Synchronization

/// Ends a command of an `SSHClient` from another thread, and every later one at once.
public final class SSHCanceller: Sendable {
  private let isSet = Atomic<Bool>(false)
  private let wake: WakeUp?
  /// Why there is no way to be woken: nothing is begun then.
  let trouble: SystemError?

  init() {
    do throws(SystemError) {
      wake = try WakeUp()
      trouble = nil
    } catch {
      wake = nil
      trouble = error
    }
  }

  /// May be called from any thread, at any time.
  public func cancel() {
    isSet.store(true, ordering: .releasing)
    wake?.notify()
  }

  var isCancelled: Bool { isSet.load(ordering: .acquiring) }

  /// Waits until a descriptor is ready, or fails at the deadline and when cancelled.
  ///
  /// - Parameter events: of `poll`.
  func wait(
    for descriptor: CInt, events: CInt, until deadline: MonotonicTime
  ) throws(SSHFailure) {
    while true {
      if isCancelled { throw SSHFailure(.cancelled) }
      let rest = deadline - Clock.monotonic()
      guard rest > .zero else { throw SSHFailure(.timeout) }
      var entries = [
        pollfd(fd: descriptor, events: Int16(events), revents: 0),
        // Nobody takes the notification: it is for good. poll passes a negative one over.
        pollfd(fd: wake?.rawValue ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      let timeout = CInt(min(rest.rawValue.rounded(.up), 1e9))
      if poll(&entries, nfds_t(entries.count), timeout) > 0, entries[0].revents != 0 { return }
    }
  }
}
