import Control
import Daemon
import Model
import Testing

@Suite struct LoopEngineTests {
  private func engine(
    fallback: LoopSettings.Fallback = LoopSettings.Fallback(), reflectors: [String] = ["192.0.2.1"]
  ) throws -> LoopEngine {
    LoopEngine(try cableSettings(reflectors: reflectors, fallback: fallback), firstSeq: 0)
  }

  @Test func everyRoundIsOneStepInOrder() throws {
    var engine = try engine(reflectors: ["192.0.2.1", "192.0.2.2", "192.0.2.3"])
    var cycles: [Cycle] = []
    for (target, rtt) in [24.0, 26, 25].enumerated() {
      engine.take(outcome(0, target, rtt: rtt)) { cycles.append($0) }
    }
    #expect(cycles.map(\.decision.rtt) == [Milliseconds(25)])
    #expect(cycles[0].decision.load == Milliseconds(24.5))
    #expect(cycles[0].decision.time == at(26))
    #expect(cycles[0].newestAnswerAt == at(26))
    #expect(cycles[0].basis == .round)
  }

  @Test func aLostRoundOnADeadLineHoldsAndFails() throws {
    var engine = try engine()
    var cycles: [Cycle] = []
    engine.take(outcome(0, rtt: nil)) { cycles.append($0) }
    #expect(cycles.map(\.basis) == [.lost(.disconnected)])
    #expect(cycles[0].decision.held)
    #expect(!cycles[0].succeeded)
  }

  @Test func theGatewayKeepsALostRoundAlive() throws {
    var engine = try engine()
    var cycles: [Cycle] = []
    for seq in 0..<5 {
      engine.take(outcome(0, rtt: 1, sentAt: 900 + Double(seq) * 50, method: .gateway)) { _ in }
      engine.take(outcome(seq, rtt: nil)) { cycles.append($0) }
    }
    #expect(
      cycles.map(\.basis) == [
        .fallback, .frozen, .frozen, .lost(.exhausted(cycles: 4)), .lost(.exhausted(cycles: 5)),
      ])
    engine.take(outcome(5, rtt: 24, sentAt: 2000)) { cycles.append($0) }
    #expect(cycles.last?.recoveredAfter == 5)
  }

  @Test func anOldGatewayAnswerCountsForNothing() throws {
    var engine = try engine()
    var cycles: [Cycle] = []
    engine.take(outcome(0, rtt: 1, sentAt: -2000, method: .gateway)) { _ in }
    engine.take(outcome(0, rtt: nil)) { cycles.append($0) }
    #expect(cycles.map(\.basis) == [.lost(.disconnected)])
  }

  @Test func theMedianHandshakeDrivesTheLoadButNotTheBaseline() throws {
    let targets = (1...4).map { LoopSettings.Fallback.Target(host: "192.0.2.\($0)", port: 443) }
    var engine = try engine(fallback: LoopSettings.Fallback(tcpTargets: targets))
    var cycles: [Cycle] = []
    for (target, rtt) in [40.0, 20, 30, nil].enumerated() {
      engine.take(outcome(0, target, rtt: rtt, sentAt: 500, method: .tcp, waited: 100)) { _ in }
    }
    engine.take(outcome(0, rtt: nil)) { cycles.append($0) }
    #expect(cycles.map(\.basis) == [.fallback])
    #expect(cycles[0].decision.rtt == Milliseconds(30))
    #expect(cycles[0].decision.load == Milliseconds(27))
    #expect(cycles[0].decision.baseline == Milliseconds(24))
    engine.take(outcome(1, 3, rtt: 35, sentAt: 600, method: .tcp)) { _ in }
    engine.take(outcome(1, rtt: nil)) { cycles.append($0) }
    #expect(cycles[1].decision.rtt == Milliseconds(32.5), "the mean of the middle two of four")
  }

  @Test func aRestartOfTheRoundsKeepsTheController() throws {
    var engine = try engine()
    var cycles: [Cycle] = []
    engine.take(outcome(0, rtt: 26)) { cycles.append($0) }
    engine.restartRounds(firstSeq: 50)
    // The clock went back an hour.
    engine.take(outcome(50, rtt: 26, sentAt: -3_600_000)) { cycles.append($0) }
    #expect(cycles.map(\.decision.load) == [Milliseconds(25), Milliseconds(25.5)])
  }
}
