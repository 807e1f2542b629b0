import CPlatform
import Glibc
public import Model

/// The clocks of the host.
public enum Clock {
  /// `CLOCK_MONOTONIC`: for deadlines and durations.
  public static func monotonic() -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds(of: CLOCK_MONOTONIC))
  }

  /// `CLOCK_REALTIME` in nanoseconds since 1970: the clock of kernel timestamps. It may step.
  public static func realtimeNanoseconds() -> Int64 { nanoseconds(of: CLOCK_REALTIME) }

  /// `CLOCK_REALTIME` in microseconds, as records have it.
  public static func wall() -> UnixTime {
    UnixTime(microseconds: realtimeNanoseconds() / 1000)
  }

  /// Blocks the calling thread; a signal does not end it early. For tools: a control thread waits
  /// in its poller.
  public static func sleep(_ time: Milliseconds) {
    var end = timespec()
    let deadline = max(0, (monotonic() + time).rawValue)
    end.tv_sec = Int(deadline / 1_000_000_000)
    end.tv_nsec = Int(deadline % 1_000_000_000)
    while clock_nanosleep(CLOCK_MONOTONIC, CInt(TIMER_ABSTIME), &end, nil) == EINTR {}
  }

  /// CPU time that the calling thread has used.
  public static func threadCPUNanoseconds() -> Int64 { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

  /// CPU time that the process has used.
  public static func processCPUNanoseconds() -> Int64 { nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID) }

  private static func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    // Fails only for a clock that the kernel lacks; these are in every Linux.
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
