import Control
import Model
import TestSupport
import Testing

@testable import Router

/// Steering's session on a virtual router, driven from event to event.
private final class VirtualSteering {
  let world = VirtualWorld()
  let rest: VirtualRouter
  let ssh: VirtualRouter
  let rules: [RuleComment]
  private let session: SteeringSession
  private let log = Log()

  private final class Log { var events: [SteeringRouterEvent] = [] }

  var events: [SteeringRouterEvent] { log.events }
  var now: MonotonicTime { world.now }

  init(flushedPorts: [UInt16] = [], hasFallback: Bool = false) throws {
    rules = [try RuleComment("ADAPTIVE: WAN2"), try RuleComment("ADAPTIVE: WAN3")]
    let world = world
    for rule in rules { world.rules[rule] = .disabled }
    world.limits = [down.text: mega(800)]
    rest = VirtualRouter(.rest, world: world)
    ssh = VirtualRouter(.ssh, world: world)
    let port: any RouterPort =
      hasFallback
      ? FailoverPort(
        primary: rest, fallback: ssh, choice: TransportChoice(isFallbackVerified: true),
        probe: PlannedProbe(world), now: { world.now })
      : rest
    let log = log
    session = SteeringSession(
      port: port, rules: rules, queues: [down, nil, nil], flushedPorts: flushedPorts,
      transport: .rest,
      clock: RouterSession.Clock(
        monotonic: { world.now },
        wall: { VirtualSession.epoch + (world.now - MonotonicTime(nanoseconds: 0)) })
    ) { log.events.append($0) }
  }

  func order(_ order: SteeringOrder) { session.submit(order) }

  func enable(_ target: Int, replacing replaced: Int? = nil) {
    order(
      .act(
        SteeringAction(
          kind: .enable, reason: replaced == nil ? .hysteresis : .target, target: target,
          replaced: replaced), decidedAt: now))
  }

  func disable(_ target: Int) {
    order(
      .act(
        SteeringAction(kind: .disable, reason: .hysteresis, target: target), decidedAt: now))
  }

  func run(for time: Milliseconds) {
    let end = now + time
    while now < end {
      switch session.step() {
      case .none: continue
      case .until(let time): world.now = max(now, min(time, end))
      case .untilSubmit: world.now = end
      }
    }
  }

  var ends: [SteeringRouterEvent.ActionEnd] {
    events.compactMap { if case .actionEnded(let end) = $0 { end } else { nil } }
  }

  var ruleReadings: [[RuleStatus]] {
    events.compactMap { if case .rulesRead(let rules) = $0 { rules } else { nil } }
  }

  var queueReadings: [[QueueRow?]] {
    events.compactMap { if case .queuesRead(let rows) = $0 { rows } else { nil } }
  }

  var contactStory: [String] {
    events.compactMap { event in
      guard case .router(let event) = event else { return nil }
      return switch event {
      case .contactGained: "contact"
      case .contactLost(let failure, _): "lost: \(failure.failureClass.rawValue)"
      case .stillUnreachable: "still"
      case .failedOver(let transport, _, _): "over \(transport)"
      case .readFailed: "refused"
      default: nil
      }
    }
  }
}

@Suite struct SteeringSessionTests {
  private let second = Milliseconds(seconds: 1)

  @Test func rulesAreReadAtTheStartAndOnceAMinute() throws {
    let virtual = try VirtualSteering()
    virtual.world.rules[virtual.rules[1]] = .missing
    virtual.run(for: Milliseconds(seconds: 59))
    #expect(virtual.ruleReadings == [[.disabled, .missing]])
    virtual.world.rules[virtual.rules[1]] = .enabled
    virtual.run(for: Milliseconds(seconds: 5))
    #expect(virtual.ruleReadings.last == [.disabled, .enabled])
    #expect(virtual.contactStory == ["contact"])
  }

