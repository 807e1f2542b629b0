import Control
import Model
import Testing

@Suite struct FallbackPolicyTests {
  static let load = Milliseconds(33)

  func policy(
    _ mode: LoopSettings.Fallback.Mode?, cycles: Int = 3,
    change: (inout LoopSettings.Fallback) -> Void = { _ in }
  ) -> FallbackPolicy {
    var settings = LoopSettings.Fallback(mode: mode, maximumCycles: cycles)
    change(&settings)
    return FallbackPolicy(settings)
  }

  func verdicts(_ policy: inout FallbackPolicy, count: Int) -> [FallbackPolicy.Verdict] {
    (0..<count).map { _ in policy.lost(gatewayAnswered: true, tcpRTT: nil, load: Self.load) }
  }

  static let lastRTT = FallbackPolicy.Verdict.step(Measurement(rtt: load))

  @Test func gracefulDegradationStepsOnceThenHoldsThenFails() {
    var policy = policy(.gracefulDegradation)
    #expect(
      verdicts(&policy, count: 5) == [
        Self.lastRTT, .freeze, .freeze, .fail(.exhausted(cycles: 4)), .fail(.exhausted(cycles: 5)),
      ])
    #expect(policy.lostCycles == 5)
    #expect(policy.answered() == 5)
    #expect(policy.answered() == 0)
    #expect(verdicts(&policy, count: 2) == [Self.lastRTT, .freeze])
  }

  @Test func theFirstCycleStepsEvenWithoutAnyAllowed() {
    var policy = policy(.gracefulDegradation, cycles: 0)
    #expect(verdicts(&policy, count: 2) == [Self.lastRTT, .fail(.exhausted(cycles: 2))])
  }

  @Test func freezeHoldsForEver() {
    var policy = policy(.freeze)
    #expect(verdicts(&policy, count: 50).allSatisfy { $0 == .freeze })
  }

  @Test func useLastRTTStepsForEver() {
    var policy = policy(.useLastRTT)
    #expect(verdicts(&policy, count: 50).allSatisfy { $0 == Self.lastRTT })
  }

  @Test func anUnknownModeFailsAndCounts() {
    var policy = policy(nil)
    #expect(verdicts(&policy, count: 2) == [.fail(.unknownMode), .fail(.unknownMode)])
    #expect(policy.lostCycles == 2)
  }

  @Test(arguments: LoopSettings.Fallback.Mode.allCases + [nil])
  func aTCPRTTIsTakenInEveryMode(mode: LoopSettings.Fallback.Mode?) {
    var policy = policy(mode)
    for _ in 0..<10 {
      #expect(
        policy.lost(gatewayAnswered: false, tcpRTT: Milliseconds(41), load: Self.load)
          == .step(Measurement(rtt: Milliseconds(41), updatesBaseline: false)))
    }
    #expect(policy.lostCycles == 10)
  }

  @Test func aTCPRTTThatIsNoNumberIsNone() {
    var policy = policy(.freeze)
    #expect(
      policy.lost(gatewayAnswered: true, tcpRTT: Milliseconds(.nan), load: Self.load) == .freeze)
  }

  @Test func nothingAnswersFailsAndDoesNotCount() {
    var policy = policy(.freeze)
    #expect(
      policy.lost(gatewayAnswered: false, tcpRTT: nil, load: Self.load) == .fail(.disconnected))
    #expect(policy.lostCycles == 0)
  }

  @Test func checksThatAreSwitchedOffDoNotCount() {
    var gateway = policy(.freeze) { $0.checksGateway = false }
    #expect(
      gateway.lost(gatewayAnswered: true, tcpRTT: nil, load: Self.load) == .fail(.disconnected))
    var tcp = policy(.freeze) { $0.checksTCP = false }
    #expect(
      tcp.lost(gatewayAnswered: true, tcpRTT: Milliseconds(41), load: Self.load) == .freeze)
    var all = policy(.freeze) { $0.isEnabled = false }
    #expect(
      all.lost(gatewayAnswered: true, tcpRTT: Milliseconds(41), load: Self.load)
        == .fail(.disabled))
    #expect(all.lostCycles == 0)
  }

  @Test func newSettingsKeepTheCount() {
    var policy = policy(.gracefulDegradation)
    _ = verdicts(&policy, count: 4)
    policy.replaceSettings(LoopSettings.Fallback(maximumCycles: 8))
    #expect(verdicts(&policy, count: 1) == [.freeze])
    #expect(policy.lostCycles == 5)
  }

  @Test func aReasonNamesTheKeyToLookAt() {
    #expect("\(FallbackPolicy.Reason.disabled)".contains("fallback_checks.enabled"))
    #expect("\(FallbackPolicy.Reason.disconnected)".contains("gateway"))
    #expect("\(FallbackPolicy.Reason.exhausted(cycles: 4))".contains("4 cycles"))
    #expect("\(FallbackPolicy.Reason.unknownMode)".contains("fallback_mode"))
  }
}
