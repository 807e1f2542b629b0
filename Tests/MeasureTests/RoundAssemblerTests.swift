import Measure
import Model
import TestSupport
import Testing

/// A prober in virtual time: outcomes in milliseconds since the start.
private struct Line {
  var rounds: RoundAssembler
  var closed: [ClosedRound] = []

  init(_ reflectors: Int, firstSeq: Int? = 0, aggregation: Aggregation = .medianOfThree) {
    rounds = RoundAssembler(
      reflectors: reflectors, timeout: Milliseconds(1000), aggregation: aggregation,
      firstSeq: firstSeq)
  }

  @discardableResult
  mutating func answer(
    _ seq: Int, _ target: Int, rtt: Double, sentAt: Double? = nil
  ) -> RoundAssembler.Disposition {
    take(seq, target, .answered(Milliseconds(rtt), .kernel), sentAt: sentAt)
  }

  @discardableResult
  mutating func lose(_ seq: Int, _ target: Int, after waited: Double = 1000)
    -> RoundAssembler.Disposition
  {
    take(seq, target, .lost(.timeout, waited: Milliseconds(waited)), sentAt: nil)
  }

  mutating func take(
    _ seq: Int, _ target: Int, _ result: ProbeOutcome.Result, sentAt: Double?
  ) -> RoundAssembler.Disposition {
    let outcome = ProbeOutcome(
      target: target, method: .icmp, seq: seq, sentAt: at(sentAt ?? Double(seq) * 50),
      result: result)
    advance(outcome.time)
    let disposition = rounds.note(outcome)
    advance(outcome.time)
    return disposition
  }

  mutating func advance(_ time: UnixTime) {
    while let round = rounds.next(by: time) { closed.append(round) }
  }
}

private func at(_ milliseconds: Double) -> UnixTime {
  UnixTime(microseconds: 1_780_000_000_000_000) + Milliseconds(milliseconds)
}

@Suite struct RoundAssemblerTests {
  @Test func aRoundClosesWithItsLastAnswer() {
    var line = Line(3)
    line.answer(0, 2, rtt: 30)
    line.answer(0, 0, rtt: 31)
    #expect(line.closed.isEmpty)
    line.answer(0, 1, rtt: 40)
    #expect(line.closed.map(\.seq) == [0])
    #expect(line.closed[0].measurement == Milliseconds(31))
    #expect(line.closed[0].closedAt == at(40))
    #expect(line.closed[0].newestAnswerAt == at(40))
  }

  @Test func aMissingAnswerIsWaitedForOneIntervalAfterTheFirst() {
    var line = Line(3)
    line.answer(0, 0, rtt: 20)
    line.answer(0, 1, rtt: 22)
    #expect(line.rounds.nextDeadline == at(70))
    line.advance(at(69.999))
    #expect(line.closed.isEmpty)
    line.advance(at(75))
    #expect(line.closed.map(\.measurement) == [Milliseconds(21)])
    #expect(line.closed[0].closedAt == at(70))
  }

  @Test func aLateAnswerNeverCounts() {
    var line = Line(2)
    line.answer(0, 0, rtt: 20)
    #expect(line.answer(0, 1, rtt: 80) == .late)
    #expect(line.closed.map(\.measurement) == [Milliseconds(20)])
  }

  @Test func aSecondOutcomeOfAProbeIsADuplicate() {
    var line = Line(2)
    line.answer(0, 0, rtt: 20)
    #expect(line.answer(0, 0, rtt: 25) == .duplicate)
    #expect(line.lose(0, 0) == .late, "its round closed long before the timeout")
  }

  @Test func aLostReflectorIsNotWaitedForAfterThreeMissedRounds() {
    var line = Line(2)
    for seq in 0..<3 { line.answer(seq, 0, rtt: 20) }
    line.advance(at(200))
    #expect(line.closed.count == 3)
    #expect(!line.rounds.isWaitedFor(1))
    line.answer(4, 0, rtt: 20)
    line.answer(3, 0, rtt: 25)
    #expect(line.closed.count == 5, "both close with the answer of the living one")
  }

  @Test func aSlowerReflectorComesBack() {
    var line = Line(2)
    for seq in 0..<4 { line.answer(seq, 0, rtt: 20) }
    #expect(!line.rounds.isWaitedFor(1))
    #expect(line.answer(3, 1, rtt: 21) == .late, "round 3 did not wait for it")
    #expect(line.rounds.isWaitedFor(1), "waiting would have caught it")
    line.answer(4, 0, rtt: 20)
    line.answer(4, 1, rtt: 24)
    #expect(line.closed.last?.measurement == Milliseconds(22))
  }

