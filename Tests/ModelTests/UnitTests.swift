import Model
import TestSupport
import Testing

@Suite struct MillisecondsTests {
  @Test func unitsConvert() {
    #expect(Milliseconds(seconds: 1.5) == Milliseconds(1500))
    #expect(Milliseconds(nanoseconds: 1_500_000) == Milliseconds(rawValue: 1.5))
    #expect(Milliseconds(1500).seconds == 1.5)
    #expect(Milliseconds(1.5).microseconds == 1500)
    #expect(Milliseconds(1.5).nanoseconds == 1_500_000)
    #expect(Milliseconds(0.0004).microseconds == 0)
    #expect(Milliseconds(0.0006).microseconds == 1)
  }

  @Test func theyAddAndCompare() {
    #expect(Milliseconds(1) + Milliseconds(2) - Milliseconds(4) == Milliseconds(-1))
    #expect(Milliseconds(-1) < .zero)
  }

  @Test(
    arguments: [
      (Double.nan, 0), (.infinity, 1_000_000_000_000_000), (-.infinity, 0),
      (1e300, 1_000_000_000_000_000), (-1e300, -1_000_000_000_000_000),
    ] as [(Double, Int64)])
  func absurdValuesAreLimited(value: Double, microseconds: Int64) {
    #expect(Milliseconds(value).microseconds == microseconds)
    #expect(Milliseconds(value).nanoseconds == microseconds * 1000)
  }
}

@Suite struct TimeTests {
  @Test(
    arguments: [
      (0.0, 0), (1.5, 1_500_000), (-1.5, -1_500_000), (1_780_000_000.123456, 1_780_000_000_123_456),
      (0.000_000_4, 0), (0.000_000_6, 1), (.nan, 0), (.infinity, 1_000_000_000_000_000_000),
      (-1e300, -1_000_000_000_000_000_000),
    ] as [(Double, Int64)])
  func secondsBecomeMicroseconds(seconds: Double, microseconds: Int64) {
    #expect(UnixTime(seconds: seconds).rawValue == microseconds)
  }

  @Test func pointsAndSpans() {
    let time = UnixTime(seconds: 10)
    #expect(time + Milliseconds(250) == UnixTime(microseconds: 10_250_000))
    #expect(time - Milliseconds(250) == UnixTime(rawValue: 9_750_000))
    #expect(time - UnixTime(seconds: 12) == Milliseconds(-2000))
    #expect(UnixTime(seconds: 9) < time)
    #expect(time.seconds == 10)
  }

  @Test func theEndsOfTimeDoNotTrap() {
    #expect(UnixTime(rawValue: .max) + Milliseconds(1) < UnixTime(rawValue: 0))
    #expect(UnixTime(rawValue: .min) - Milliseconds(.infinity) > UnixTime(rawValue: 0))
    _ = UnixTime(rawValue: .min) - UnixTime(rawValue: .max)
    _ = MonotonicTime(rawValue: .min) - MonotonicTime(rawValue: .max)
    _ = MonotonicTime(rawValue: .max) + Milliseconds(.infinity)
  }

  @Test(arguments: [0, 0.000001, 1_780_000_000.999999, -1.25, 8_000_000_000.000001])
  func aWrittenTimeReadsBack(seconds: Double) throws {
    let time = UnixTime(seconds: seconds)
    var json = JSONWriter()
    json.time(time)
    #expect(UnixTime(seconds: try #require(Double(json.text))) == time)
  }

  @Test func monotonicTimesMeasureSpans() {
    let start = MonotonicTime(nanoseconds: 5_000_000)
    let end = start + Milliseconds(2.5)
    #expect(end == MonotonicTime(rawValue: 7_500_000))
    #expect(end - start == Milliseconds(2.5))
    #expect(start < end)
  }
}

@Suite struct BitsPerSecondTests {
  @Test(
    arguments: [
      (0, "0"), (612_000_000, "612M"), (35_500_000, "35500k"), (1_000_000_000, "1G"),
      (799_999_999, "799999999"), (-5_000_000, "-5M"), (.min, "-9223372036854775808"),
    ] as [(Int64, String)])
  func theTextIsTheShortestExactOne(value: Int64, text: String) {
    #expect(BitsPerSecond(value).description == text)
  }

  @Test func ratesCompareAndTellMegabits() {
    #expect(BitsPerSecond(1) > .zero)
    #expect(BitsPerSecond(rawValue: 1_500_000).megabits == 1.5)
  }

  @Test(arguments: Array(1...5) as [UInt64])
  func everyTextReadsBack(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let scale = ([1, 1000, 1_000_000, 1_000_000_000] as [Int64]).randomElement(using: &random)!
      let rate = BitsPerSecond(.random(in: 0...9_000_000_000, using: &random) * scale)
      #expect(BitsPerSecond(parsing: rate.description) == rate, "seed \(seed)")
    }
  }
}