  @Test func anActionIsConfirmed() throws {
    let virtual = try VirtualSteering(flushedPorts: [5060])
    virtual.run(for: second)
    virtual.enable(0)
    virtual.run(for: second)
    #expect(virtual.world.rules[virtual.rules[0]] == .enabled)
    #expect(virtual.ends.map(\.failure) == [nil])
    #expect(virtual.ends.first?.age == virtual.rest.latency)
    #expect(virtual.events.last == .connectionsFlushed(0))
    virtual.disable(0)
    virtual.run(for: second)
    #expect(virtual.world.rules[virtual.rules[0]] == .disabled)
    #expect(virtual.rest.operations.count { $0.what == .flush } == 1, "only when steering")
  }

  @Test func theNewRuleIsOnBeforeTheOldOneIsOff() throws {
    let virtual = try VirtualSteering()
    virtual.world.rules[virtual.rules[0]] = .enabled
    virtual.run(for: second)
    virtual.enable(1, replacing: 0)
    virtual.run(for: second)
    let switched = virtual.rest.operations.compactMap { operation in
      if case .rule(let comment, let isEnabled) = operation.what {
        "\(comment) \(isEnabled)"
      } else {
        nil
      }
    }
    #expect(switched == ["ADAPTIVE: WAN3 true", "ADAPTIVE: WAN2 false"])
    #expect(virtual.ends.map(\.failure) == [nil])
  }

  @Test func anOldRuleThatStaysOnIsSeenByReading() throws {
    let virtual = try VirtualSteering()
    virtual.world.rules[virtual.rules[0]] = .enabled
    virtual.run(for: second)
    virtual.rest.fault = { $0 == .rule("ADAPTIVE: WAN2", false) ? failure(.rejected) : nil }
    virtual.enable(1, replacing: 0)
    virtual.run(for: second)
    #expect(virtual.ends.map(\.failure) == [nil], "the new one is in force")
    #expect(virtual.ruleReadings.last == [.enabled, .enabled])
    virtual.rest.fault = nil
    virtual.order(.disable([0]))
    virtual.run(for: second)
    #expect(virtual.events.contains(.ruleDisabled(target: 0)))
    #expect(virtual.world.rules[virtual.rules[0]] == .disabled)
  }

  @Test func aNewRuleThatFailsLeavesTheOldOneOn() throws {
    let virtual = try VirtualSteering()
    virtual.world.rules[virtual.rules[0]] = .enabled
    virtual.run(for: second)
    virtual.rest.fault = { $0 == .rule("ADAPTIVE: WAN3", true) ? failure(.missing) : nil }
    virtual.enable(1, replacing: 0)
    virtual.run(for: second)
    #expect(virtual.ends.first?.failure?.failureClass == .missing)
    #expect(virtual.world.rules[virtual.rules[0]] == .enabled)
  }

  @Test func anUnknownOutcomeIsSettledByAskingAgain() throws {
    let virtual = try VirtualSteering()
    virtual.run(for: second)
    var isFirst = true
    virtual.rest.fault = { operation in
      guard case .rule = operation, isFirst else { return nil }
      isFirst = false
      return failure(.verifyMismatch, .unknown)
    }
    virtual.enable(0)
    virtual.run(for: second)
    #expect(virtual.ends.map(\.failure) == [nil])
    #expect(virtual.rest.operations.count { $0.what == .rule("ADAPTIVE: WAN2", true) } == 2)
  }

  @Test func whileTheRouterIsAwayOrdersFailAtOnce() throws {
    let virtual = try VirtualSteering()
    virtual.run(for: second)
    virtual.rest.fault = { _ in failure(.timeout, .unknown) }
    virtual.enable(0)
    virtual.run(for: Milliseconds(100))
    #expect(virtual.ends.count == 1 && virtual.ends[0].failure?.failureClass == .timeout)
    let operations = virtual.rest.operations.count
    virtual.enable(0)
    virtual.order(.readQueues)
    virtual.run(for: Milliseconds(100))
    #expect(virtual.rest.operations.count == operations, "it is left alone")
    #expect(virtual.ends.count == 2)
    #expect(virtual.ends.last?.failure?.message.contains("left alone") == true)
    #expect(virtual.queueReadings == [[nil, nil, nil]])
    let readings = virtual.ruleReadings.count
    virtual.rest.fault = nil
    virtual.run(for: Milliseconds(seconds: 3))
    #expect(virtual.ruleReadings.count == readings + 1, "what became of it is read")
    #expect(virtual.contactStory == ["contact", "lost: timeout", "contact"])
  }

