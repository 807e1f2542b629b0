import History

/// A time without rows between others.
public struct Outage: Sendable, Equatable {
  public enum Cause: Sendable, Equatable {
    /// A daemon was started at its end.
    case restart
    /// No WAN has rows: the host or the daemon stood still, or nothing could be stored.
    case everyWAN
    /// This WAN alone has none: nothing answered, so that rates were held.
    case line
  }

  /// Shorter ones are not told.
  static let shortest: Int64 = 10
  /// How many are kept, the longest.
  static let limit = 10

  public var start: Int64
  public var end: Int64
  public var cause: Cause

  public var seconds: Int64 { end - start }
}

/// The times without rows of one WAN.
public struct OutageList: Sendable, Equatable {
  public private(set) var count = 0
  public private(set) var seconds: Int64 = 0
  /// The longest, in order of time.
  public private(set) var outages: [Outage] = []

  init(_ survey: WANSurvey, among all: [WANSurvey]) {
    var kept: [Outage] = []
    var count = 0
    var seconds: Int64 = 0
    survey.coverage.forEachGap(ofAtLeast: Outage.shortest) { start, end in
      count += 1
      seconds += end - start
      if kept.count == Outage.limit, let least = kept.map(\.seconds).min(), least >= end - start {
        return
      }
      kept.append(
        Outage(start: start, end: end, cause: Self.cause(start, end, survey, among: all)))
      guard kept.count > Outage.limit,
        let least = kept.indices.min(by: { kept[$0].seconds < kept[$1].seconds })
      else { return }
      kept.remove(at: least)
    }
    self.count = count
    self.seconds = seconds
    outages = kept
  }

  private static func cause(
    _ start: Int64, _ end: Int64, _ survey: WANSurvey, among all: [WANSurvey]
  ) -> Outage.Cause {
    // The snapshot is stored before the first cycle, which a slow router may delay.
    if survey.starts.contains(where: { $0 >= end - 60 && $0 <= end + 5 && $0 >= start }) {
      return .restart
    }
    let others = all.filter { $0.name != survey.name }
    let isAlone = others.contains { $0.coverage.observed(from: start, to: end) > 0 }
    return isAlone || others.isEmpty ? .line : .everyWAN
  }
}
