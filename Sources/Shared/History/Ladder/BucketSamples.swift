/// The samples of one bucket of one series, apart by label, and what they come to.
struct BucketSamples {
  /// What the samples of one label come to.
  struct Aggregate {
    var labels: String?
    var value: Double
  }

  private struct Group {
    /// UTF-8; nil = NULL.
    var label: [UInt8]?
    /// Whether a row has the label, and does not only belong to those that have.
    var isLabelled: Bool
    var value: BucketValue
  }

  private static let download = Array(#"{"direction": "download"}"#.utf8)

  private let isState: Bool
  /// Rows without a label are those of former averages of the original: they join this one.
  private let defaultLabel: [UInt8]?
  private var groups: [Group] = []
  /// The group of the last sample: most often that of the next one too.
  private var current = 0
  private(set) var hasEvents = false

  init(of metric: MetricName) {
    isState = metric.isState
    defaultLabel = metric == .state ? Self.download : nil
  }

  /// - Parameter label: the bytes of the column `labels`; nil = NULL.
  mutating func add(_ value: Double, label: UnsafeBufferPointer<UInt8>?) {
    if groups.isEmpty || !isLabel(label, of: groups[current]) {
      if let label, Self.isEvent(label) {
        hasEvents = true
        return
      }
      current = group(of: label)
    }
    if label != nil { groups[current].isLabelled = true }
    groups[current].value.add(value)
  }

  var aggregates: [Aggregate] {
    groups.map { group in
      let labels = group.isLabelled ? group.label.map { String(decoding: $0, as: UTF8.self) } : nil
      return Aggregate(labels: labels, value: group.value.value)
    }
  }

  private func isLabel(_ label: UnsafeBufferPointer<UInt8>?, of group: Group) -> Bool {
    guard let label else { return group.label == defaultLabel }
    guard let known = group.label, known.count == label.count else { return false }
    return known.withUnsafeBufferPointer { $0.elementsEqual(label) }
  }

  private mutating func group(of label: UnsafeBufferPointer<UInt8>?) -> Int {
    if let known = groups.firstIndex(where: { isLabel(label, of: $0) }) { return known }
    groups.append(
      Group(
        label: label.map(Array.init) ?? defaultLabel, isLabelled: label != nil,
        value: BucketValue(isState: isState)))
    return groups.count - 1
  }

  /// As `MetricsSchema.isEvent` says it to SQLite.
  private static func isEvent(_ label: UnsafeBufferPointer<UInt8>) -> Bool {
    let key = StaticString(#""reason":"#)
    let bytes = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    var rest = label[...]
    while rest.count >= bytes.count {
      if rest.starts(with: bytes) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
