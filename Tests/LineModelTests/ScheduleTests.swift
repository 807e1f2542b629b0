import LineModel
import Model
import Testing

@Suite struct ScheduleTests {
  private func change(_ at: Double, _ to: Double, over: Double = 0) -> Schedule.Change {
    Schedule.Change(
      at: Milliseconds(seconds: at), to: to, over: Milliseconds(seconds: over))
  }

  private func values(_ schedule: Schedule, at seconds: [Double]) -> [Double] {
    seconds.map { schedule.value(at: Milliseconds(seconds: $0)) }
  }

  @Test func aConstantStaysTheSame() {
    #expect(values(7, at: [0, 1, 1e6]) == [7, 7, 7])
  }

  @Test func aStepHoldsFromItsTimeOn() {
    let schedule = Schedule(100, changes: [change(20, 50), change(40, 100)])
    #expect(values(schedule, at: [0, 19.999, 20, 39.999, 40, 99]) == [100, 100, 50, 50, 100, 100])
  }

  @Test func aStepAtTheBeginningReplacesTheFirstValue() {
    #expect(values(Schedule(1, changes: [change(0, 2)]), at: [0, 1]) == [2, 2])
  }

  @Test func aRampIsEven() {
    let schedule = Schedule(100, changes: [change(10, 50, over: 10)])
    #expect(values(schedule, at: [10, 15, 20, 30]) == [100, 75, 50, 50])
  }

  @Test func aChangeWithinARampGoesOnFromWhereItIs() {
    let schedule = Schedule(
      100, changes: [change(10, 0, over: 10), change(15, 100, over: 5)])
    #expect(values(schedule, at: [15, 17.5, 20, 50]) == [50, 75, 100, 100])
  }

  @Test func aPeriodBeginsAnew() {
    let schedule = Schedule(
      1, changes: [change(1, 3, over: 1)], period: Milliseconds(seconds: 4))
    #expect(values(schedule, at: [0.5, 1.5, 3, 4.5, 5.5, 4001.5]) == [1, 2, 3, 1, 2, 2])
  }

  @Test func anAwkwardPeriodDoesNotStopTheWalk() {
    // 0.1 s has no exact double: the ends of the periods must still be passed.
    let schedule = Schedule(1, changes: [change(0.05, 2)], period: Milliseconds(100.1))
    #expect(values(schedule, at: [1000.9 * 0.1001, 0.06]).allSatisfy { $0 == 1 || $0 == 2 })
    var line = Line(Fixtures.scenario(load: schedule), seed: 1)
    line.advance(to: Milliseconds(seconds: 600))
    #expect(line.now == Milliseconds(seconds: 600))
  }
}

@Suite struct SeededGeneratorTests {
  @Test func itIsSplitMix64() {
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for value in expected { #expect(generator.next() == value) }
  }

  @Test func unitsAreFromZeroToBelowOneAndEven() {
    var generator = SeededGenerator(seed: 42)
    var sum = 0.0
    for _ in 0..<100_000 {
      let value = generator.unit()
      #expect(value >= 0 && value < 1)
      sum += value
    }
    #expect(abs(sum / 100_000 - 0.5) < 0.005)
  }
}
