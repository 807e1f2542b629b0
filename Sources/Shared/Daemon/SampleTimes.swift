import Model

/// When the sample of each of the newest decisions had arrived, so that a confirmation, which names
/// its decision by its time, can be counted from there. Nothing is allocated after the start.
struct SampleTimes {
  private struct Entry {
    var decidedAt: MonotonicTime
    var answeredAt: MonotonicTime
  }

  /// More than the decisions of a router's longest operation.
  private static let capacity = 256
  private var entries: [Entry] = []
  private var next = 0

  init() { entries.reserveCapacity(Self.capacity) }

  mutating func note(decidedAt: MonotonicTime, answeredAt: MonotonicTime) {
    let entry = Entry(decidedAt: decidedAt, answeredAt: answeredAt)
    if entries.count < Self.capacity {
      entries.append(entry)
    } else {
      entries[next] = entry
    }
    next = (next + 1) % Self.capacity
  }

  /// nil when the decision rests on no answer, or is too long ago.
  func answer(ofDecisionAt time: MonotonicTime) -> MonotonicTime? {
    for entry in entries where entry.decidedAt == time { return entry.answeredAt }
    return nil
  }
}
