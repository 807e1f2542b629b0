import Model

/// The rate of one queue in bit/s, as the arithmetic of the decisions has it: always a whole
/// number after the first step, any finite one before it.
struct QueueRate: Sendable {
  private(set) var bitsPerSecond: Double

  /// - Parameter rate: taken as it is when it is finite, else as the ceiling.
  init(_ rate: Double, settings: ControlSettings.Queue) {
    bitsPerSecond = rate.isFinite ? rate : settings.ceiling
  }

  /// The rate times `factor`, cut off to whole bit/s.
  func reduced(by factor: Double) -> Double { (bitsPerSecond * factor).rounded(.towardZero) }

  /// The rate becomes `wanted`, at least `floor`, at most the ceiling, cut off to whole bit/s.
  mutating func become(_ wanted: Double, floor: Double, ceiling: Double) {
    bitsPerSecond = min(max(wanted, floor), ceiling).rounded(.towardZero)
  }

  /// The rate to set on a router. A rate that was restored and not stepped yet is limited here
  /// too, so that no odd number of a file can reach one.
  func target(_ settings: ControlSettings.Queue) -> BitsPerSecond {
    let limited = min(max(bitsPerSecond, settings.floorRed), settings.ceiling)
    return BitsPerSecond(Int64(exactly: limited.rounded(.towardZero)) ?? .max)
  }
}
