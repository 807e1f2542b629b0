import Model

/// The newest answers of a line: their median is the RTT of a cycle.
struct AnswerWindow: Sendable {
  private var answers: [(rtt: Milliseconds, at: UnixTime)] = []
  private var sorted: [Double] = []
  /// Of the newest ones so many count.
  private let count: Int
  /// What is older does not count.
  private let maximumAge: Milliseconds
  private var next = 0

  /// - Parameter count: at least 1.
  init(count: Int, maximumAge: Milliseconds) {
    self.count = max(count, 1)
    self.maximumAge = maximumAge
    answers.reserveCapacity(self.count)
    sorted.reserveCapacity(self.count)
  }

  mutating func add(_ rtt: Milliseconds, at time: UnixTime) {
    if answers.count < count {
      answers.append((rtt, time))
    } else {
      answers[next] = (rtt, time)
    }
    next = (next + 1) % count
  }

  /// The median, of an even number the mean of the middle two; nil when nothing has come of late.
  mutating func median(at time: UnixTime) -> Milliseconds? {
    sorted.removeAll(keepingCapacity: true)
    for answer in answers where time - answer.at <= maximumAge {
      sorted.append(answer.rtt.rawValue)
    }
    guard !sorted.isEmpty else { return nil }
    sorted.sort()
    let middle = sorted.count / 2
    let upper = sorted[middle]
    return Milliseconds(sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + upper) / 2 : upper)
  }

  /// Forgets everything: the clock was set.
  mutating func clear() {
    answers.removeAll(keepingCapacity: true)
    next = 0
  }
}
