import Model
import Testing

@testable import Router

/// Readings in virtual time.
@Suite struct QueueReaderTests {
  private let router = VirtualRouter()
  private let reader: QueueReader

  init() {
    router.limits = [down.text: mega(800), up.text: mega(35)]
    let router = router
    reader = QueueReader(
      port: router,
      queues: [.init(name: down, wan: "wan1"), .init(name: up, wan: nil)],
      clock: RouterSession.Clock(
        monotonic: { router.now },
        wall: { VirtualSession.epoch + (router.now - MonotonicTime(nanoseconds: 0)) }))
  }

  private func wait(_ time: Milliseconds) { router.now = router.now + time }

  private func rowReads() -> Int { router.operations.filter { $0.what == .rows }.count }

  @Test func bothQueuesComeByOneRequestWithTheirLeaves() throws {
    router.bytes = 1000
    let first = try reader.read()
    #expect(first.records.map(\.row.name) == [down.text, up.text])
    #expect(first.records.map(\.wan) == ["wan1", nil])
    #expect(first.records.allSatisfy { $0.row.leaf == "cake" && $0.row.dropped == nil })
    #expect(first.records.allSatisfy { $0.change == nil && $0.interval == nil })
    // The kind of a type is asked once, for all queues that have it.
    #expect(router.operations.map(\.what) == [.resource, .rows, .leafKind])
    wait(Milliseconds(1000))
    router.bytes = 4000
    let second = try reader.read()
    #expect(second.records.map(\.change?.bytes) == [3000, 3000])
    #expect(second.records.allSatisfy { $0.change?.dropped == nil })
  }

  @Test func aLeafThatCountsDropsTellsThem() throws {
    router.kind = "fq-codel"
    #expect(try reader.read().records.allSatisfy { $0.row.dropped == 0 })
    wait(Milliseconds(1000))
    #expect(try reader.read().records.allSatisfy { $0.change?.dropped == 0 })
  }

  @Test func theUptimeIsReadOnceASecondHoweverOftenTheQueuesAre() throws {
    for _ in 0..<100 {
      _ = try reader.read()
      wait(Milliseconds(50))
    }
    let uptimes = router.operations.filter { $0.what == .resource }.count
    // Some 6.7 s with the operations themselves.
    #expect((6...8).contains(uptimes) && rowReads() == 100)
  }

  @Test func nothingIsComparedAcrossARestartThatTheCountersHide() throws {
    router.bytes = 1000
    _ = try reader.read()
    wait(Milliseconds(seconds: 60))
    router.bootedAt = router.now
    wait(Milliseconds(seconds: 30))
    // Far more than before the restart.
    router.bytes = 1_000_000
    router.kind = "fq-codel"
    let after = try reader.read()
    #expect(after.records.allSatisfy { $0.change == nil && $0.interval != nil })
    // What the restart may have brought is learnt too.
    #expect(after.records.allSatisfy { $0.row.leaf == "fq-codel" })
  }

  @Test func anOutageWithoutRestartKeepsTheCounters() throws {
    router.bytes = 1000
    _ = try reader.read()
    router.fault = { _ in failure(.timeout) }
    for _ in 0..<20 {
      wait(Milliseconds(1000))
      #expect(throws: RouterFailure.self) { try reader.read() }
      #expect(try #require(reader.notBefore) > router.now)
    }
    router.fault = nil
    router.bytes = 21_000
    let after = try reader.read()
    #expect(after.records[0].change?.bytes == 20_000)
    #expect(try #require(after.records[0].interval) > Milliseconds(seconds: 20))
    #expect(reader.notBefore == nil)
  }

  @Test func aWrongPasswordIsNotTriedAgainAndAgain() {
    router.fault = { _ in failure(.authFailure) }
    for _ in 0..<12 { #expect(throws: RouterFailure.self) { try reader.read() } }
    #expect(reader.notBefore == router.now + Milliseconds(seconds: 300))
  }

  @Test func aQueueThatVanishesDoesNotStopTheOthers() throws {
    _ = try reader.read()
    router.limits[up.text] = nil
    let reading = try reader.read()
    #expect(reading.records.map(\.row.name) == [down.text] && reading.missing == [up])
    let unknown = try reader.explain(missing: reading.missing)
    #expect("\(unknown)" == "the router has no queue 'WAN-Upload-1'; it has WAN-Download-1")
  }
}
