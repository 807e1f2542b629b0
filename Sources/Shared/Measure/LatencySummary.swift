public import Model

/// Loss and distribution of a stream of latencies, however long.
///
/// Count, loss, minimum, mean, maximum and standard deviation are exact. So are percentiles of up to
/// `exactSamples` answers; beyond that they come from a histogram of fixed size and are within
/// 0.8 % (`LatencyHistogram`).
public struct LatencySummary: Sendable {
  /// How many latencies are kept as they are.
  public static let exactSamples = 4096

  public private(set) var answered = 0
  public private(set) var lost = 0
  /// nil before the first answer, as all that follows.
  public private(set) var minimum: Milliseconds?
  public private(set) var maximum: Milliseconds?
  /// Welford's running mean and sum of squared differences, in ms and ms².
  private var runningMean = 0.0
  private var squares = 0.0
  private var samples: [Double] = []
  private var histogram: LatencyHistogram?

  public init() {}

  public var count: Int { answered + lost }

  /// Lost probes in per cent, 0 when there were none.
  public var lossPercent: Double { count == 0 ? 0 : 100 * Double(lost) / Double(count) }

  public var mean: Milliseconds? { answered == 0 ? nil : Milliseconds(runningMean) }

  /// Standard deviation of these answers (of a population, as ping's `mdev`).
  public var standardDeviation: Milliseconds? {
    answered == 0 ? nil : Milliseconds((squares / Double(answered)).squareRoot())
  }

  /// Takes an answer in. A latency that is negative or not finite is none, and is left out.
  public mutating func add(_ rtt: Milliseconds) {
    let value = rtt.rawValue
    guard value.isFinite, value >= 0 else { return }
    answered += 1
    minimum = min(minimum ?? rtt, rtt)
    maximum = max(maximum ?? rtt, rtt)
    let difference = value - runningMean
    runningMean += difference / Double(answered)
    squares += difference * (value - runningMean)
    if histogram != nil {
      histogram?.add(rtt)
    } else if samples.count < Self.exactSamples {
      samples.append(value)
    } else {
      var histogram = LatencyHistogram()
      for sample in samples { histogram.add(Milliseconds(sample)) }
      histogram.add(rtt)
      samples = []
      self.histogram = histogram
    }
  }

  public mutating func addLoss() { lost += 1 }

  /// The smallest latency that `percent` of the answers do not exceed (nearest rank).
  ///
  /// - Parameter percent: above 0, up to 100.
  public func percentile(_ percent: Double) -> Milliseconds? {
    guard let minimum, let maximum, percent > 0, percent <= 100 else { return nil }
    let rank = min(max(Int((percent / 100 * Double(answered)).rounded(.up)), 1), answered)
    guard let histogram else { return Milliseconds(samples.sorted()[rank - 1]) }
    return min(max(histogram.value(atRank: rank), minimum), maximum)
  }
}
