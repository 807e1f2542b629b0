import Platform
import Synchronization
import Testing

@Suite struct DropOldestQueueTests {
  private func taken(_ queue: DropOldestQueue<Int>) -> [Int] {
    let count = queue.take()
    defer { queue.dropTaken(count) }
    return (0..<count).map { queue.takenElement($0) }
  }

  @Test func whatIsPutInComesOutInOrder() {
    let queue = DropOldestQueue<Int>(capacity: 4)
    #expect(queue.take() == 0)
    for round in 0..<10 {
      #expect((0..<3).map { queue.push(round * 10 + $0) } == [1, 2, 3])
      #expect(taken(queue) == [0, 1, 2].map { round * 10 + $0 })
    }
    #expect(queue.take() == 0)
    #expect(queue.lostCount == 0)
  }

  @Test func aFullQueueLosesTheOldestAndCounts() {
    let queue = DropOldestQueue<Int>(capacity: 4)
    for value in 0..<10 { queue.push(value) }
    #expect(queue.lostCount == 6)
    #expect(taken(queue) == [6, 7, 8, 9])
  }

  @Test func whatIsInTheReadersHandsStays() {
    let queue = DropOldestQueue<Int>(capacity: 4)
    for value in 0..<3 { queue.push(value) }
    #expect(queue.take() == 3)
    for value in 3..<10 { queue.push(value) }
    #expect(queue.take() == 3, "the work of before is not done")
    #expect((0..<3).map { queue.takenElement($0) } == [0, 1, 2])
    queue.dropTaken(2)
    #expect(queue.take() == 1)
    #expect(queue.takenElement(0) == 2)
    queue.dropTaken(5)
    #expect(queue.takenCount == 0)
    #expect(taken(queue) == [6, 7, 8, 9])
    #expect(queue.lostCount == 3)
  }

  @Test func everythingComesInOrderOrIsCountedBetweenThreads() throws {
    let queue = DropOldestQueue<Int>(capacity: 64)
    let count = 200_000
    let isDone = Atomic<Bool>(false)
    let writer = try Thread(name: "writer") {
      for value in 0..<count { queue.push(value) }
      isDone.store(true, ordering: .releasing)
    }
    var received = 0
    var last = -1
    var isOrdered = true
    var isLast = false
    while !isLast {
      isLast = isDone.load(ordering: .acquiring)
      for value in taken(queue) {
        if value <= last { isOrdered = false }
        last = value
        received += 1
      }
    }
    writer.join()
    #expect(isOrdered)
    #expect(last == count - 1, "the newest is never lost")
    #expect(received + queue.lostCount == count)
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
      let queue = DropOldestQueue<Element>(capacity: 4)
      for _ in 0..<6 { queue.push(element()) }
      #expect(releases.withLock { $0 } == 2)
      queue.take()
      queue.dropTaken(1)
      #expect(releases.withLock { $0 } == 3)
      queue.push(element())
    }
    #expect(releases.withLock { $0 } == 7)
  }
}
