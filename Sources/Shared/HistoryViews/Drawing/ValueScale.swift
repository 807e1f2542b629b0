import Model

/// The axis of values of a chart: round numbers from below the least to above the greatest.
struct ValueScale: Equatable {
  var low: Double
  var high: Double
  var ticks: [Double]
  private var digits: Int

  /// - Parameter count: about how many steps.
  init(_ range: ClosedRange<Double>, steps count: Int) {
    let range = range.clamped(to: -1e300...1e300)
    let span = max(range.upperBound - range.lowerBound, abs(range.upperBound) * 1e-6, 1e-6)
    let step = Self.roundStep(span / Double(max(count, 1)))
    low = (range.lowerBound / step).rounded(.down) * step
    high = (range.upperBound / step).rounded(.up) * step
    if high <= low { high = low + step }
    ticks = []
    var index = 0.0
    while low + index * step <= high + step / 2, ticks.count < 50 {
      // -0 would be printed as such.
      ticks.append(low + index * step + 0.0)
      index += 1
    }
    digits = 0
    var unit = step
    while digits < 6, abs(unit - unit.rounded()) > unit * 1e-6 || unit < 0.5 {
      unit *= 10
      digits += 1
    }
  }

  /// The least of 1, 2, 2.5, 5 times a power of ten that is not below `value`.
  private static func roundStep(_ value: Double) -> Double {
    var power = 1.0
    while power * 10 <= value, power < 1e300 { power *= 10 }
    while power > value, power > 1e-9 { power /= 10 }
    return [1, 2, 2.5, 5].lazy.map { $0 * power }.first { $0 >= value * 0.999_999 } ?? 10 * power
  }

  func text(_ value: Double) -> String {
    abs(value) >= 1e7 ? shortest(value) : fixed(value, digits: digits)
  }

  /// Where a value is between the ends, 0...1.
  func share(of value: Double) -> Double {
    min(max((value - low) / (high - low), 0), 1)
  }
}
