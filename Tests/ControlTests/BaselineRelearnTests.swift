import Control
import Model
import TestSupport
import Testing

/// A route change makes an idle line slower for ever; the baseline must follow in the end.
@Suite struct BaselineRelearnTests {
  /// A line with its controller in virtual time: 20 cycles and one reading of the queues a second.
  struct Line {
    var controller: WANController
    var seconds = 1_780_000_000.0
    var random = SeededGenerator(seed: 1)
    var relearned = 0
    var rejected = 0

    init(_ settings: ControlSettings = .cable) { controller = WANController(settings) }

    /// Lets `duration` seconds pass at `rtt` ± 0.5 ms; `rates` in Mbit/s, nil = not read.
    mutating func pass(
      _ duration: Int, rtt: Double, rates: (download: Double, upload: Double)?,
      updatesBaseline: Bool = true
    ) {
      for _ in 0..<duration {
        if let rates {
          controller.noteQueueRates(
            PerDirection(
              download: BitsPerSecond(Int64(rates.download * 1e6)),
              upload: BitsPerSecond(Int64(rates.upload * 1e6))), at: UnixTime(seconds: seconds))
        }
        for _ in 0..<20 {
          let decision = controller.step(
            Measurement(
              rtt: Milliseconds(rtt + .random(in: -0.5...0.5, using: &random)),
              updatesBaseline: updatesBaseline), at: UnixTime(seconds: seconds))
          if decision.baselineRelearned { relearned += 1 }
          if decision.baselineRejected { rejected += 1 }
          seconds += 0.05
        }
      }
    }

    var baseline: Double { controller.baseline.rawValue }
    var held: Decision { controller.held(at: UnixTime(seconds: seconds)) }
  }

  static let idle = (download: 2.0, upload: 0.5)
  static let loaded = (download: 300.0, upload: 10.0)

  @Test func anIdleLineRecoversFromARouteChange() {
    var line = Line()
    line.pass(30, rtt: 24, rates: Self.idle)
    line.pass(590, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 0)
    #expect(abs(line.baseline - 24) < 0.2)
    #expect(line.held.directions.download.zone == .yellow)
    #expect(line.held.directions.download.rate.rawValue == 350_000_000)
    line.pass(20, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 1)
    #expect(abs(line.baseline - 40) < 0.2)
    #expect(line.held.directions.download.zone == .green)
    line.pass(60, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 1)
    #expect(line.held.directions.download.rate.rawValue == 940_000_000)
  }

  @Test func theSameUnderLoadIsCongestion() {
    var line = Line()
    line.pass(30, rtt: 24, rates: Self.idle)
    line.pass(2000, rtt: 40, rates: Self.loaded)
    #expect(line.relearned == 0)
    #expect(abs(line.baseline - 24) < 0.2)
  }

  @Test(arguments: [(300.0, 0.5), (2.0, 10.0), (94.0, 0.5), (2.0, 3.8)])
  func oneLoadedDirectionIsEnough(download: Double, upload: Double) {
    var line = Line()
    line.pass(700, rtt: 40, rates: (download, upload))
    #expect(line.relearned == 0)
  }

  @Test func aMomentOfLoadBeginsTheWaitAnew() {
    var line = Line()
    line.pass(400, rtt: 40, rates: Self.idle)
    line.pass(1, rtt: 40, rates: Self.loaded)
    line.pass(590, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 0)
    line.pass(20, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 1)
  }

  @Test func withoutReadingsNothingIsLearned() {
    var line = Line()
    line.pass(2000, rtt: 40, rates: nil)
    #expect(line.relearned == 0)
  }

  @Test func aRateThatTheRouterDoesNotTellIsNotIdle() {
    var line = Line()
    for _ in 0..<700 {
      line.controller.noteQueueRates(
        PerDirection(download: BitsPerSecond(0), upload: nil), at: UnixTime(seconds: line.seconds))
      line.pass(1, rtt: 40, rates: nil)
    }
    #expect(line.relearned == 0)
  }

  @Test func aGapInTheReadingsBeginsTheWaitAnew() {
    var line = Line()
    line.pass(500, rtt: 40, rates: Self.idle)
    line.pass(10, rtt: 40, rates: nil)
    line.pass(500, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 0)
    line.pass(4, rtt: 40, rates: nil)
    line.pass(110, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 1)
  }

  @Test func aGapBetweenCyclesBeginsTheWaitAnew() {
    var line = Line()
    line.pass(500, rtt: 40, rates: Self.idle)
    // Nothing answers for a while; what the line does meanwhile is not known.
    line.seconds += 300
    line.pass(500, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 0)
  }

  @Test func aTCPRTTIsNeverLearned() {
    var line = Line()
    line.pass(2000, rtt: 60, rates: Self.idle, updatesBaseline: false)
    #expect(line.relearned == 0)
    #expect(line.baseline == 24)
    line.pass(500, rtt: 40, rates: Self.idle)
    line.pass(1, rtt: 60, rates: Self.idle, updatesBaseline: false)
    line.pass(500, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 0)
  }

  @Test func aSpikeAtTheEndOfTheWaitIsNotThePath() {
    var line = Line()
    line.pass(599, rtt: 40, rates: Self.idle)
    line.pass(3, rtt: 90, rates: Self.idle)
    #expect(line.relearned == 1)
    #expect(line.baseline < 43)
  }

  @Test func outsideTheBoundsNothingIsLearnedAndItIsSaidOnceAWait() {
    var line = Line()
    line.pass(1300, rtt: 80, rates: Self.idle)
    #expect(line.relearned == 0)
    #expect(line.rejected == 2)
    #expect(line.baseline == 24)
  }

  @Test func zeroMeansNever() {
    var settings = ControlSettings.cable
    settings.baselineRelearnAfter = .zero
    var line = Line(settings)
    line.pass(2000, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 0)
  }

  @Test func aClockThatGoesBackLearnsNothing() {
    var line = Line()
    line.pass(500, rtt: 40, rates: Self.idle)
    line.seconds -= 100_000
    line.pass(500, rtt: 40, rates: Self.idle)
    #expect(line.relearned == 0)
  }
}
