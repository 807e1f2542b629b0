import Platform
import Synchronization
import Testing

@Suite struct EventRingTests {
  @Test func firstInFirstOut() {
    let ring = EventRing<Int>(capacity: 4)
    #expect(ring.pop() == nil)
    for round in 0..<10 {
      for value in 0..<3 { ring.push(round * 10 + value) }
      #expect((0..<3).map { _ in ring.pop() } == [0, 1, 2].map { round * 10 + $0 })
    }
    #expect(ring.pop() == nil)
    #expect(ring.lostCount == 0)
  }

  @Test func aFullRingLosesTheNewestAndCounts() {
    let ring = EventRing<Int>(capacity: 4)
    for value in 0..<6 { ring.push(value) }
    #expect(ring.lostCount == 2)
    #expect((0..<5).map { _ in ring.pop() } == [0, 1, 2, 3, nil])
  }

  @Test func nothingIsLostBetweenThreads() throws {
    let ring = EventRing<Int>(capacity: 64)
    let count = 100_000
    let producer = try Thread(name: "producer") {
      var next = 0
      while next < count {
        let lost = ring.lostCount
        ring.push(next)
        if ring.lostCount == lost { next += 1 }
      }
    }
    var expected = 0
    while expected < count {
      guard let value = ring.pop() else { continue }
      if value != expected { break }
      expected += 1
    }
    producer.join()
    #expect(expected == count)
  }

  @Test func elementsAreReleased() {
    final class Element: Sendable {
      let released: @Sendable () -> Void

      init(released: @escaping @Sendable () -> Void) { self.released = released }

      deinit { released() }
    }
    let releases = Mutex(0)
    func element() -> Element { Element { releases.withLock { $0 += 1 } } }
    do {
      let ring = EventRing<Element>(capacity: 4)
      for _ in 0..<6 { ring.push(element()) }
      #expect(releases.withLock { $0 } == 2)
      _ = ring.pop()
      #expect(releases.withLock { $0 } == 3)
    }
    #expect(releases.withLock { $0 } == 6)
  }
}
