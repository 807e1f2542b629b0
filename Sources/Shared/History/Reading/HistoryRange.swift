/// The time that a question is about: Unix seconds, both ends belong to it.
public struct HistoryRange: Sendable, Equatable {
  public var start: Int64
  public var end: Int64

  public init(start: Int64, end: Int64) {
    self.start = start
    self.end = end
  }

  /// The range of what a user gave: the last seconds before `now`; else from a time on; else the
  /// last hour. 0 counts as not given.
  public static func resolve(
    last: Int64?, from: Int64?, to: Int64?, now: Int64
  ) -> HistoryRange {
    func given(_ value: Int64?) -> Int64? { value == 0 ? nil : value }
    if let last = given(last) { return HistoryRange(start: now - last, end: now) }
    if let from = given(from) { return HistoryRange(start: from, end: given(to) ?? now) }
    return HistoryRange(start: now - 3600, end: now)
  }

  /// The tier in which a range is shown: the longer, the coarser.
  public var granularity: Granularity {
    switch end.subtractingReportingOverflow(start).partialValue {
    case ..<21_600: .raw
    case ..<86_400: .minute
    case ..<604_800: .fiveMinutes
    default: .hour
    }
  }
}

/// What of a range is asked for.
public struct HistoryFilter: Sendable, Equatable {
  /// Names to the letter; nil = all, empty = none.
  public var metrics: [String]?
  /// nil and empty = all.
  public var wan: String?

  public init(metrics: [String]? = nil, wan: String? = nil) {
    self.metrics = metrics
    self.wan = wan.flatMap { $0.isEmpty ? nil : $0 }
  }
}
