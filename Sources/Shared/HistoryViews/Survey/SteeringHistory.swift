/// When sensitive traffic was on another WAN, or would have been.
public struct SteeringHistory: Sendable, Equatable {
  public struct Period: Sendable, Equatable {
    public var start: Int64
    /// nil while it goes on at the end of the range.
    public var end: Int64?
    public var reason: String?
  }

  /// How many periods are kept, the newest.
  static let limit = 20

  public private(set) var count = 0
  public private(set) var seconds: Int64 = 0
  public private(set) var periods: [Period] = []
  /// Whether there are rows of it at all.
  public var isRecorded = false
  private(set) var isOn = false

  /// - Parameter start: the beginning of the range, where it was on already; nil = it was not.
  init(onSince start: Int64? = nil) {
    guard let start else { return }
    isOn = true
    isRecorded = true
    count = 1
    periods = [Period(start: start)]
  }

  /// Takes a transition; one to the state that is has no effect.
  mutating func turn(on isOn: Bool, at time: Int64, reason: String?) {
    isRecorded = true
    guard isOn != self.isOn else { return }
    self.isOn = isOn
    if isOn {
      count += 1
      periods.append(Period(start: time, reason: reason))
      if periods.count > Self.limit { periods.removeFirst() }
    } else if let last = periods.indices.last {
      periods[last].end = time
      seconds += time - periods[last].start
    }
  }

  /// The range ends.
  mutating func finish(at end: Int64) {
    if isOn, let last = periods.last { seconds += end - last.start }
  }

  /// How long both were on, as far as periods are kept.
  func secondsTogether(with other: SteeringHistory, until end: Int64) -> Int64 {
    var sum: Int64 = 0
    for mine in periods {
      for theirs in other.periods {
        sum += max(0, min(mine.end ?? end, theirs.end ?? end) - max(mine.start, theirs.start))
      }
    }
    return sum
  }
}
