import Glibc
import Synchronization

/// A queue of bounded size between one thread that puts in and one that takes out. When it is full
/// the oldest element goes, and is counted: for news of which the newest matter most.
///
/// There are two buffers: one in a slot, one in the reader's hands. The writer takes that of the
/// slot out by one exchange, appends, and puts it back: it never waits, and nothing is allocated.
/// The reader swaps the buffer in the slot for its own empty one, and may work on it for as long as
/// a disk takes; it waits for the writer's append at most.
public final class DropOldestQueue<Element: Sendable>: @unchecked Sendable {
  /// A ring: `count` elements from place `first` on.
  private struct Buffer {
    let places: UnsafeMutablePointer<Element>
    var first = 0
    var count = 0
  }

  private let capacity: Int
  private let buffers: UnsafeMutablePointer<Buffer>
  /// nil for the time of an append.
  private let slot: Atomic<UnsafeMutablePointer<Buffer>?>
  /// The reader's own.
  private var taken: UnsafeMutablePointer<Buffer>
  private let lost = Atomic<Int>(0)

  /// - Parameter capacity: at least 1. Memory is used for what is put in only.
  public init(capacity: Int) {
    precondition(capacity > 0, "a queue needs a place")
    self.capacity = capacity
    buffers = .allocate(capacity: 2)
    for index in 0..<2 {
      (buffers + index).initialize(to: Buffer(places: .allocate(capacity: capacity)))
    }
    slot = Atomic(buffers)
    taken = buffers + 1
  }

  deinit {
    for index in 0..<2 {
      Self.drop(buffers[index].count, of: buffers + index, capacity: capacity)
      buffers[index].places.deallocate()
    }
    buffers.deinitialize(count: 2)
    buffers.deallocate()
  }

  /// How many elements went for newer ones.
  public var lostCount: Int { lost.load(ordering: .relaxed) }

  /// The writer's side: puts an element in.
  ///
  /// - Returns: how many elements are in the queue now, without those in the reader's hands.
  @discardableResult
  public func push(_ element: Element) -> Int {
    guard let buffer = slot.exchange(nil, ordering: .acquiring) else {
      preconditionFailure("two threads put into a queue for one")
    }
    if buffer.pointee.count == capacity {
      Self.drop(1, of: buffer, capacity: capacity)
      lost.wrappingAdd(1, ordering: .relaxed)
    }
    let place = (buffer.pointee.first + buffer.pointee.count) % capacity
    (buffer.pointee.places + place).initialize(to: element)
    buffer.pointee.count += 1
    let count = buffer.pointee.count
    slot.store(buffer, ordering: .releasing)
    return count
  }

  // MARK: - The reader's side

  /// How many elements are in the reader's hands.
  public var takenCount: Int { taken.pointee.count }

  /// An element in the reader's hands; 0 is the oldest.
  public func takenElement(_ index: Int) -> Element {
    precondition(index >= 0 && index < taken.pointee.count)
    return taken.pointee.places[(taken.pointee.first + index) % capacity]
  }

  /// Takes everything into the reader's hands. As long as something is there, nothing more is taken.
  ///
  /// - Returns: how many elements are in the reader's hands.
  @discardableResult
  public func take() -> Int {
    while taken.pointee.count == 0 {
      if let buffer = slot.load(ordering: .relaxed),
        slot.compareExchange(
          expected: buffer, desired: taken, ordering: .acquiringAndReleasing
        ).exchanged
      {
        taken = buffer
        break
      }
      sched_yield()
    }
    return taken.pointee.count
  }

  /// Lets the oldest elements in the reader's hands go: they are done.
  public func dropTaken(_ count: Int) {
    Self.drop(min(count, taken.pointee.count), of: taken, capacity: capacity)
  }

  private static func drop(
    _ count: Int, of buffer: UnsafeMutablePointer<Buffer>, capacity: Int
  ) {
    for _ in 0..<max(0, count) {
      (buffer.pointee.places + buffer.pointee.first).deinitialize(count: 1)
      buffer.pointee.first = (buffer.pointee.first + 1) % capacity
      buffer.pointee.count -= 1
    }
    // An empty buffer begins at its start, so that little memory is touched.
    if buffer.pointee.count == 0 { buffer.pointee.first = 0 }
  }
}
