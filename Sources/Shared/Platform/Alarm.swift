import CPlatform
import Glibc
public import Model

/// A timer that expires once, at a time of `CLOCK_MONOTONIC` (`timerfd`), with the kernel's full
/// resolution: `Poller.wait` alone counts in milliseconds.
public struct Alarm: ~Copyable, Sendable {
  private let timer: FileDescriptor

  public init() throws(SystemError) {
    timer = FileDescriptor(
      owning: try systemCall("timerfd_create") {
        timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK) | CInt(TFD_CLOEXEC))
      })
  }

  /// For `Poller`: readable from the deadline on, until `set` again.
  public var rawValue: CInt { timer.rawValue }

  /// Takes the place of the former deadline. nil = never; a time that has passed = at once.
  public func set(_ deadline: MonotonicTime?) throws(SystemError) {
    var schedule = itimerspec()
    if let deadline {
      let nanoseconds = max(deadline.rawValue, 1)
      schedule.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
      schedule.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
    }
    let descriptor = timer.rawValue
    try systemCall("timerfd_settime") {
      timerfd_settime(descriptor, CInt(TFD_TIMER_ABSTIME), &schedule, nil)
    }
  }
}
