/// One row of the table `metrics`.
public struct MetricRow: Sendable, Equatable {
  /// Unix time in whole seconds; of an aggregate the start of its bucket.
  public var timestamp: Int64
  public var wan: String
  public var metric: MetricName
  /// In the metric's unit. NaN cannot be stored.
  public var value: Double
  /// JSON text with the blanks of `MetricLabels`, or nil.
  public var labels: String?
  public var granularity: Granularity

  public init(
    timestamp: Int64, wan: String, metric: MetricName, value: Double, labels: String? = nil,
    granularity: Granularity = .raw
  ) {
    self.timestamp = timestamp
    self.wan = wan
    self.metric = metric
    self.value = value
    self.labels = labels
    self.granularity = granularity
  }
}
