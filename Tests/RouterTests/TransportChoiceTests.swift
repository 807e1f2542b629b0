import Model
import Testing

@testable import Router

/// The reactions of the choice between two ways, class by class.
@Suite struct TransportChoiceTests {
  static let noRest = TransportChoice.Pair<MonotonicTime?>(primary: nil, fallback: nil)

  /// A choice that an expectation may change.
  @dynamicMemberLookup final class Chooser {
    private var choice: TransportChoice

    init(isFallbackVerified: Bool = true) {
      choice = TransportChoice(isFallbackVerified: isFallbackVerified)
    }

    subscript<Value>(dynamicMember path: KeyPath<TransportChoice, Value>) -> Value {
      choice[keyPath: path]
    }

    func answered() { choice.answered() }
    func beginProbe() { choice.beginProbe() }
    func isProbeDue(at now: MonotonicTime) -> Bool { choice.isProbeDue(at: now) }

    @discardableResult
    func failed(
      _ failureClass: RouterFailure.Class, at now: MonotonicTime,
      resting: TransportChoice.Pair<MonotonicTime?> = noRest
    ) -> Bool {
      choice.failed(failureClass, at: now, resting: resting)
    }

    @discardableResult
    func probed(isGood: Bool, at now: MonotonicTime) -> Bool {
      choice.probed(isGood: isGood, at: now)
    }
  }