  @Test func anAnswerThatWaitingWouldMissKeepsItsReflectorOut() {
    var line = Line(2)
    for seq in 0..<4 { line.answer(seq, 0, rtt: 20) }
    line.answer(3, 1, rtt: 90)
    #expect(!line.rounds.isWaitedFor(1))
  }

  @Test func aRoundWithoutAnswersClosesAtItsTimeouts() {
    var line = Line(2)
    line.lose(0, 0)
    #expect(line.closed.isEmpty)
    line.lose(0, 1)
    #expect(
      line.closed == [
        ClosedRound(seq: 0, closedAt: at(1000), measurement: nil, newestAnswerAt: nil)
      ])
  }

  @Test func aRoundWithoutAnswersClosesAfterALaterOneIsAnswered() {
    var line = Line(2)
    line.answer(1, 0, rtt: 20)
    line.answer(1, 1, rtt: 21)
    #expect(line.closed.isEmpty, "round 0 may still be answered")
    line.advance(at(50 + 20 + 50))
    #expect(line.closed.map(\.seq) == [0, 1])
    #expect(line.closed.map(\.measurement) == [nil, Milliseconds(20.5)])
    #expect(line.closed.map(\.closedAt) == [at(120), at(120)])
  }

  @Test func roundsAreSteppedInOrder() {
    var line = Line(1)
    line.answer(2, 0, rtt: 10)
    line.answer(1, 0, rtt: 70)
    line.answer(0, 0, rtt: 125)
    #expect(line.closed.map(\.seq) == [0, 1, 2])
  }

  @Test func withoutAMedianTheFirstConfiguredAnswerCounts() {
    var line = Line(3, aggregation: .firstAnswer)
    line.answer(0, 2, rtt: 9)
    line.lose(0, 0, after: 10)
    line.answer(0, 1, rtt: 30)
    #expect(line.closed.map(\.measurement) == [Milliseconds(30)])
  }

  @Test func aStreamMayBeginAnywhere() {
    var line = Line(1, firstSeq: nil)
    line.answer(7_000_000, 0, rtt: 20, sentAt: 0)
    #expect(line.closed.map(\.seq) == [7_000_000])
  }

  @Test func aRestartedProberBeginsAnew() {
    var line = Line(1)
    for seq in 0..<5 { line.answer(seq, 0, rtt: 20) }
    line.answer(0, 0, rtt: 21, sentAt: 500)
    #expect(line.closed.map(\.seq) == [0, 1, 2, 3, 4, 0])
    line.answer(1_000_000_000, 0, rtt: 22, sentAt: 600)
    #expect(line.closed.last?.seq == 1_000_000_000)
  }

  @Test func outcomesOfARoundBeforeTheRestartAreLate() {
    var line = Line(1)
    line.answer(0, 0, rtt: 20)
    line.rounds.restart(firstSeq: 10)
    #expect(line.answer(3, 0, rtt: 20) == .late)
    #expect(line.answer(10, 0, rtt: 20) == .counted)
  }

  @Test(arguments: [1, 2, 3, 5])
  func everyRoundClosesOnceAndInOrder(reflectors: Int) {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    var outcomes: [ProbeOutcome] = []
    for seq in 0..<400 {
      for target in 0..<reflectors {
        let lost = random.next() % 4 == 0
        let rtt = Milliseconds(5 + Double(random.next() % 400) / 2)
        outcomes.append(
          ProbeOutcome(
            target: target, method: .icmp, seq: seq, sentAt: at(Double(seq) * 50),
            result: lost ? .lost(.timeout, waited: Milliseconds(1000)) : .answered(rtt, .kernel)))
      }
    }
    outcomes.sort { ($0.time, $0.seq, $0.target) < ($1.time, $1.seq, $1.target) }
    var live = Line(reflectors)
    var replayed = Line(reflectors)
    for outcome in outcomes {
      // Live, time passes between the outcomes too; that must not matter.
      live.advance(outcome.time - Milliseconds(Double(random.next() % 20)))
      let disposition = live.take(
        outcome.seq, outcome.target, outcome.result, sentAt: (outcome.sentAt - at(0)).rawValue)
      var recorded = outcome.result
      if disposition == .late, let rtt = outcome.rtt { recorded = .lost(.late, waited: rtt) }
      _ = replayed.take(
        outcome.seq, outcome.target, recorded, sentAt: (outcome.sentAt - at(0)).rawValue)
    }
    #expect(live.closed.map(\.seq) == Array(0..<400), "seed \(seed)")
    #expect(replayed.closed == live.closed, "seed \(seed)")
    #expect(zip(live.closed, live.closed.dropFirst()).allSatisfy { $0.closedAt <= $1.closedAt })
  }
}
