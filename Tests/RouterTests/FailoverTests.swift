import Foundation
import Model
import Platform
import TestSupport
import Testing

@testable import Router

/// A session whose router is reached in two ways, in virtual time.
@Suite struct FailoverTests {
  static func seconds(_ time: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(time * 1e9))
  }

  /// Ten quiet seconds over REST.
  private func settled() -> VirtualFailover {
    let virtual = VirtualFailover()
    virtual.submit(mega(800), mega(35))
    virtual.run(until: Self.seconds(10))
    return virtual
  }

  @Test func aRefusedConnectionCostsNoTime() throws {
    let virtual = settled()
    virtual.rest.latency = Milliseconds(1)
    virtual.rest.fault = { _ in failure(.connectionRefused, over: .rest) }
    let decided = virtual.now
    virtual.submit(mega(500), mega(35))
    virtual.run(for: Milliseconds(200))
    let confirmation = try #require(virtual.confirmations.last)
    #expect(confirmation.limit == mega(500) && confirmation.transport == .ssh)
    // The refusal, one reading and the write.
    #expect(confirmation.confirmedAt - decided == Milliseconds(81))
    let after = virtual.world.operations.filter { $0.at >= decided }.map(\.over)
    #expect(after.prefix(3) == [.rest, .ssh, .ssh])
    #expect(virtual.story == ["contact", "ssh because of connection_refused"])
    #expect(virtual.world.limits[down.text] == mega(500))
  }

  @Test func afterABlackHoleTheOtherWayIsReadAtOnce() throws {
    for isApplied in [true, false] {
      let virtual = settled()
      let rest = virtual.rest
      rest.latency = Milliseconds(5000)
      rest.appliesDoubtfulWrites = isApplied
      rest.fault = { _ in
        rest.notBefore = rest.now + RESTRouter.pauseAfterTimeout
        return failure(.timeout, over: .rest, .unknown)
      }
      let decided = virtual.now
      virtual.submit(mega(500), mega(35))
      virtual.run(for: Milliseconds(5500))
      let first = try #require(
        virtual.world.operations.first { $0.over == .ssh && $0.at > decided })
      #expect(first.what == .rows && first.at - decided == Milliseconds(5000))
      #expect(virtual.confirmations.last?.limit == mega(500))
      #expect(
        virtual.ssh.writes.count == (isApplied ? 0 : 1), "a write that was done is not repeated")
      #expect(!virtual.story.contains { $0.hasPrefix("lost") })
    }
  }

  @Test func aConnectionThatBreaksOnceIsNoReasonToLeave() {
    let virtual = settled()
    var left = 1
    virtual.rest.fault = { operation in
      guard case .write = operation, left > 0 else { return nil }
      left -= 1
      return failure(.reset, over: .rest, .unknown)
    }
    virtual.submit(mega(500), mega(35))
    virtual.run(for: Milliseconds(500))
    #expect(virtual.world.limits[down.text] == mega(500))
    #expect(virtual.ssh.operations.isEmpty)
  }

  @Test func whenBothWaysFailContactIsLostOnce() {
    let virtual = settled()
    virtual.rest.fault = { _ in failure(.connectionRefused, over: .rest) }
    virtual.ssh.fault = { _ in failure(.networkUnreachable, over: .ssh) }
    let from = virtual.now
    for tick in 0..<400 {
      virtual.submit(mega(700 - Double(tick)), mega(30))
      virtual.run(for: Milliseconds(50))
    }
    #expect(
      virtual.story == [
        "contact", "ssh because of connection_refused", "lost: network_unreachable",
      ])
    for router in [virtual.rest, virtual.ssh] {
      let times = router.operations.map(\.at).filter { $0 >= from }
      #expect((17...21).contains(times.count), "each way once a second")
    }
    virtual.rest.fault = nil
    virtual.run(for: Milliseconds(seconds: 3))
    #expect(virtual.story.suffix(2) == ["contact", "rest again"])
    #expect(virtual.port.transport == .rest)
    #expect(virtual.world.limits == [down.text: mega(301), up.text: mega(30)])
    #expect(virtual.probe.begun.isEmpty, "operations tell enough")
  }

  @Test func thePrimaryIsReturnedToBetweenTwoOperations() throws {
    let virtual = settled()
    virtual.rest.fault = { _ in failure(.serviceOff, over: .rest) }
    virtual.run(for: Milliseconds(seconds: 2))
    let failedOver = try #require(virtual.world.operations.first { $0.over == .ssh }).at
    virtual.rest.fault = nil
    virtual.run(for: Milliseconds(seconds: 20))
    #expect(virtual.probe.begun.isEmpty)
    virtual.probe.isGood = true
    virtual.run(for: Milliseconds(seconds: 60))
    #expect(virtual.probe.begun.count == 2)
    let waits = virtual.probe.begun.map { ($0 - failedOver).seconds }
    #expect(abs(waits[0] - 30) < 1.2 && abs(waits[1] - waits[0] - 30) < 1.2, "\(waits)")
    #expect(
      virtual.story == ["contact", "ssh because of service_off", "rest again"])
    let last = try #require(virtual.world.operations.last { $0.over == .ssh }).at
    let back = try #require(virtual.world.operations.first { $0.over == .rest && $0.at > last })
    #expect(back.what == .rows, "the limits are read before anything is written")
    guard
      case .returned(_, let elapsed, _)? = virtual.events.last(where: {
        if case .returned = $0 { true } else { false }
      })
    else { return }
    #expect(abs(elapsed.seconds - 60) < 3)
  }

  @Test func withoutStatisticsThePrimaryComesBackAllTheSame() {
    let virtual = VirtualFailover { $0.statsInterval = .zero }
    virtual.submit(mega(800), mega(35))
    virtual.run(for: Milliseconds(seconds: 1))
    virtual.rest.fault = { _ in failure(.connectionRefused, over: .rest) }
    virtual.submit(mega(700), mega(35))
    virtual.run(for: Milliseconds(seconds: 1))
    #expect(virtual.port.transport == .ssh)
    virtual.rest.fault = nil
    virtual.probe.isGood = true
    virtual.run(for: Milliseconds(seconds: 63))
    #expect(virtual.port.transport == .rest)
  }

  @Test func atTheStartTheFallbackIsContactToo() {
    let virtual = VirtualFailover()
    virtual.rest.fault = { _ in failure(.authFailure, over: .rest) }
    virtual.submit(mega(700), mega(30))
    virtual.run(for: Milliseconds(seconds: 1))
    #expect(virtual.story == ["ssh because of auth_failure", "contact"])
    #expect(virtual.rest.operations.count == 1)
    #expect(virtual.world.limits == [down.text: mega(700), up.text: mega(30)])
  }

  @Test func aRefusalIsNoReasonToLeave() {
    let virtual = settled()
    virtual.rest.fault = { operation in
      if case .write = operation { failure(.permission, over: .rest, .unknown) } else { nil }
    }
    virtual.submit(mega(500), mega(35))
    virtual.run(for: Milliseconds(seconds: 20))
    #expect(virtual.ssh.operations.isEmpty)
  }

  @Test func rulesAndMenusFailOverToo() throws {
    let virtual = settled()
    let comment = try RuleComment("ADAPTIVE: Steer")
    virtual.world.rules[comment] = .disabled
    virtual.rest.fault = { _ in failure(.connectionRefused, over: .rest) }
    #expect(throws: RouterFailure.self) { try virtual.port.setRule(comment, enabled: true) }
    #expect(virtual.world.rules[comment] == .disabled, "nothing is repeated blindly")
    try virtual.port.setRule(comment, enabled: true)
    #expect(try virtual.port.ruleStatus(comment) == .enabled)
    #expect(try virtual.port.flushConnections(ports: [443]) == 0)
    #expect(try virtual.port.readRows(.mangle, properties: []) == [])
    #expect(try virtual.port.queueNames() == [down.text, up.text])
    #expect(try virtual.port.leafKind(ofType: "x") == "cake")
    #expect(try virtual.port.readResource().version == "7.23.7")
    #expect(virtual.port.transport == .ssh)
    virtual.port.disconnect()
    virtual.port.interrupter()
    virtual.ssh.fault = { _ in failure(.timeout, over: .ssh) }
    #expect(throws: RouterFailure.self) { try virtual.port.readResource() }
    #expect(virtual.port.transport == .ssh, "what is given up at the end is no failure of a way")
  }

  /// Whatever fails, and whenever: no older target is written after a newer one, no way is used
  /// before its time, and when all is well again the newest target stands and the primary is used.
  @Test(arguments: 0..<40)
  func whateverFailsTheNewestTargetStandsInTheEnd(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    let virtual = VirtualFailover { $0.increaseInterval = Milliseconds(200) }
    let classes = RouterFailure.Class.allCases
    for router in [virtual.rest, virtual.ssh] {
      router.appliesDoubtfulWrites = Bool.random(using: &generator)
    }
    var badness = [Transport.rest: 0.0, .ssh: 0.0]
    var dice = SplitMix(seed: seed &+ 1000)
    func fault(
      _ router: VirtualRouter, _ what: VirtualRouter.Operation
    ) -> RouterFailure? {
      guard Double.random(in: 0..<1, using: &dice) < badness[router.transport] ?? 0 else {
        return nil
      }
      let failureClass = classes.randomElement(using: &dice) ?? .timeout
      let isUnknown = Bool.random(using: &dice)
      if failureClass == .timeout {
        router.now = router.now + Milliseconds(seconds: 5)
        if router.transport == .rest {
          router.notBefore = router.now + RESTRouter.pauseAfterTimeout
        }
        if isUnknown, case .write(let queue, let limit) = what, Bool.random(using: &dice) {
          let delay = Milliseconds(Double.random(in: 0..<60_000, using: &dice))
          virtual.world.belated.append((router.now + delay, queue, limit))
        }
      }
      return failure(failureClass, over: router.transport, isUnknown ? .unknown : .notDone)
    }
    for router in [virtual.rest, virtual.ssh] {
      router.fault = { [unowned router] in fault(router, $0) }
    }
    var step: Int64 = 0
    /// Each target is another one, and tells when it was decided.
    func target() -> BitsPerSecond {
      step += 1
      let isUp = Bool.random(using: &generator)
      return BitsPerSecond((isUp ? 900_000_000 : 100_000_000) + step)
    }
    for _ in 0..<60 {
      badness = [
        .rest: [0, 0, 0.1, 1].randomElement(using: &generator) ?? 0,
        .ssh: [0, 0, 0.1, 1].randomElement(using: &generator) ?? 0,
      ]
      virtual.probe.isGood = badness[.rest] == 0
      for _ in 0..<20 {
        virtual.submit(target(), target())
        virtual.run(for: Milliseconds(Double.random(in: 10..<500, using: &generator)))
      }
    }
    badness = [:]
    virtual.probe.isGood = true
    let newest = PerDirection(download: target(), upload: target())
    virtual.submit(newest.download, newest.upload)
    virtual.run(for: Milliseconds(seconds: 1000))

    for queue in [down.text, up.text] {
      var last: Int64 = 0
      for operation in virtual.world.operations {
        guard case .write(queue, let limit) = operation.what else { continue }
        let number = limit.rawValue % 1_000_000
        #expect(number >= last, "an older target after a newer one")
        last = number
      }
    }
    #expect(virtual.rest.hastyOperations == 0)
    #expect(virtual.world.limits == [down.text: newest.download, up.text: newest.upload])
    #expect(virtual.port.transport == .rest)
    #expect(virtual.session.isSettled)
  }
}

