import Model

/// Outcomes of probes that lie in the future, in the order of their times: a binary heap that does
/// not allocate once it has its size.
struct SimulationEvents: Sendable {
  private var heap: [ProbeOutcome] = []

  init(capacity: Int) { heap.reserveCapacity(capacity) }

  /// When the next outcome becomes known; nil when none is under way.
  var nextTime: UnixTime? { heap.first?.time }

  mutating func add(_ outcome: ProbeOutcome) {
    heap.append(outcome)
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func take() -> ProbeOutcome? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in 2 * parent + 1..<2 * parent + 3
      where child < heap.count && isBefore(child, least) {
        least = child
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  /// Among outcomes of one moment the order is that of sending, so that runs repeat exactly.
  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (heap[left], heap[right])
    if left.time != right.time { return left.time < right.time }
    if left.seq != right.seq { return left.seq < right.seq }
    return left.target < right.target
  }
}
