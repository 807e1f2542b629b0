import Synchronization

/// A ring with a fixed number of places between one thread that puts in and one that takes out.
/// Neither ever waits for the other.
public final class EventRing<Element: Sendable>: @unchecked Sendable {
  private let places: UnsafeMutablePointer<Element?>
  private let mask: Int
  /// Counts up for ever; the place is the count modulo the size.
  private let head = Atomic<Int>(0)
  private let tail = Atomic<Int>(0)
  private let lost = Atomic<Int>(0)

  /// - Parameter capacity: a power of two.
  public init(capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "not a power of two")
    mask = capacity - 1
    places = .allocate(capacity: capacity)
    places.initialize(repeating: nil, count: capacity)
  }

  deinit {
    places.deinitialize(count: mask + 1)
    places.deallocate()
  }

  /// How many elements found no place.
  public var lostCount: Int { lost.load(ordering: .relaxed) }

  /// Puts an element in. When the ring is full the element is lost, and counted.
  public func push(_ element: Element) {
    let head = head.load(ordering: .relaxed)
    guard head &- tail.load(ordering: .acquiring) <= mask else {
      lost.wrappingAdd(1, ordering: .relaxed)
      return
    }
    places[head & mask] = element
    self.head.store(head &+ 1, ordering: .releasing)
  }

  /// Takes the oldest element out.
  public func pop() -> Element? {
    let tail = tail.load(ordering: .relaxed)
    guard tail != head.load(ordering: .acquiring) else { return nil }
    let element = places[tail & mask].take()
    self.tail.store(tail &+ 1, ordering: .releasing)
    return element
  }
}
