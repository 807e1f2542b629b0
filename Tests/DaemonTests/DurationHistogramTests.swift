import Daemon
import Model
import Testing

@Suite struct DurationHistogramTests {
  @Test func quantilesAreWithinAQuarterOfAnOctave() throws {
    var histogram = DurationHistogram()
    for microseconds in 1...10_000 { histogram.add(Milliseconds(Double(microseconds) / 1000)) }
    for share in [0.01, 0.5, 0.9, 0.99] {
      let quantile = try #require(histogram.quantile(share)).rawValue
      let exact = share * 10
      #expect(quantile >= exact && quantile <= exact * 1.26, "\(share): \(quantile)")
    }
    #expect(histogram.quantile(1) == histogram.maximum)
    #expect(histogram.maximum == Milliseconds(10))
    #expect(histogram.count == 10_000)
  }

  @Test func absurdDurationsAreCounted() {
    var histogram = DurationHistogram()
    #expect(histogram.quantile(0.5) == nil)
    for value in [-1, 0, .infinity, 1e300, .nan] as [Double] { histogram.add(Milliseconds(value)) }
    #expect(histogram.count == 5)
    #expect(histogram.quantile(0) == Milliseconds(0.00125) || histogram.quantile(0) != nil)
  }
}
