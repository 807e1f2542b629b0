public import Model

/// A value over time: constant, in steps, in ramps, and on request periodic.
///
/// The unit is that of the property which holds the schedule (`capacityMbps`, `baseRTTms`).
public struct Schedule: Sendable, Equatable {
  /// From `at` on the value goes to `to`: at once, or evenly within `over`.
  public struct Change: Sendable, Equatable {
    public var at: Milliseconds
    public var to: Double
    public var over: Milliseconds

    public init(at: Milliseconds, to: Double, over: Milliseconds = .zero) {
      self.at = at
      self.to = to
      self.over = over
    }
  }

  /// The value at the beginning.
  public var initial: Double
  /// In ascending order of `at`. A change that begins inside a ramp goes on from where the ramp is.
  public var changes: [Change]
  /// The schedule begins anew, with `initial`, every time this has passed.
  public var period: Milliseconds?

  public init(_ initial: Double, changes: [Change] = [], period: Milliseconds? = nil) {
    self.initial = initial
    self.changes = changes
    self.period = period
  }

  /// Every value that the schedule names.
  var values: [Double] { [initial] + changes.map(\.to) }

  /// The value at a time since the beginning.
  public func value(at time: Milliseconds) -> Double {
    var cursor = ScheduleCursor(self)
    cursor.move(to: time.rawValue)
    return cursor.value(at: time.rawValue)
  }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}

/// Walks a schedule forward in time without searching and without allocating.
struct ScheduleCursor: Sendable {
  private struct Segment {
    var start: Double
    var value: Double
    /// Per millisecond.
    var slope: Double
  }

  private let segments: [Segment]
  private let period: Double
  private var index = 0
  /// When the current repetition began, ms.
  private var origin = 0.0

  init(_ schedule: Schedule) {
    var segments = [Segment(start: 0, value: schedule.initial, slope: 0)]
    for change in schedule.changes {
      let start = change.at.rawValue
      let over = change.over.rawValue
      // A ramp that this change cuts short has not reached its end.
      while let last = segments.last, last.start > start { segments.removeLast() }
      guard let last = segments.last else { continue }
      if over > 0 {
        let from = last.value + last.slope * (start - last.start)
        segments.append(Segment(start: start, value: from, slope: (change.to - from) / over))
        segments.append(Segment(start: start + over, value: change.to, slope: 0))
      } else {
        segments.append(Segment(start: start, value: change.to, slope: 0))
      }
    }
    self.segments = segments
    self.period = schedule.period.map(\.rawValue) ?? .infinity
  }

  /// Goes to the segment that holds `time`, which is never before that of the call before.
  mutating func move(to time: Double) {
    while time >= origin + period {
      origin += max(((time - origin) / period).rounded(.down), 1) * period
      index = 0
    }
    while index + 1 < segments.count, origin + segments[index + 1].start <= time { index += 1 }
  }

  /// The value at a time within the current segment.
  func value(at time: Double) -> Double {
    let segment = segments[index]
    return segment.value + segment.slope * (time - origin - segment.start)
  }

  var isRamp: Bool { segments[index].slope != 0 }

  /// When the next segment begins; infinite after the last one.
  var end: Double {
    let next = index + 1 < segments.count ? segments[index + 1].start : .infinity
    return origin + min(next, period)
  }
}
