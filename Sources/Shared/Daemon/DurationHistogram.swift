public import Model

/// Counts durations in buckets that are a factor of about 1.19 apart (four per octave), from a
/// microsecond to an hour: quantiles within 19 % for ever, in 1 KiB, without an allocation.
public struct DurationHistogram: Sendable {
  private static let perOctave = 4
  private static let buckets = 128

  private var counts: [UInt64] = Array(repeating: 0, count: buckets)
  public private(set) var count: UInt64 = 0
  public private(set) var maximum = Milliseconds.zero

  public init() {}

  /// Counts a duration; a negative one counts as none.
  public mutating func add(_ duration: Milliseconds) {
    counts[Self.bucket(duration)] += 1
    count += 1
    maximum = max(maximum, duration)
  }

  /// The upper edge of the bucket below which `share` (0...1) of the durations lie.
  public func quantile(_ share: Double) -> Milliseconds? {
    guard count > 0 else { return nil }
    let wanted = UInt64((share * Double(count)).rounded(.up))
    var seen: UInt64 = 0
    for (bucket, number) in counts.enumerated() {
      seen += number
      if seen >= max(wanted, 1) { return min(Self.upperEdge(bucket), maximum) }
    }
    return maximum
  }

  /// `p50 0.05, p99 0.31, at most 1.20 ms`.
  var summary: String {
    guard let median = quantile(0.5), let tail = quantile(0.99) else { return "never" }
    func text(_ value: Milliseconds) -> String { fixed(value.rawValue, digits: 2) }
    return "p50 \(text(median)), p99 \(text(tail)), at most \(text(maximum)) ms"
  }

  private static func bucket(_ duration: Milliseconds) -> Int {
    let microseconds = max(duration.microseconds, 0)
    guard microseconds > 1 else { return 0 }
    let octave = Int64.bitWidth - 1 - microseconds.leadingZeroBitCount
    // The two bits below the highest one tell the quarter of the octave.
    let quarter = octave >= 2 ? Int(microseconds >> (octave - 2)) & 3 : 0
    return min(octave * perOctave + quarter, buckets - 1)
  }

  private static func upperEdge(_ bucket: Int) -> Milliseconds {
    let (octave, quarter) = bucket.quotientAndRemainder(dividingBy: perOctave)
    return Milliseconds(Double(1 << octave) * (1 + Double(quarter + 1) / 4) / 1000)
  }
}