  @Test func theOtherWayIsTakenInTheSameAction() throws {
    let virtual = try VirtualSteering(hasFallback: true)
    virtual.run(for: second)
    virtual.rest.fault = { _ in failure(.connectionRefused, over: .rest) }
    virtual.enable(0)
    virtual.run(for: second)
    #expect(virtual.ends.map(\.failure) == [nil])
    #expect(virtual.world.rules[virtual.rules[0]] == .enabled)
    #expect(virtual.contactStory == ["contact", "over ssh"])
    #expect(virtual.ssh.operations.contains { $0.what == .rule("ADAPTIVE: WAN2", true) })
  }

  @Test func rowsComeWithTheKindOfTheirLeaf() throws {
    let virtual = try VirtualSteering()
    for _ in 1...3 {
      virtual.order(.readQueues)
      virtual.run(for: Milliseconds(100))
    }
    #expect(virtual.queueReadings.count == 3)
    let row = try #require(virtual.queueReadings.last?[0])
    #expect(row.leaf == "cake" && row.dropped == nil)
    #expect(virtual.rest.operations.count { $0.what == .leafKind } == 1)
    virtual.world.limits = [:]
    virtual.order(.readQueues)
    virtual.run(for: Milliseconds(100))
    #expect(virtual.queueReadings.last == [nil, nil, nil])
  }

  @Test func aReadThatIsRefusedIsToldAndTriedLater() throws {
    let virtual = try VirtualSteering()
    virtual.rest.fault = { $0 == .rules ? failure(.permission) : nil }
    virtual.run(for: Milliseconds(seconds: 4))
    #expect(virtual.ruleReadings.isEmpty)
    #expect(virtual.contactStory == ["contact", "refused", "refused", "refused"])
  }

  /// Whatever fails: each order is answered once, rules end where the last confirmed action put
  /// them, and the router is not hammered.
  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func everyOrderIsAnsweredOnce(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let virtual = try VirtualSteering(hasFallback: seed.isMultiple(of: 2))
    let classes = RouterFailure.Class.allCases
    let faults = random
    for (router, transport) in [(virtual.rest, Transport.rest), (virtual.ssh, .ssh)] {
      var random = faults
      router.fault = { _ in
        guard Int.random(in: 0..<3, using: &random) == 0,
          let kind = classes.randomElement(using: &random)
        else { return nil }
        return failure(kind, over: transport, Bool.random(using: &random) ? .notDone : .unknown)
      }
    }
    var actions = 0
    var readings = 0
    for _ in 1...200 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        virtual.order(.readQueues)
        readings += 1
      case 1:
        virtual.enable(Int.random(in: 0...1, using: &random))
        actions += 1
      case 2:
        virtual.disable(Int.random(in: 0...1, using: &random))
        actions += 1
      default: break
      }
      virtual.run(for: Milliseconds(Double(Int.random(in: 1...3000, using: &random))))
      if let end = virtual.ends.last, end.failure == nil {
        let isEnabled = end.action.kind == .enable
        let last = virtual.world.operations.last { if case .rule = $0.what { true } else { false } }
        if case .rule(virtual.rules[end.action.target].text, isEnabled)? = last?.what {
          #expect(
            virtual.world.rules[virtual.rules[end.action.target]]
              == (isEnabled ? .enabled : .disabled))
        }
      }
    }
    virtual.run(for: Milliseconds(seconds: 1))
    #expect(virtual.ends.count == actions)
    #expect(virtual.queueReadings.count == readings)
    let (first, last) = (virtual.world.operations.first?.at, virtual.world.operations.last?.at)
    let seconds = try #require(last) - (try #require(first))
    #expect(Double(virtual.world.operations.count) < 8 * seconds.seconds + 400)
  }
}
