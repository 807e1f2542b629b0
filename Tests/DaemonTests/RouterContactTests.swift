import Control
import Model
import Router
import Testing

@testable import Daemon

@Suite struct RouterContactTests {
  private let failure = RouterFailure(
    .timeout, transport: .rest, operation: "read queues", message: "no answer within 5 s")

  private func confirmation(_ limit: Int64, wan: Int = 0) throws -> RouterEvent {
    .writeConfirmed(
      RouterEvent.Confirmation(
        queue: RouterQueue(wan: wan, direction: .download, name: try Identifier("WAN-Download")),
        limit: BitsPerSecond(limit), previous: BitsPerSecond(1),
        decidedAt: MonotonicTime(nanoseconds: 0),
        confirmedAt: MonotonicTime(nanoseconds: 2_000_000), time: at(0), took: Milliseconds(1),
        transport: .rest))
  }

  @Test func onlyConfirmedContactCounts() throws {
    var contact = RouterContact()
    #expect(!contact.published.isReachable)
    contact.take(.contactGained(after: nil), wan: 0)
    contact.take(try confirmation(500), wan: 0)
    #expect(contact.published.isReachable)
    #expect(contact.published.confirmed.download == BitsPerSecond(500))
    #expect(contact.published.lastWriteTook == Milliseconds(2))
    #expect(contact.published.writes == 1)
  }

  @Test func anOutageIsBookedFromItsFirstFailure() {
    var contact = RouterContact()
    contact.take(.contactLost(failure, since: at(100)), wan: 0)
    contact.take(.stillUnreachable(failure, failures: 7), wan: 0)
    #expect(contact.published.consecutiveFailures == 7)
    #expect(contact.published.outageSince == at(100))
    #expect(contact.published.lastFailure == .timeout)
    contact.take(
      .contactGained(
        after: RouterEvent.Outage(since: at(100), duration: Milliseconds(900), failures: 7)),
      wan: 0)
    #expect(contact.published == WANSnapshot.RouterContact(isReachable: true))
  }

  @Test func theWayToTheRouterIsPublished() {
    var contact = RouterContact(.rest)
    #expect(contact.published.transport == .rest && contact.published.transportSince == nil)
    contact.take(.failedOver(to: .ssh, because: failure, at: at(5)), wan: 0)
    #expect(contact.published.transport == .ssh)
    #expect(contact.published.transportSince == at(5))
    #expect(contact.published.transportReason == .timeout)
    #expect(!contact.hasFailed, "nothing was lost")
    contact.take(.returned(to: .rest, after: Milliseconds(1), at: at(9)), wan: 0)
    #expect(contact.published.transport == .rest && contact.published.transportSince == at(9))
    #expect(contact.published.transportReason == nil)
  }

  @Test func figuresOfTheRouterAreKept() throws {
    var contact = RouterContact()
    let now = MonotonicTime(nanoseconds: 5_000_000_000)
    contact.take(.contactLost(failure, since: at(0)), wan: 0, now: now)
    #expect(contact.published.lastFailureAt == now && contact.published.outageBegan == now)
    let later = now + Milliseconds(1000)
    contact.take(.stillUnreachable(failure, failures: 2), wan: 0, now: later)
    #expect(contact.published.lastFailureAt == later && contact.published.outageBegan == now)
    contact.take(.contactGained(after: nil), wan: 0, now: later)
    #expect(contact.published.lastFailureAt == nil && contact.published.outageBegan == nil)

    contact.take(try confirmation(7), wan: 0, now: later)
    contact.advance(to: later)
    #expect(contact.published.writesInLastHour == 1 && contact.published.writesInLastDay == 1)
    contact.advance(to: later + Milliseconds(seconds: 3600))
    #expect(contact.published.writesInLastHour == 0 && contact.published.writesInLastDay == 1)

    var budget = WriteBudget(.init(burst: 10, perMinute: 60), updated: at(0))
    _ = budget.take(.decrease, at: at(0))
    contact.take(.budgetAsked(budget, waits: true), wan: 0)
    #expect(contact.published.budgetWaits == 1)
    let level = try #require(contact.published.budget)
    #expect(level.tokens(at: at(0)) == 9 && level.tokens(at: at(500)) == 9.5)
    #expect(level.tokens(at: at(9_000_000)) == 10 && level.tokens(at: at(-1000)) == 9)

    let resource = RouterResource(
      version: "7.23.7", board: "RB5009", uptime: Milliseconds(1000), sectorsWritten: 12)
    contact.take(.resourceRead(resource), wan: 0)
    #expect(contact.published.identity?.sectorsWritten == 12)
    contact.take(.failedOver(to: .ssh, because: failure, at: at(0)), wan: 0)
    #expect(contact.published.failovers == 1)
  }

  @Test func whatTheRouterHasIsKnownFromReadingToo() throws {
    var contact = RouterContact()
    let rows = PerDirection<QueueRow?>(
      download: QueueRow(name: "WAN-Download", maxLimit: BitsPerSecond(7)), upload: nil)
    contact.take(.queuesRead(wan: 0, rows, at: at(0)), wan: 0)
    #expect(contact.published.confirmed == PerDirection(download: BitsPerSecond(7), upload: nil))
    contact.take(.queuesRead(wan: 1, rows.map { _ in nil }, at: at(0)), wan: 0)
    contact.take(try confirmation(9, wan: 1), wan: 0)
    #expect(contact.published.confirmed.download == BitsPerSecond(7), "another WAN's queue")
  }
}