/// A limit that a person sets while the first way fails.
@Suite struct FailoverSetterTests {
  final class Bench {
    let virtual = VirtualFailover()
    var remarks: [String] = []
    var outcomes: [LimitSetter.Outcome] = []

    func set(_ rate: Double) throws {
      let world = virtual.world
      let setter = LimitSetter(
        port: virtual.port, budget: SharedBudget(file: nil, settings: .init()),
        clock: RouterSession.Clock(
          monotonic: { world.now },
          wall: { VirtualSession.epoch + (world.now - MonotonicTime(nanoseconds: 0)) }),
        sleep: { world.now = world.now + $0 }, remark: { self.remarks.append($0) })
      try setter.set([LimitRequest(queue: down, limit: mega(rate))]) { outcomes.append($0) }
    }
  }

  @Test func readingGoesOnOverTheOtherWay() throws {
    let bench = Bench()
    bench.virtual.rest.fault = { _ in failure(.connectionRefused, over: .rest) }
    try bench.set(5)
    #expect(bench.outcomes.map(\.record.applied) == [true])
    #expect(bench.outcomes.first?.record.transport == .ssh)
    #expect(bench.remarks == ["test: planted (rest); going on over SSH"])
    #expect(bench.virtual.rest.operations.count == 1)
  }

