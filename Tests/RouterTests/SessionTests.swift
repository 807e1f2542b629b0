import Control
import Model
import Router
import Testing

/// The reactions to everything that a router does, in virtual time.
@Suite struct SessionTests {
  static func seconds(_ time: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(time * 1e9))
  }

  @Test func theStartReadsBothLimitsAndPushesWhatDiffers() {
    let virtual = VirtualSession()
    virtual.submit(mega(940), mega(38))
    virtual.run(for: Milliseconds(500))
    #expect(virtual.router.operations.first?.what == .rows)
    #expect(virtual.router.limits == [down.text: mega(940), up.text: mega(38)])
    // Both at once: what was found is mended, it is no increase of ours.
    #expect(virtual.router.writes.count == 2)
    #expect(virtual.router.writes.last!.at < Self.seconds(0.1))
    guard case .contactGained(after: nil) = virtual.events.first else {
      Issue.record("no contact: \(virtual.events)")
      return
    }
  }

  @Test func nothingIsWrittenThatTheRouterHasAlready() {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 10))
    #expect(virtual.router.writes.isEmpty)
    #expect(virtual.session.isSettled)
  }

  @Test func aDecreaseIsConfirmedWithinOneOperation() throws {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 3))
    let decided = virtual.now
    virtual.submit(mega(700), mega(35))
    virtual.run(for: Milliseconds(100))
    let confirmation = try #require(virtual.confirmations.first)
    #expect(confirmation.queue.direction == .download && confirmation.queue.wan == 0)
    #expect(confirmation.limit == mega(700) && confirmation.previous == mega(800))
    #expect(confirmation.decidedAt == decided)
    #expect(confirmation.took == Milliseconds(16))
    #expect(confirmation.age <= Milliseconds(40))
  }

  @Test func statisticsAreReadEverySecondAndTheLeafIsKnown() throws {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 10.5))
    let reads = virtual.router.operations.filter { $0.what == .rows }.count
    #expect((10...11).contains(reads))
    #expect(virtual.router.operations.filter { $0.what == .leafKind }.count == 1)
    #expect(virtual.router.operations.filter { $0.what == .probe }.count == 1)
    #expect(virtual.router.operations.filter { $0.what == .resource }.count >= 8)
    let rows = virtual.events.compactMap { event -> QueueRow? in
      if case .queuesRead(_, let rows, _) = event { rows.download } else { nil }
    }
    let row = try #require(rows.last)
    #expect(row.leaf == "cake")
    #expect(row.dropped == nil, "CAKE's drops are not counted by RouterOS")
  }

  @Test func withoutStatisticsNothingIsReadAgain() {
    let virtual = VirtualSession { $0.statsInterval = .zero }
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 60))
    #expect(virtual.router.operations.filter { $0.what == .rows }.count == 1)
    #expect(virtual.session.step() == .untilSubmit)
  }

  @Test func aWriteComesBeforeStatistics() {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 5))
    for tick in 0..<40 {
      virtual.submit(mega(790 - Double(tick)), mega(35))
      virtual.run(for: Milliseconds(50))
    }
    #expect(virtual.confirmations.count == 40)
    #expect(virtual.confirmations.allSatisfy { $0.age <= Milliseconds(16 * 3) })
  }

  @Test func aLimitThatSomebodyElseChangedIsSetRight() {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 3))
    virtual.router.limits[up.text] = mega(10)
    virtual.run(for: Milliseconds(seconds: 1.2))
    #expect(virtual.router.limits[up.text] == mega(35))
    #expect(
      virtual.events.contains { event in
        if case .limitDrifted(let queue, mega(35), mega(10)) = event {
          queue.name == up
        } else {
          false
        }
      })
  }

  @Test func anOutageIsTriedEverySecondAndEndsWithTheNewestTarget() throws {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(10))
    virtual.router.latency = .zero
    virtual.router.fault = { _ in failure(.connectionRefused) }
    for tick in 0..<400 {
      virtual.submit(mega(700 - Double(tick)), mega(30))
      virtual.run(for: Milliseconds(50))
    }
    let attempts = virtual.router.operations.filter { $0.at >= Self.seconds(10) }
    #expect((19...22).contains(attempts.count))
    #expect(virtual.router.writes.count <= 1, "an outage is tried by reading")
    virtual.router.fault = nil
    let back = virtual.now
    virtual.run(for: Milliseconds(seconds: 2))
    #expect(virtual.router.limits == [down.text: mega(301), up.text: mega(30)])
    #expect(virtual.router.writes.filter { $0.at >= back }.count == 2)
    let lost = virtual.events.compactMap { event -> RouterFailure? in
      if case .contactLost(let failure, _) = event { failure } else { nil }
    }
    #expect(lost.map(\.failureClass) == [.connectionRefused])
    let outage = try #require(
      virtual.events.compactMap { event -> RouterEvent.Outage? in
        if case .contactGained(let outage) = event { outage } else { nil }
      }.last)
    #expect(abs(outage.duration.seconds - 20) < 2)
    #expect(outage.failures == attempts.count)
    #expect(
      virtual.events.contains {
        if case .stillUnreachable(_, let failures) = $0 { failures == 5 } else { false }
      })
  }

  @Test func afterATimeoutTheRouterIsLeftAloneAndThenRead() {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(5))
    let router = virtual.router
    router.fault = { operation in
      guard case .write = operation else { return nil }
      router.fault = nil
      router.notBefore = router.now + Milliseconds(2500)
      return failure(.timeout, .unknown)
    }
    virtual.submit(mega(400), mega(35))
    virtual.run(for: Milliseconds(seconds: 5))
    let index = router.operations.lastIndex {
      if case .write(_, mega(400)) = $0.what { true } else { false }
    }!
    let failed = router.operations[
      router.operations.firstIndex { $0.what == .write(down.text, mega(400)) }!]
    let next = router.operations.first { $0.at > failed.at }!
    #expect(next.what == .rows)
    #expect(next.at - failed.at >= Milliseconds(2500))
    #expect(router.operations[index].at > next.at)
    #expect(router.limits[down.text] == mega(400))
  }

  @Test func aDoubtfulWriteThatWasDoneIsConfirmedByReading() throws {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(5))
    let router = virtual.router
    router.appliesDoubtfulWrites = true
    router.fault = { operation in
      guard case .write = operation else { return nil }
      router.fault = nil
      return failure(.reset, .unknown)
    }
    virtual.submit(mega(400), mega(35))
    virtual.run(for: Milliseconds(200))
    #expect(router.writes.count == 1, "it is not written twice")
    let confirmation = try #require(virtual.confirmations.last)
    #expect(confirmation.limit == mega(400))
    #expect(virtual.session.isSettled)
  }

  @Test(arguments: [RouterFailure.Class.rejected, .permission, .verifyMismatch])
  func aRefusedWriteIsTriedAgainEverMoreSeldom(failureClass: RouterFailure.Class) {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(5))
    virtual.router.fault = { operation in
      if case .write(down.text, _) = operation { failure(failureClass, .unknown) } else { nil }
    }
    for tick in 0..<1200 {
      virtual.submit(mega(700 - Double(tick) / 10), mega(20 + Double(tick % 2)))
      virtual.run(for: Milliseconds(50))
    }
    // 1, 2, 4, 8, 16, 32 s: no storm, whatever the loop decides.
    let attempts = virtual.router.writes.filter { $0.queue == down.text }
    #expect((5...8).contains(attempts.count))
    // The other queue is served, and the contact counts as kept.
    #expect(virtual.router.writes.filter { $0.queue == up.text }.count > 20)
    #expect(!virtual.events.contains { if case .contactLost = $0 { true } else { false } })
    #expect(virtual.events.contains { if case .writeFailed = $0 { true } else { false } })
  }

  @Test func aWrongPasswordIsTriedEverMoreSeldom() {
    let virtual = VirtualSession()
    virtual.router.fault = { _ in failure(.authFailure) }
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 1000))
    // 1 s doubled to 300 s: 9 pauses make 511 s, then one each 300 s.
    #expect((10...12).contains(virtual.router.operations.count))
  }

  @Test func anUntrustedRouterIsTriedEverMoreSeldom() {
    let virtual = VirtualSession()
    virtual.router.fault = { _ in failure(.tls) }
    virtual.run(for: Milliseconds(seconds: 300))
    #expect((13...16).contains(virtual.router.operations.count))
  }

  @Test func aBusyRouterIsAskedAgainSoon() {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(5))
    let router = virtual.router
    router.fault = { operation in
      guard case .write = operation else { return nil }
      router.fault = nil
      return failure(.busy, .unknown)
    }
    virtual.submit(mega(400), mega(35))
    virtual.run(for: Milliseconds(500))
    #expect(router.limits[down.text] == mega(400))
    #expect(!virtual.events.contains { if case .contactLost = $0 { true } else { false } })
  }

  @Test func aQueueThatIsMissingIsLookedForNowAndThen() {
    let virtual = VirtualSession(limits: [down.text: mega(800)]) { $0.statsInterval = .zero }
    virtual.submit(mega(700), mega(30))
    virtual.run(for: Milliseconds(seconds: 120))
    #expect(virtual.router.limits == [down.text: mega(700)])
    let missing = virtual.events.filter { if case .queueMissing = $0 { true } else { false } }
    #expect((5...9).contains(missing.count))
    virtual.router.limits[up.text] = mega(5)
    virtual.run(for: Milliseconds(seconds: 40))
    #expect(virtual.router.limits[up.text] == mega(30))
  }

  @Test func aQueueThatComesBackIsServedAtOnce() {
    let virtual = VirtualSession(limits: [down.text: mega(800)])
    virtual.submit(mega(700), mega(30))
    virtual.run(for: Milliseconds(seconds: 60))
    virtual.router.limits[up.text] = mega(5)
    virtual.run(for: Milliseconds(seconds: 1.5))
    #expect(virtual.router.limits[up.text] == mega(30))
  }

  @Test func aRebootWithoutAnOutageIsNoticedAndMended() {
    let virtual = VirtualSession()
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(10))
    virtual.router.bootedAt = virtual.now
    virtual.router.limits[down.text] = mega(1000)
    virtual.run(for: Milliseconds(seconds: 3))
    #expect(virtual.router.limits[down.text] == mega(800))
    let reboots = virtual.events.filter { if case .rebooted = $0 { true } else { false } }
    #expect(reboots.count == 1)
    // The kind of the leaf and the identity are asked for again.
    #expect(virtual.router.operations.filter { $0.what == .probe }.count == 2)
    #expect(virtual.router.operations.filter { $0.what == .leafKind }.count == 2)
  }

  @Test func aReadThatIsNotAllowedStopsNoOtherRead() {
    let virtual = VirtualSession()
    virtual.router.fault = { $0 == .leafKind || $0 == .resource ? failure(.permission) : nil }
    virtual.submit(mega(700), mega(30))
    virtual.run(for: Milliseconds(seconds: 30))
    #expect(virtual.router.limits == [down.text: mega(700), up.text: mega(30)])
    #expect(virtual.events.contains { if case .readFailed = $0 { true } else { false } })
  }

  @Test func whatDidNotReachTheRouterCostsNoToken() {
    let virtual = VirtualSession { $0.writeBudget = .init(burst: 2, perMinute: 0) }
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(5))
    let router = virtual.router
    for rate in 0..<10 {
      router.fault = { if case .write = $0 { failure(.connectionRefused) } else { nil } }
      virtual.submit(mega(700 - Double(rate)), mega(35))
      virtual.run(for: Milliseconds(200))
      router.fault = nil
      virtual.run(for: Milliseconds(seconds: 2))
      guard rate == 0 else { break }
    }
    #expect(router.limits[down.text] == mega(699))
  }
}
