import Glibc
import Model
import Platform
import TestSupport
import Testing

@testable import Measure

/// Real ICMP over loopback, raw or unprivileged, whatever this user may have.
@Suite(.enabled(if: ICMPProber.isAllowed, "needs CAP_NET_RAW or net.ipv4.ping_group_range"))
struct ICMPProberTests {
  private let timeout = Milliseconds(1000)
  private let stamps: KernelStamps

  init() throws { stamps = try KernelStamps() }

  @Test func bothFamiliesAnswer() throws {
    let targets: [IPAddress] = [.loopback4, .loopback6, try #require(IPAddress("127.1.2.3"))]
    let prober = try ICMPProber(targets: targets, timeout: timeout)
    for seq in 0..<20 {
      #expect(prober.sendRound(seq).isEmpty)
      let outcomes = try prober.outcomes(3)
      #expect(outcomes.map(\.target).sorted() == [0, 1, 2])
      for outcome in outcomes {
        #expect(outcome.seq == seq && outcome.method == .icmp)
        #expect(outcome.sentAt == UnixTime(seconds: Double(seq)))
        #expect(outcome.isFromKernel)
        #expect((outcome.rtt?.rawValue ?? -1) > 0 && (outcome.rtt ?? timeout) < timeout)
      }
      #expect(prober.nextDeadline == nil)
    }
    #expect(prober.counters.sent == 60 && prober.counters.answered == 60)
    #expect(prober.counters.transmitStamps > 0, "loopback stamps what is sent")
    #expect(prober.expired(now: MonotonicTime(nanoseconds: .max)).isEmpty)
  }

  @Test func withoutTransmitStampsToo() throws {
    let prober = try ICMPProber(
      targets: [.loopback4], timeout: timeout, options: ProbeOptions(usesTransmitStamps: false))
    prober.sendRound()
    #expect(try prober.outcomes(1).first?.isFromKernel == true)
    #expect(prober.counters.transmitStamps == 0)
  }

  @Test func aTimeoutEndsAProbeAndALateAnswerCountsOnly() throws {
    let prober = try ICMPProber(targets: [.loopback4], timeout: timeout)
    let start = MonotonicTime(nanoseconds: 5_000_000_000)
    prober.sendRound(now: start)
    #expect(prober.nextDeadline == start + timeout)
    #expect(prober.expired(now: start + Milliseconds(999)).isEmpty)
    let lost = prober.expired(now: start + timeout)
    #expect(lost.map(\.result) == [.lost(.timeout, waited: timeout)])
    #expect(prober.nextDeadline == nil)
    let counters = try prober.counters { $0.late > 0 }
    #expect(counters.late == 1 && counters.timeouts == 1 && counters.answered == 0)
  }

  @Test func anAnswerAfterTheTimeoutIsNoAnswerEvenBeforeItsLossIsNoticed() throws {
    // Everything takes longer than a nanosecond.
    let prober = try ICMPProber(targets: [.loopback4], timeout: Milliseconds(1e-6))
    prober.sendRound()
    let counters = try prober.counters { $0.late > 0 }
    #expect(counters.answered == 0)
    #expect(prober.expired(now: Clock.monotonic()).map(\.loss) == [.timeout])
  }

  @Test func hundredsOfHostsInOneRound() throws {
    let targets = (1...500).map { IPAddress.v4(0x7f00_0000 + $0) }
    let prober = try ICMPProber(targets: targets, timeout: timeout)
    #expect(prober.sendRound().isEmpty)
    let outcomes = try prober.outcomes(500)
    #expect(Set(outcomes.map(\.target)).count == 500)
    #expect(outcomes.allSatisfy { $0.rtt != nil })
  }

  @Test func oneHostAtATime() throws {
    let prober = try ICMPProber(targets: [.loopback4, .loopback6], timeout: timeout)
    prober.sendOne(target: 1, seq: 7, sentAt: UnixTime(seconds: 1), now: Clock.monotonic()) {
      Issue.record("\($0)")
    }
    let outcomes = try prober.outcomes(1)
    #expect(outcomes.map(\.target) == [1] && outcomes.map(\.seq) == [7])
  }

  @Test func aStepOfTheWallClockEndsASampleWithoutANumber() throws {
    for step: Int64 in [2_000_000, -2_000_000, 3_600_000_000_000] {
      let settable = SettableClock()
      let prober = try ICMPProber(
        targets: [.loopback4], timeout: timeout, options: ProbeOptions(), clock: settable.clock)
      prober.sendRound()
      settable.stepWall(by: step)
      #expect(try prober.outcomes(1).map(\.loss) == [.clockStep])
      #expect(prober.counters.clockSteps == 1)
    }
  }

  @Test func aSmallDifferenceIsNoStep() throws {
    let settable = SettableClock()
    let prober = try ICMPProber(
      targets: [.loopback4], timeout: timeout, options: ProbeOptions(), clock: settable.clock)
    prober.sendRound()
    settable.stepWall(by: 500_000)
    #expect(try prober.outcomes(1).first?.rtt != nil)
  }

  @Test func noLatencyIsNegative() throws {
    // A wall clock that is ahead of the kernel's stamps from the start: no step is seen.
    let settable = SettableClock()
    settable.stepWall(by: 10_000_000_000)
    let prober = try ICMPProber(
      targets: [.loopback4], timeout: timeout, options: ProbeOptions(), clock: settable.clock)
    prober.sendRound()
    #expect(try prober.outcomes(1).map(\.loss) == [.clockStep])
  }

  @Test func theLatencyIsFromTheBestStamps() throws {
    let now = Readings([1_000])
    let prober = try ICMPProber(
      targets: [.loopback4], timeout: timeout, options: ProbeOptions(),
      clock: ProbeClock(realtime: { 0 }, monotonic: { now.current }))
    var probe = SentProbe(
      number: 0, target: 0, generation: 0, seq: 0, sentAt: UnixTime(seconds: 0),
      sentNow: MonotonicTime(nanoseconds: 0), deadline: MonotonicTime(nanoseconds: 0),
      wall: 5_000_000, monotonic: 0, offset: 0)
    func latency(_ arrival: Int64?) -> Milliseconds? {
      prober.latency(of: probe, arrival: arrival)?.0
    }
    #expect(latency(8_000_000) == Milliseconds(3))
    #expect(latency(4_000_000) == nil)
    probe.transmitted = 6_000_000
    #expect(latency(8_000_000) == Milliseconds(2))
    // A stamp from before the call belongs to another time of the clock.
    probe.transmitted = 4_000_000
    #expect(latency(8_000_000) == Milliseconds(3))
    // Without a stamp of the kernel: from this process's own readings.
    #expect(prober.latency(of: probe, arrival: nil)?.1 == .user)
    #expect(latency(nil) == Milliseconds(0.001))
    now.current = -1
    #expect(latency(nil) == nil)
  }

  @Test func aTargetMoves() throws {
    let prober = try ICMPProber(targets: [.loopback4], timeout: timeout)
    let start = Clock.monotonic()
    prober.sendRound(0, now: start)
    try prober.replaceTarget(0, by: .loopback6)
    let counters = try prober.counters { $0.late > 0 }
    #expect(counters.late == 1)
    // The other family had no socket yet.
    prober.sendRound(1, now: start)
    #expect(prober.descriptorGeneration == 1)
    #expect(try prober.outcomes(1).map(\.seq) == [1])
    #expect(prober.expired(now: start + timeout).map(\.seq) == [0])
  }

  @Test(arguments: 1...10)
  func eachProbeHasOneOutcome(seed: UInt64) throws {
    struct Probe: Hashable {
      var target: Int
      var seq: Int
    }
    var generator = SeededGenerator(seed: seed)
    let settable = SettableClock()
    let prober = try ICMPProber(
      targets: [.loopback4, .loopback6, .v4(0x7f00_0002)], timeout: timeout,
      options: ProbeOptions(maximumInFlight: 64), clock: settable.clock)
    var outcomes: [Probe: Int] = [:]
    func note(_ outcome: ProbeOutcome) {
      outcomes[Probe(target: outcome.target, seq: outcome.seq), default: 0] += 1
      #expect((outcome.rtt?.rawValue ?? 0) >= 0, "seed \(seed)")
    }
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var seq = 0
    for _ in 0..<400 {
      now = now + Milliseconds(.random(in: 0...100, using: &generator))
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<5:
        prober.send(seq: seq, sentAt: UnixTime(seconds: 0), now: now, deliver: note)
        seq += 1
      case 5, 6: prober.receive(now: now) { outcome, _ in note(outcome) }
      case 7: prober.expire(now: now, deliver: note)
      case 8:
        try prober.replaceTarget(
          .random(in: 0..<3, using: &generator),
          by: .v4(0x7f00_0000 + .random(in: 1...9, using: &generator)))
      default: settable.stepWall(by: .random(in: -5_000_000...5_000_000, using: &generator))
      }
    }
    prober.expire(now: MonotonicTime(nanoseconds: .max), deliver: note)
    #expect(prober.nextDeadline == nil)
    #expect(outcomes.count == 3 * seq, "seed \(seed)")
    #expect(outcomes.values.allSatisfy { $0 == 1 }, "seed \(seed)")
  }