  @Test(arguments: [true, false])
  func aWriteIsOnlyRepeatedWhenItWasNotDone(isApplied: Bool) throws {
    for outcome in [RouterFailure.Outcome.unknown, .notDone] {
      let bench = Bench()
      bench.virtual.rest.appliesDoubtfulWrites = isApplied
      bench.virtual.rest.fault = { operation in
        if case .write = operation { failure(.timeout, over: .rest, outcome) } else { nil }
      }
      try bench.set(5)
      #expect(bench.outcomes.map(\.record.applied) == [true])
      #expect(bench.outcomes.first?.failure == nil)
      #expect(bench.virtual.world.limits[down.text] == mega(5))
      let wasDone = isApplied && outcome == .unknown
      #expect(bench.virtual.ssh.writes.count == (wasDone ? 0 : 1))
    }
  }

  @Test func whenBothWaysFailTheLastFailureIsTold() throws {
    let bench = Bench()
    bench.virtual.rest.fault = { _ in failure(.connectionRefused, over: .rest) }
    bench.virtual.ssh.fault = { _ in failure(.authFailure, over: .ssh) }
    let thrown = #expect(throws: LimitSetter.Failure.self) { try bench.set(5) }
    guard case .router(let failure)? = thrown else {
      Issue.record("\(thrown.debugDescription)")
      return
    }
    #expect(failure.transport == .ssh && failure.failureClass == .authFailure)
    #expect(bench.remarks.first == "test: planted (rest); going on over SSH")
  }
}

