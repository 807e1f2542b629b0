import Model
import Testing

@Suite struct DurationBucketsTests {
  @Test func durationsFallAtOrBelowTheirBound() {
    var buckets = DurationBuckets()
    for value in [-1, 0.1, 0.11, 40, 40.001, 9999] { buckets.add(Milliseconds(value)) }
    let counts = Dictionary(
      uniqueKeysWithValues: buckets.cumulative.map { ($0.bound.rawValue, $0.count) })
    #expect(counts[0.1] == 2 && counts[0.25] == 3 && counts[40] == 4 && counts[50] == 5)
    #expect(counts[5000] == 5 && buckets.count == 6)
    #expect(buckets.sum == Milliseconds(0 + 0.1 + 0.11 + 40 + 40.001 + 9999))
    #expect(buckets.last == Milliseconds(9999))
  }

  @Test func whatIsNoNumberIsNotCounted() {
    var buckets = DurationBuckets()
    buckets.add(Milliseconds(.nan))
    buckets.add(Milliseconds(.infinity))
    #expect(buckets == DurationBuckets())
    #expect(buckets.quantile(0.5) == nil)
  }

  @Test func quantilesAreInterpolatedInTheirBucket() {
    var buckets = DurationBuckets()
    for _ in 0..<50 { buckets.add(Milliseconds(0.05)) }
    for _ in 0..<50 { buckets.add(Milliseconds(15)) }
    #expect(buckets.quantile(0.25) == Milliseconds(0.05))
    #expect(buckets.quantile(0.75) == Milliseconds(15))
    #expect(buckets.quantile(1) == Milliseconds(20))
    #expect(buckets.quantile(2) == Milliseconds(20))
    buckets.add(Milliseconds(60_000))
    #expect(buckets.quantile(1) == Milliseconds(5000), "the greatest bound")
  }

  @Test func differentCountsAreNotEqual() {
    var left = DurationBuckets()
    var right = DurationBuckets()
    left.add(Milliseconds(1))
    #expect(left != right)
    right.add(Milliseconds(1))
    #expect(left == right)
  }
}
