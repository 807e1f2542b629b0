/// The last values of a series, oldest first. Once full it needs no more memory.
struct BoundedHistory<Element: Sendable>: Sendable, RandomAccessCollection {
  private var storage: [Element] = []
  /// Where the oldest is.
  private var start = 0
  private let capacity: Int

  /// - Parameter capacity: at least 1.
  init(capacity: Int, _ elements: some Collection<Element>) {
    self.capacity = Swift.max(capacity, 1)
    storage.reserveCapacity(self.capacity)
    storage.append(contentsOf: elements.suffix(self.capacity))
  }

  init(capacity: Int) { self.init(capacity: capacity, EmptyCollection()) }

  var startIndex: Int { 0 }
  var endIndex: Int { storage.count }

  subscript(position: Int) -> Element { storage[(start + position) % capacity] }

  mutating func append(_ element: Element) {
    if storage.count < capacity {
      storage.append(element)
    } else {
      storage[start] = element
      start = (start + 1) % capacity
    }
  }

  /// The value `age` before the newest; nil when there are not so many.
  func latest(_ age: Int = 0) -> Element? {
    age < count ? self[count - 1 - age] : nil
  }
}
