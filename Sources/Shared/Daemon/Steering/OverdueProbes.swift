import Model

/// Tells when a probe has been under way for so long that it counts as lost for the question
/// whether a line is dead. It may still be answered, late, and then the line lives.
struct OverdueProbes: Sendable {
  /// More are not followed; at four a second that is far beyond any deadline.
  private static let capacity = 256

  private var underWay: [(seq: Int, sentAt: UnixTime)] = []
  private let patience: Milliseconds

  /// - Parameter patience: after this a probe is overdue.
  init(patience: Milliseconds) {
    self.patience = patience
    underWay.reserveCapacity(Self.capacity)
  }

  mutating func sent(seq: Int, at time: UnixTime) {
    if underWay.count == Self.capacity { underWay.removeFirst() }
    underWay.append((seq, time))
  }

  /// A probe has ended.
  ///
  /// - Returns: false when it was called overdue before.
  mutating func ended(seq: Int) -> Bool {
    guard let index = underWay.firstIndex(where: { $0.seq == seq }) else { return false }
    underWay.remove(at: index)
    return true
  }

  /// Calls what is overdue by `time`, each probe once, with the moment at which it became so.
  mutating func expire(by time: UnixTime, _ lost: (UnixTime) -> Void) {
    while let first = underWay.first, first.sentAt + patience <= time {
      underWay.removeFirst()
      lost(first.sentAt + patience)
    }
  }

  /// When the next one is overdue.
  var deadline: UnixTime? { underWay.first.map { $0.sentAt + patience } }

  /// Forgets everything: the clock was set.
  mutating func clear() { underWay.removeAll(keepingCapacity: true) }
}
