import Model
import Testing

@testable import LineModel

@Suite struct LinePropertyTests {
  private static let seeds = (0..<150).map { UInt64($0) &* 0x9E37_79B9 &+ 17 }

  private func rate(upTo megabits: Double, _ random: inout SeededGenerator) -> BitsPerSecond {
    // Now and then unlimited.
    random.unit() < 0.1
      ? .zero : BitsPerSecond(Int64(Double.random(in: 0.1...megabits, using: &random) * 1e6))
  }

  @Test(arguments: seeds) func bytesAreConserved(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let scenario = Fixtures.random(&random)
    try scenario.validate()
    for (link, isDownload) in [(scenario.download, true), (scenario.upload, false)] {
      var direction = LinkDirection(link, outages: scenario.outages, isDownload: isDownload)
      var time = 0.0
      while time < 30_000 {
        time += Double.random(in: 0...400, using: &random)
        direction.advance(to: time)
        if random.unit() < 0.3 {
          direction.setShaper(Double(rate(upTo: 150, &random).rawValue) / 1000)
        }
        let shaper = direction.shaperQueue
        let link = direction.linkQueue
        let tolerance = 1 + shaper.arrived * 1e-9
        #expect(abs(shaper.arrived - shaper.served - shaper.dropped - shaper.backlog) < tolerance)
        #expect(abs(link.arrived - link.served - link.dropped - link.backlog) < tolerance)
        #expect(abs(shaper.served - link.arrived) < tolerance)
        #expect(shaper.backlog >= 0 && link.backlog >= 0 && shaper.dropped >= -tolerance)
        #expect(direction.reading.rate.rawValue >= 0)
      }
    }
  }

  @Test(arguments: seeds) func theStepsDoNotMatter(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let scenario = Fixtures.random(&random)
    let shapers = PerDirection(download: rate(upTo: 150, &random), upload: rate(upTo: 150, &random))
    var once = Line(scenario, seed: seed, shapers: shapers)
    var often = once
    once.advance(to: Milliseconds(20_000))
    while often.now < Milliseconds(20_000) {
      let next = often.now + Milliseconds(Double.random(in: 0.01...300, using: &random))
      often.advance(to: min(next, Milliseconds(20_000)))
    }
    for direction in Direction.allCases {
      let left = once.truth(direction)
      let right = often.truth(direction)
      #expect(left.capacity == right.capacity && left.load == right.load)
      // Where a ramp crosses the shaper's rate or empties a buffer, the steps show a little.
      let tolerance = 2000 + Double(left.carriedBytes) * 2e-3
      #expect(abs(Double(left.carriedBytes - right.carriedBytes)) < tolerance)
      #expect(abs(Double(left.bufferedBytes - right.bufferedBytes)) < tolerance)
    }
  }

  @Test(arguments: seeds) func noAnswerIsFasterThanTheBase(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var line = Line(Fixtures.random(&random), seed: seed)
    while line.now < Milliseconds(30_000) {
      line.advance(to: line.now + Milliseconds(50))
      if random.unit() < 0.1 { line.setShaper(.download, rate(upTo: 150, &random)) }
      let floor = line.baseRTT(reflector: 0) + line.addedDelay
      if let rtt = line.probe(reflector: 0) {
        #expect(rtt >= floor && rtt.rawValue.isFinite || !floor.rawValue.isFinite)
      }
    }
  }

  @Test(arguments: seeds) func theSameSeedGivesTheSameRun(seed: UInt64) {
    func run(_ seed: UInt64) -> [Milliseconds?] {
      var random = SeededGenerator(seed: 5)
      var line = Line(Fixtures.random(&random), seed: seed)
      return (1...200).map {
        line.advance(to: Milliseconds(Double($0) * 50))
        return line.probe(reflector: $0 % 3)
      }
    }
    #expect(run(seed) == run(seed))
    #expect(run(seed) != run(seed &+ 1))
  }

  @Test func delayGrowsWithTheBacklog() {
    // The same chance for every line: only what is in the buffer differs.
    var previous = Milliseconds.zero
    for shaper in stride(from: 90.0, through: 130, by: 2) {
      var line = Line(
        Fixtures.scenario(load: 300), seed: 9,
        shapers: PerDirection(download: BitsPerSecond(Int64(shaper * 1e6)), upload: .zero))
      line.advance(to: Milliseconds(700))
      let added = line.addedDelay
      #expect(added >= previous)
      if shaper > 100 { #expect(added > previous) }
      previous = added
    }
  }
}
