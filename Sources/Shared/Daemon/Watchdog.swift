import Model
import Service

/// Tells the service manager that the control thread is alive, from that thread itself: a hanging
/// disk or router withholds nothing, a stuck control thread does.
struct Watchdog {
  private let notifier: Notifier
  private var next: MonotonicTime?

  init(_ notifier: Notifier) {
    self.notifier = notifier
  }

  /// Called once a tick; sends when it is time.
  mutating func feed(now: MonotonicTime) {
    guard let interval = notifier.watchdogInterval, now >= next ?? now else { return }
    // A service manager that does not keep up is told at the next tick.
    guard (try? notifier.send(.watchdog)) != nil else { return }
    next = now + interval
  }
}