  @Test func moreProbesThanPlacesAreNotSent() throws {
    let prober = try ICMPProber(
      targets: (1...20).map { .v4(0x7f00_0000 + $0) }, timeout: timeout,
      options: ProbeOptions(maximumInFlight: 16))
    let refused = prober.sendRound()
    #expect(refused.map(\.target) == [16, 17, 18, 19])
    #expect(refused.allSatisfy { $0.loss == .sendFailed })
    #expect(try prober.outcomes(16).count == 16)
    #expect(prober.counters.sendFailed == 4)
  }

  @Test func wrongOptionsNameTheWayOut() throws {
    func failure(_ options: ProbeOptions) -> String {
      do {
        _ = try ICMPProber(targets: [.loopback4], timeout: timeout, options: options)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      failure(ProbeOptions(interface: "nosuch0"))
        == "setsockopt SO_BINDTODEVICE nosuch0: No such device (errno 19): there is no such"
        + " interface: see ip link")
    let elsewhere = try #require(IPAddress("192.0.2.7"))
    #expect(
      failure(ProbeOptions(source: elsewhere)).hasSuffix(
        "(errno 99): no interface has this address: see ip address"))
    #expect(
      failure(ProbeOptions(source: .loopback6))
        == "the source address ::1 cannot reach 127.0.0.1: one is IPv4, the other IPv6")
  }

  @Test func aSourceAddressIsUsed() throws {
    let source = try #require(IPAddress("127.9.9.9"))
    let prober = try ICMPProber(
      targets: [.loopback4], timeout: timeout, options: ProbeOptions(source: source))
    prober.sendRound()
    #expect(try prober.outcomes(1).first?.rtt != nil)
    #expect(throws: MeasureError.self) { try prober.replaceTarget(0, by: .loopback6) }
  }
}

@Suite struct ProbeClockTests {
  @Test func aPauseBetweenReadingsIsNoStep() {
    // The second pair of readings is close together; the first was interrupted for a second.
    let readings = Readings([0, 1_000_000_000, 2_000_000_000, 2_000_000_020])
    let clock = ProbeClock(
      realtime: { readings.current + 7_000_000_000 }, monotonic: { readings.next() })
    #expect(abs(clock.offset() - 7_000_000_000) <= 20)
  }

  @Test func theBestOfBadReadingsCounts() {
    let readings = Readings(
      [0, 900, 1000, 1200, 2000, 2300, 3000, 3900, 4000, 4900].map { $0 * 1_000_000 })
    let clock = ProbeClock(realtime: { readings.current + 5 }, monotonic: { readings.next() })
    #expect(clock.offset() == 5 - 100_000_000)
  }
}
