import Model
import Platform

/// The two clocks that a probe is timed by; tests put their own in the place.
struct ProbeClock: Sendable {
  /// Two clocks that part by more than this while a probe is under way: the wall clock was set.
  /// (Both follow the same slewing, so that they part only by a step.)
  static let stepNanoseconds: Int64 = 1_000_000

  /// `CLOCK_REALTIME`, the clock of the kernel's stamps, in nanoseconds.
  var realtime: @Sendable () -> Int64
  /// `CLOCK_MONOTONIC` in nanoseconds.
  var monotonic: @Sendable () -> Int64

  static let system = ProbeClock(
    realtime: { Clock.realtimeNanoseconds() }, monotonic: { Clock.monotonic().rawValue })

  /// How far the wall clock is ahead of the monotonic one.
  ///
  /// The thread may lose the processor between two readings, which must not look like a step: the
  /// readings count when they are close together, and else the closest of a few.
  func offset() -> Int64 {
    var best: (span: Int64, offset: Int64) = (.max, 0)
    for _ in 0..<5 {
      let before = monotonic()
      let wall = realtime()
      let span = monotonic() - before
      if span < best.span { best = (span, wall - before - span / 2) }
      if best.span < Self.stepNanoseconds / 10 { break }
    }
    return best.offset
  }
}
