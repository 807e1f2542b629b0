/// What an export wrote.
public struct HistoryExport: Sendable, Equatable {
  public var samples = 0
  /// Samples that a metrics server cannot hold: of a name or a time that it does not know, and those
  /// beyond a thousand within a second.
  public var leftOut = 0
}

extension HistoryReader {
  /// Writes the samples of a range for a metrics server: each time once, of the finest tier that has
  /// it, by metric, WAN, label and time. Events are left out.
  ///
  /// The rows of a second, of which only the order is known, are spread evenly over it.
  ///
  /// - Parameter body: gets pieces of the text; returns false to stop.
  public func exportOpenMetrics(
    of range: HistoryRange, _ filter: HistoryFilter, _ body: @escaping ([UInt8]) -> Bool
  ) throws(SQLiteError) -> HistoryExport {
    var writer = OpenMetricsWriter(body)
    for metric in try exportedMetrics(filter) {
      for wan in metric.wans {
        let groups = try labelTexts(of: metric.name, wan: wan, in: range)
        // By their text, so that it is the same every time.
        for (labels, texts) in groups.sorted(by: { $0.key < $1.key }) {
          guard writer.begin(metric.name, labels: labels) else { return writer.result }
          try exportSeries(metric.name, wan: wan, labels: texts, in: range, to: &writer)
        }
      }
    }
    writer.end()
    return writer.result
  }

  /// The metrics with their WANs, both in order.
  private func exportedMetrics(
    _ filter: HistoryFilter
  ) throws(SQLiteError) -> [(name: MetricName, wans: [String])] {
    guard hasTable else { return [] }
    var wans: [String: [String]] = [:]
    for series in try SeriesName.all(on: connection).names
    where (filter.wan ?? series.wan) == series.wan
      && filter.metrics?.contains(series.metric.rawValue) ?? true
      && series.metric != .configSnapshot && series.metric != .steeringTransition
    {
      wans[series.metric.rawValue, default: []].append(series.wan)
    }
    return wans.sorted { $0.key < $1.key }.map { (MetricName($0.key), $0.value) }
  }

  /// The labels of the samples of a metric in the range, as the format has them, each with the texts
  /// that are stored for it.
  private func labelTexts(
    of metric: MetricName, wan: String, in range: HistoryRange
  ) throws(SQLiteError) -> [String: [String?]] {
    var found: [String?] = []
    while true {
      let others = found.map { _ in "labels IS NOT ? AND" }.joined(separator: " ")
      let statement = try connection.prepare(
        "SELECT labels \(Self.ofSeries) AND \(others) NOT \(MetricsSchema.isEvent) LIMIT 1")
      try bind(statement, metric, wan, range)
      for (index, text) in found.enumerated() { try statement.bind(text, at: 5 + index) }
      guard try statement.step() else { break }
      // A text that is not found again as it was read would be found for ever.
      let text = statement.text(0)
      if found.contains(text) { break }
      found.append(text)
      // More cannot be bound; nobody has so many series.
      if found.count == 1000 { break }
    }
    return Dictionary(grouping: found) { text in
      let series = HistorySeries(wan: wan, metric: metric.rawValue, labels: text)
      // Averages of the original have lost theirs: they belong to the download.
      let labels = metric == .state && text == nil ? #"{"direction": "download"}"# : series.labels
      return OpenMetrics.labels(wan: wan, stored: labels)
    }
  }

  private static let ofSeries = """
    FROM metrics WHERE wan_name = ? AND metric_name = ? AND timestamp >= ? AND timestamp <= ?
    """

  private func bind(
    _ statement: SQLiteStatement, _ metric: MetricName, _ wan: String, _ range: HistoryRange
  ) throws(SQLiteError) {
    try statement.bind(wan, at: 1)
    try statement.bind(metric.rawValue, at: 2)
    try statement.bind(range.start, at: 3)
    try statement.bind(range.end, at: 4)
  }

  private func exportSeries(
    _ metric: MetricName, wan: String, labels: [String?], in range: HistoryRange,
    to writer: inout OpenMetricsWriter
  ) throws(SQLiteError) {
    let places = labels.map { _ in "labels IS ?" }.joined(separator: " OR ")
    let statement = try connection.prepare(
      """
      SELECT timestamp, value, granularity \(Self.ofSeries) AND (\(places)) ORDER BY timestamp, id
      """)
    try bind(statement, metric, wan, range)
    for (index, text) in labels.enumerated() { try statement.bind(text, at: 5 + index) }
    var merge = SeriesMerge()
    while writer.goesOn, try statement.step() {
      guard let tier = statement.tier(2) else { continue }
      let sample = SeriesMerge.Sample(
        timestamp: statement.integer(0), value: statement.real(1), tier: tier)
      merge.add(sample) { writer.add($0) }
    }
    merge.finish { writer.add($0) }
    writer.endSeries()
  }
}

extension SQLiteStatement {
  /// A column that names a tier; nil where it names none.
  fileprivate func tier(_ column: Int) -> Granularity? {
    withText(column) { text in
      // Nearly all rows are raw.
      if let text, text.elementsEqual("raw".utf8) { return .raw }
      return text.flatMap { Granularity(rawValue: String(decoding: $0, as: UTF8.self)) }
    }
  }
}