  static func seconds(_ time: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(time * 1e9))
  }

  @Test(arguments: RouterFailure.Class.allCases)
  func eachClassHasItsReaction(failureClass: RouterFailure.Class) {
    let choice = Chooser()
    let hasSwitched = choice.failed(failureClass, at: Self.seconds(1))
    let leaves: Set<RouterFailure.Class> = [
      .connectionRefused, .networkUnreachable, .dnsFailure, .timeout, .tls, .authFailure,
      .serviceOff, .protocolError,
    ]
    #expect(hasSwitched == leaves.contains(failureClass))
    #expect(choice.active == (hasSwitched ? .fallback : .primary))
    // The other way may be used at once.
    if hasSwitched { #expect(choice.notBefore == nil) }
  }

  @Test func whatBrokeOnceIsReadBackTheSameWay() {
    let choice = Chooser()
    #expect(!choice.failed(.reset, at: Self.seconds(1)))
    #expect(choice.notBefore == Self.seconds(1), "at once")
    #expect(choice.failed(.reset, at: Self.seconds(1.1)))
    let other = Chooser()
    other.failed(.reset, at: Self.seconds(1))
    other.answered()
    #expect(!other.failed(.reset, at: Self.seconds(2)))
  }

  @Test func aRouterThatProvesToBeAnotherIsNotTriedWithoutProof() {
    let choice = Chooser(isFallbackVerified: false)
    #expect(!choice.failed(.tls, at: Self.seconds(1)))
    #expect(choice.active == .primary && choice.notBefore == Self.seconds(2))
    #expect(choice.failed(.timeout, at: Self.seconds(2)))
  }

  /// A fallback whose host key nobody has made known must not keep from the configured way.
  @Test func theWayBackNeedsNoProof() {
    let choice = Chooser(isFallbackVerified: false)
    #expect(choice.failed(.connectionRefused, at: Self.seconds(1)))
    #expect(choice.failed(.tls, at: Self.seconds(1.2)))
    #expect(choice.active == .primary && choice.notBefore == Self.seconds(2))
  }

  @Test func twoWaysThatFailAreTriedInTurn() {
    let choice = Chooser()
    var now = Self.seconds(0)
    var attempts: [TransportChoice.Way: [MonotonicTime]] = [.primary: [], .fallback: []]
    while now < Self.seconds(20) {
      attempts[choice.active]?.append(now)
      choice.failed(.connectionRefused, at: now)
      now = max(now + Milliseconds(1), choice.notBefore ?? now)
    }
    for times in attempts.values {
      #expect((19...21).contains(times.count))
      for (earlier, later) in zip(times, times.dropFirst()) {
        #expect(later - earlier >= Milliseconds(1000))
      }
    }
  }

  @Test func wrongPasswordsInBothWaysFillNoLog() {
    let choice = Chooser()
    var now = Self.seconds(0)
    var attempts: [TransportChoice.Way: Int] = [:]
    while now < Self.seconds(1500) {
      attempts[choice.active, default: 0] += 1
      choice.failed(.authFailure, at: now)
      now = max(now + Milliseconds(1), choice.notBefore ?? now)
    }
    // 1, 2, 4 … 256, 300, 300 …
    #expect(attempts.values.allSatisfy { (12...14).contains($0) }, "\(attempts)")
  }

  @Test func aWayThatRestsIsWaitedForOnlyWhenTheOtherIsWorse() {
    let choice = Chooser()
    let resting = TransportChoice.Pair<MonotonicTime?>(primary: Self.seconds(3.5), fallback: nil)
    #expect(choice.failed(.timeout, at: Self.seconds(1), resting: resting))
    // The primary rests longer than the fallback pauses.
    #expect(!choice.failed(.connectionRefused, at: Self.seconds(1.2), resting: resting))
    #expect(choice.active == .fallback && choice.notBefore == Self.seconds(2.2))
    #expect(!choice.failed(.connectionRefused, at: Self.seconds(2.2), resting: resting))
    #expect(choice.failed(.connectionRefused, at: Self.seconds(3.2), resting: resting))
    #expect(choice.active == .primary)
  }

  /// Seconds after the failover at which the primary is probed, all of them failing.
  @Test func probesBecomeRarer() {
    let choice = Chooser()
    choice.failed(.connectionRefused, at: Self.seconds(0))
    var times: [Double] = []
    for _ in 0..<7 {
      guard let time = choice.probeAt else { break }
      #expect(!choice.isProbeDue(at: time + Milliseconds(-1)) && choice.isProbeDue(at: time))
      choice.beginProbe()
      #expect(choice.probeAt == nil, "one at a time")
      #expect(!choice.probed(isGood: false, at: time))
      times.append((time - Self.seconds(0)).seconds)
    }
    #expect(times == [30, 90, 210, 450, 750, 1050, 1350])
  }

  @Test func twoGoodProbesInARowBringThePrimaryBack() throws {
    let choice = Chooser()
    choice.failed(.timeout, at: Self.seconds(0))
    #expect(!choice.probed(isGood: true, at: Self.seconds(30)))
    #expect(choice.probeAt == Self.seconds(60))
    #expect(!choice.probed(isGood: false, at: Self.seconds(60)))
    #expect(!choice.probed(isGood: true, at: Self.seconds(120)))
    #expect(choice.probed(isGood: true, at: Self.seconds(150)))
    #expect(choice.active == .primary && choice.probeAt == nil && choice.notBefore == nil)
    // A result that comes when nobody waits for it changes nothing.
    #expect(!choice.probed(isGood: true, at: Self.seconds(151)))
    #expect(choice.active == .primary)
  }

  @Test func aPrimaryThatFailsSoonAfterItsReturnIsProbedLess() {
    let choice = Chooser()
    choice.failed(.timeout, at: Self.seconds(0))
    choice.probed(isGood: true, at: Self.seconds(30))
    choice.probed(isGood: true, at: Self.seconds(60))
    #expect(choice.failed(.timeout, at: Self.seconds(70)))
    #expect(choice.probeAt == Self.seconds(130))
    choice.probed(isGood: true, at: Self.seconds(130))
    #expect(choice.probed(isGood: true, at: Self.seconds(160)))
    #expect(choice.failed(.timeout, at: Self.seconds(1000)))
    #expect(choice.probeAt == Self.seconds(1030))
  }

  @Test func aFallbackThatFailsGivesWayToThePrimary() {
    let choice = Chooser()
    choice.failed(.serviceOff, at: Self.seconds(0))
    choice.answered()
    #expect(choice.failed(.connectionRefused, at: Self.seconds(10)))
    #expect(choice.active == .primary && choice.probeAt == nil)
  }
}
