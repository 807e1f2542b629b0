import Synchronization

/// The newest elements of a stream, for any number of readers that come and go. Never for the
/// control thread: a reader may hold the lock.
public final class RecentElements<Element: Sendable>: Sendable {
  /// What a reader has not seen yet.
  public struct Part: Sendable {
    /// Oldest first.
    public var elements: [Element]
    /// What to ask with the next time.
    public var end: Int
  }

  private struct Content {
    var places: [Element] = []
    /// How many elements there ever were; the place is the count modulo the capacity.
    var count = 0
  }

  private let capacity: Int
  private let content = Mutex(Content())

  /// - Parameter capacity: how many are kept, at least 1.
  public init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  public func append(_ element: Element) {
    content.withLock { content in
      if content.places.count < capacity {
        content.places.append(element)
      } else {
        content.places[content.count % capacity] = element
      }
      content.count += 1
    }
  }

  /// The elements from the `start`th on, as far as they are kept; 0 = all of them.
  public func elements(from start: Int = 0) -> Part {
    content.withLock { content in
      let first = max(start, content.count - content.places.count)
      guard first < content.count else { return Part(elements: [], end: content.count) }
      return Part(
        elements: (first..<content.count).map { content.places[$0 % capacity] },
        end: content.count)
    }
  }

  /// The newest one.
  public var last: Element? {
    content.withLock { $0.count > 0 ? $0.places[($0.count - 1) % capacity] : nil }
  }
}
