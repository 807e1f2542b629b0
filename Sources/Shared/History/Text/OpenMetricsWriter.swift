/// Writes the samples of one series after the other, in pieces of bounded size.
struct OpenMetricsWriter {
  /// Times that the format and its readers have: the years 1970 to 9999.
  private static let times: ClosedRange<Int64> = 0...253_402_300_799

  private(set) var result = HistoryExport()
  /// Whether somebody still reads.
  private(set) var goesOn = true
  private let handOut: ([UInt8]) -> Bool
  private var bytes: [UInt8] = []
  private var family: MetricName?
  private var isLeftOut = false
  /// Name and labels.
  private var start: [UInt8] = []
  private var second: Int64 = 0
  /// The values of the second.
  private var values: [Double] = []

  init(_ handOut: @escaping ([UInt8]) -> Bool) {
    self.handOut = handOut
    bytes.reserveCapacity(1 << 17)
  }

  /// Begins a series.
  ///
  /// - Returns: whether somebody still reads.
  mutating func begin(_ metric: MetricName, labels: String) -> Bool {
    isLeftOut = !OpenMetrics.isName(metric.rawValue)
    if metric != family, !isLeftOut { OpenMetrics.appendHead(metric, to: &bytes) }
    family = metric
    start = Array((metric.rawValue + labels).utf8)
    return goesOn
  }

  mutating func add(_ sample: SeriesMerge.Sample) {
    guard !isLeftOut, Self.times.contains(sample.timestamp) else {
      result.leftOut += 1
      return
    }
    if sample.timestamp != second { endSecond() }
    second = sample.timestamp
    if values.count < 1000 { values.append(sample.value) } else { result.leftOut += 1 }
  }

  mutating func endSeries() { endSecond() }

  /// Ends the text.
  mutating func end() {
    bytes.append(OpenMetrics.end)
    flush()
  }

  private mutating func endSecond() {
    for (index, value) in values.enumerated() {
      OpenMetrics.append(
        start, value, at: second, milliseconds: index * 1000 / values.count, to: &bytes)
    }
    result.samples += values.count
    values.removeAll(keepingCapacity: true)
    if bytes.count >= 1 << 16 { flush() }
  }

  private mutating func flush() {
    if goesOn { goesOn = handOut(bytes) }
    bytes.removeAll(keepingCapacity: true)
  }
}
