/// What a list of samples is summed up by.
public struct SampleStatistics: Sendable, Equatable {
  public var count: Int
  public var minimum: Double
  public var maximum: Double
  public var mean: Double
  public var p50: Double
  public var p95: Double
  public var p99: Double

  /// nil without any sample.
  ///
  /// Percentiles are those of Python's `statistics.quantiles(n=100, method="exclusive")`, which the
  /// original used: interpolated at the place `i·(n+1)/100`. Of few samples that goes on beyond the
  /// greatest one; here it ends at the least and the greatest.
  public init?(_ samples: consuming [Double]) {
    var sorted = samples
    sorted.sort()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    count = sorted.count
    minimum = first
    maximum = last
    mean = Self.mean(of: sorted)
    func percentile(_ share: Int) -> Double {
      min(max(Self.percentile(share, of: sorted), first), last)
    }
    p50 = percentile(50)
    p95 = percentile(95)
    p99 = percentile(99)
  }

  private static func percentile(_ share: Int, of sorted: [Double]) -> Double {
    guard sorted.count > 1 else { return sorted[0] }
    let place = share * (sorted.count + 1)
    let index = min(max(place / 100, 1), sorted.count - 1)
    let weight = Double(place - 100 * index)
    return (sorted[index - 1] * (100 - weight) + sorted[index] * weight) / 100
  }

  /// Summed with the lost low bits carried along (Neumaier's variant of Kahan's summation).
  private static func mean(of samples: [Double]) -> Double {
    var sum = 0.0
    var carry = 0.0
    for sample in samples {
      let next = sum + sample
      carry +=
        abs(sum) >= abs(sample) ? (sum - next) + sample : (sample - next) + sum
      sum = next
    }
    // Infinite samples make no finite carry.
    return (carry.isFinite ? sum + carry : sum) / Double(samples.count)
  }
}
