import CPlatform
import Glibc
public import Model

/// A timer that expires at fixed times of `CLOCK_MONOTONIC` and never drifts (`timerfd`).
public struct Ticker: ~Copyable, Sendable {
  private let timer: FileDescriptor
  private let first: MonotonicTime
  private let interval: Milliseconds
  private var expirations: Int64 = 0

  /// For `Poller`: readable when the timer has expired.
  public var rawValue: CInt { timer.rawValue }

  /// - Parameters:
  ///   - first: the first expiration.
  ///   - interval: between expirations; above zero.
  public init(every interval: Milliseconds, from first: MonotonicTime) throws(SystemError) {
    precondition(interval.nanoseconds > 0, "a ticker needs an interval")
    let timer = FileDescriptor(
      owning: try systemCall("timerfd_create") {
        timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK) | CInt(TFD_CLOEXEC))
      })
    var schedule = itimerspec()
    schedule.it_value = Self.timespec(max(first.rawValue, 1))
    schedule.it_interval = Self.timespec(interval.nanoseconds)
    let descriptor = timer.rawValue
    try systemCall("timerfd_settime") {
      timerfd_settime(descriptor, CInt(TFD_TIMER_ABSTIME), &schedule, nil)
    }
    self.timer = timer
    self.first = first
    self.interval = interval
  }

  /// How often the timer has expired since the last read; 0 when it has not. More than one means
  /// that expirations were missed.
  public mutating func read() throws(SystemError) -> Int {
    var count: UInt64 = 0
    let descriptor = timer.rawValue
    let result = try nonBlockingCall("read timerfd") { Glibc.read(descriptor, &count, 8) }
    guard result != nil else { return 0 }
    expirations &+= Int64(clamping: count)
    return Int(clamping: count)
  }

  /// When the newest expiration that was read was due.
  public var lastExpiration: MonotonicTime {
    first + Milliseconds(Double(max(expirations - 1, 0)) * interval.rawValue)
  }

  private static func timespec(_ nanoseconds: Int64) -> Glibc.timespec {
    Glibc.timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }
}