/// The probe on its own thread, on real connections.
@Suite struct BackgroundProbeTests {
  private func result(_ probe: BackgroundProbe) -> Bool? {
    let deadline = Date() + 20
    while Date() < deadline {
      if let result = probe.take() { return result }
      usleep(2000)
    }
    return nil
  }

  @Test func aRouterThatAnswersIsGoodAndOneThatDoesNotIsNot() throws {
    let router = try FakeRouterOS()
    let settings = router.settings()
    let probe = BackgroundProbe { RESTRouter(settings, now: Clock.monotonic) }
    #expect(probe.take() == nil)
    probe.begin()
    #expect(result(probe) == true)
    #expect(probe.take() == nil, "told once")
    router.fail { _ in .json(401, "{}") }
    probe.begin()
    #expect(result(probe) == false)
    withExtendedLifetime(router) {}
  }

  @Test func aProbeThatIsAbandonedTellsNothing() throws {
    let router = try FakeRouterOS()
    router.fail { _ in .silence }
    let settings = router.settings { $0.operationTimeout = Milliseconds(seconds: 60) }
    let probe = BackgroundProbe { RESTRouter(settings, now: Clock.monotonic) }
    probe.begin()
    let deadline = Date() + 20
    while router.server.requests.isEmpty, Date() < deadline { usleep(2000) }
    probe.abandon()
    #expect(probe.take() == nil)
    router.fail(nil)
    probe.begin()
    #expect(result(probe) == true)
    probe.interrupter()
    probe.begin()
    usleep(20_000)
    #expect(probe.take() == nil, "no probe begins after the end")
    withExtendedLifetime(router) {}
  }
}
