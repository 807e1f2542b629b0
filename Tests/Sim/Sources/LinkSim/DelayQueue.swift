/// Packets that wait for their time: a binary heap by due time, first come first out among equals.
struct DelayQueue {
  private struct Entry {
    var due: Int64
    var order: Int
    var packet: [UInt8]

    func isBefore(_ other: Entry) -> Bool {
      due != other.due ? due < other.due : order < other.order
    }
  }

  private var heap: [Entry] = []
  private var order = 0

  /// When the next packet is due, in nanoseconds; nil when none waits.
  var nextDue: Int64? { heap.first?.due }

  mutating func add(_ packet: [UInt8], due: Int64) {
    heap.append(Entry(due: due, order: order, packet: packet))
    order += 1
    var child = heap.count - 1
    while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The next packet that is due at `now`.
  mutating func take(at now: Int64) -> [UInt8]? {
    guard let first = heap.first, first.due <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == parent { return first.packet }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
