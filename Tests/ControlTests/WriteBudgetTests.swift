import Control
import Model
import Testing

@Suite struct WriteBudgetTests {
  static let settings = RouterSettings.WriteBudget(burst: 120, perMinute: 60)
  static let start = UnixTime(seconds: 1_800_000_000)

  @Test func aBurstOfDecreasesIsLimitedByTheBucketAndThenByTheRate() {
    var budget = WriteBudget(Self.settings, updated: Self.start)
    var writes = 0
    while budget.take(.decrease, at: Self.start) == nil { writes += 1 }
    #expect(writes == 120)
    #expect(budget.take(.decrease, at: Self.start) == Milliseconds(1000))
    #expect(budget.take(.decrease, at: Self.start + Milliseconds(999)) != nil)
    #expect(budget.take(.decrease, at: Self.start + Milliseconds(1000)) == nil)
  }

  @Test func increasesLeaveTheLowerHalf() {
    var budget = WriteBudget(Self.settings, updated: Self.start)
    var writes = 0
    while budget.take(.increase, at: Self.start) == nil { writes += 1 }
    #expect(writes == 61)
    #expect(budget.tokens == 59)
    #expect(budget.take(.increase, at: Self.start) == Milliseconds(1000))
    #expect(budget.take(.decrease, at: Self.start) == nil)
  }

  @Test func theBucketNeverHoldsMoreThanItsBurst() {
    var budget = WriteBudget(Self.settings, tokens: 1e9, updated: Self.start)
    #expect(budget.tokens == 120)
    _ = budget.take(.decrease, at: Self.start + Milliseconds(seconds: 86400))
    #expect(budget.tokens == 119)
    budget.giveBack()
    budget.giveBack()
    #expect(budget.tokens == 120)
  }

  @Test(arguments: [Double.nan, -5, -Double.infinity])
  func tokensThatCannotBeAreNone(tokens: Double) {
    #expect(WriteBudget(Self.settings, tokens: tokens, updated: Self.start).tokens == 0)
  }

  @Test func aClockThatGoesBackGrantsNothingAndCountsOn() {
    var budget = WriteBudget(Self.settings, tokens: 0, updated: Self.start)
    let back = Self.start - Milliseconds(seconds: 3600)
    #expect(budget.take(.decrease, at: back) == Milliseconds(1000))
    #expect(budget.take(.decrease, at: back + Milliseconds(1000)) == nil)
  }

  @Test(arguments: [Int64.min, Int64.max, 0])
  func noTimeOverflows(time: Int64) {
    var budget = WriteBudget(Self.settings, tokens: 1, updated: UnixTime(rawValue: time))
    _ = budget.take(.decrease, at: UnixTime(rawValue: Int64.max))
    _ = budget.take(.decrease, at: UnixTime(rawValue: Int64.min))
    #expect((0...120).contains(budget.tokens))
  }

  @Test func aBucketOfOneStillServesIncreases() {
    var budget = WriteBudget(.init(burst: 1, perMinute: 60), updated: Self.start)
    #expect(budget.take(.increase, at: Self.start) == nil)
    #expect(budget.take(.increase, at: Self.start) == Milliseconds(1000))
  }

  @Test func aBucketThatIsNeverFilledAsksToComeAgain() {
    var budget = WriteBudget(.init(burst: 1, perMinute: 0), tokens: 0, updated: Self.start)
    #expect(budget.take(.decrease, at: Self.start) == WriteBudget.recheck)
  }
}
