import Foundation
import Model
import Platform
import Router
import Synchronization
import TestSupport
import Testing

@Suite struct RouterWorkerTests {
  /// A worker on a fake router, and what it told.
  final class Bench {
    let router: FakeRouterOS
    let worker: RouterWorker
    private(set) var events: [RouterEvent] = []

    init(_ change: (inout RouterSettings) -> Void = { _ in }) throws {
      router = try FakeRouterOS()
      worker = try RouterWorker(
        settings: router.settings(change), wans: [PerDirection(download: down, upload: up)],
        budgetFile: nil)
    }

    deinit { worker.stop(within: Milliseconds(500)) }

    func submit(_ download: Double, _ upload: Double) {
      worker.submit(
        wan: 0, target: PerDirection(download: mega(download), upload: mega(upload)),
        decidedAt: Clock.monotonic())
    }

    func drain() { worker.drainEvents { events.append($0) } }

    /// Waits for the events' descriptor until the condition holds.
    func wait(until condition: () -> Bool) -> Bool {
      let deadline = Date() + 20
      while !condition() {
        guard Date() < deadline else { return false }
        var entry = pollfd(fd: worker.eventDescriptor, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, 100)
        drain()
      }
      return true
    }

    var confirmations: [RouterEvent.Confirmation] {
      events.compactMap { if case .writeConfirmed(let event) = $0 { event } else { nil } }
    }
  }

  @Test func targetsAreSetAndConfirmed() throws {
    let bench = try Bench()
    try bench.worker.start()
    bench.submit(700, 30)
    #expect(bench.wait { bench.confirmations.count == 2 })
    #expect(bench.router.limit("WAN-Download-1") == 700_000_000)
    #expect(bench.router.limit("WAN-Upload-1") == 30_000_000)
    #expect(bench.confirmations.allSatisfy { $0.age > .zero && $0.took > .zero })
    #expect(
      bench.wait { bench.events.contains { if case .identified = $0 { true } else { false } } })
    #expect(
      bench.wait {
        bench.events.contains { event in
          if case .queuesRead(0, let rows, _) = event { rows.upload?.leaf == "cake" } else { false }
        }
      })
    #expect(bench.worker.stop(within: Milliseconds(2000)))
    // Stopping again is harmless.
    #expect(bench.worker.stop(within: Milliseconds(2000)))
    #expect(bench.worker.lostEvents == 0)
  }

  @Test func onlyTheNewestTargetOfABusyTimeIsWritten() throws {
    let bench = try Bench()
    let entered = DispatchSemaphore(value: 0)
    let proceed = DispatchSemaphore(value: 0)
    let first = Counter(1)
    bench.router.fail { request in
      if request.method == "PATCH", first.take() {
        entered.signal()
        proceed.wait()
      }
      return nil
    }
    try bench.worker.start()
    bench.submit(700, 35)
    entered.wait()
    for rate in stride(from: 699.0, through: 400, by: -1) { bench.submit(rate, 35) }
    proceed.signal()
    #expect(bench.wait { bench.confirmations.last?.limit == mega(400) })
    #expect(bench.confirmations.map(\.limit) == [mega(700), mega(400)])
  }

  @Test func stopWaitsForTheWriteUnderWay() throws {
    let bench = try Bench()
    let entered = DispatchSemaphore(value: 0)
    bench.router.fail { request in
      guard request.method == "PATCH" else { return nil }
      entered.signal()
      usleep(50_000)
      return nil
    }
    try bench.worker.start()
    bench.submit(700, 35)
    entered.wait()
    #expect(bench.worker.stop(within: Milliseconds(5000)))
    bench.drain()
    #expect(bench.confirmations.map(\.limit) == [mega(700)])
  }

  @Test func stopAbandonsAWriteThatHangs() throws {
    let bench = try Bench { $0.operationTimeout = Milliseconds(60_000) }
    let entered = DispatchSemaphore(value: 0)
    bench.router.fail { request in
      guard request.method == "PATCH" else { return nil }
      entered.signal()
      return .silence
    }
    try bench.worker.start()
    bench.submit(700, 35)
    entered.wait()
    let began = Clock.monotonic()
    #expect(bench.worker.stop(within: Milliseconds(500)))
    #expect(Clock.monotonic() - began < Milliseconds(30_000))
    bench.drain()
    #expect(bench.confirmations.isEmpty)
    let failed = bench.events.compactMap { event -> RouterEvent.FailedWrite? in
      if case .writeFailed(let write) = event { write } else { nil }
    }
    #expect(failed.first?.failure.outcome == .unknown)
  }

  @Test func stopRestoresWhatItIsTold() throws {
    let bench = try Bench()
    try bench.worker.start()
    bench.submit(300, 10)
    #expect(bench.wait { bench.confirmations.count == 2 })
    #expect(
      bench.worker.stop(
        within: Milliseconds(5000),
        restoring: [PerDirection(download: mega(940), upload: mega(38))]))
    #expect(bench.router.limit("WAN-Download-1") == 940_000_000)
    #expect(bench.router.limit("WAN-Upload-1") == 38_000_000)
  }

  @Test func stopWithoutStartIsHarmless() throws {
    let bench = try Bench()
    #expect(bench.worker.stop(within: Milliseconds(100)))
  }

  @Test func twoWANsShareOneConnection() throws {
    var rows = FakeRouterOS.rows
    rows["D2"] = FakeRouterOS.Row(id: "*1000002", limit: 100_000_000)
    rows["U2"] = FakeRouterOS.Row(id: "*1000003", limit: 10_000_000)
    let router = try FakeRouterOS(rows)
    let worker = try RouterWorker(
      settings: router.settings(),
      wans: [
        PerDirection(download: down, upload: up),
        PerDirection(download: try Identifier("D2"), upload: try Identifier("U2")),
      ], budgetFile: nil)
    try worker.start()
    for wan in 0...1 {
      worker.submit(
        wan: wan, target: PerDirection(download: mega(50), upload: mega(5)),
        decidedAt: Clock.monotonic())
    }
    var confirmed = 0
    let deadline = Date() + 20
    while confirmed < 4, Date() < deadline {
      var entry = pollfd(fd: worker.eventDescriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, 100)
      worker.drainEvents { if case .writeConfirmed = $0 { confirmed += 1 } }
    }
    worker.stop(within: Milliseconds(1000))
    #expect(confirmed == 4)
    #expect(router.server.connections == 1)
    #expect(["WAN-Download-1", "D2"].allSatisfy { router.limit($0) == 50_000_000 })
  }
}
