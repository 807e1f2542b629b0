import Model

/// The loop's time: Unix time that follows the monotonic clock.
///
/// It is anchored to the wall clock once. Small differences (the drift of the host's clock, which a
/// time daemon slews) are made good slowly, so that records stay readable beside other logs; a step
/// of the wall clock is reported and never seen by a sample.
struct LoopClock: Sendable {
  /// A difference that slewing cannot explain is a step.
  static let stepThreshold = Milliseconds(1000)
  /// 500 parts per million of a 50 ms tick, as much as time daemons slew.
  static let maximumSlew = Milliseconds(0.025)

  private var anchor: UnixTime
  private var anchoredAt: MonotonicTime

  init(wall: UnixTime, monotonic: MonotonicTime) {
    anchor = wall
    anchoredAt = monotonic
  }

  func time(at monotonic: MonotonicTime) -> UnixTime { anchor + (monotonic - anchoredAt) }

  /// Compares with the wall clock, once a tick.
  ///
  /// - Returns: by how much the wall clock stepped; nil when it did not. After a step the loop's
  ///   time is the wall clock's again, so it may have gone back.
  mutating func discipline(wall: UnixTime, monotonic: MonotonicTime) -> Milliseconds? {
    let here = time(at: monotonic)
    let difference = wall - here
    if abs(difference.rawValue) > Self.stepThreshold.rawValue {
      anchor = wall
      anchoredAt = monotonic
      return difference
    }
    let slew = min(max(difference.rawValue, -Self.maximumSlew.rawValue), Self.maximumSlew.rawValue)
    anchor = here + Milliseconds(slew)
    anchoredAt = monotonic
    return nil
  }
}
