import Control
import Model
import Testing

@Suite struct WANControllerTests {
  @Test func aHeldCycleChangesNothing() {
    var controller = WANController(.cable)
    let stepped = controller.step(60, at: 1)
    let held = controller.held(at: UnixTime(seconds: 2))
    #expect(held.held)
    #expect(held.rtt == nil)
    #expect(held.time == UnixTime(seconds: 2))
    #expect(held.load == stepped.load)
    #expect(held.baseline == stepped.baseline)
    #expect(held.streaks == stepped.streaks)
    #expect(held.directions.download.zone == stepped.directions.download.zone)
    #expect(held.directions.upload.rate == stepped.directions.upload.rate)
    #expect(held.directions.download.transition == nil)
    #expect(controller.held(at: UnixTime(seconds: 2)) == held)
  }

  @Test func aSteppedCycleTellsItsMeasurementAndTime() {
    var controller = WANController(.cable)
    let decision = controller.step(25, at: 7)
    #expect(!decision.held)
    #expect(decision.rtt == Milliseconds(25))
    #expect(decision.time == UnixTime(seconds: 7))
    #expect(controller.load == decision.load)
    #expect(controller.baseline == decision.baseline)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
  func aMeasurementThatIsNoNumberIsHeld(rtt: Double) {
    var state = LoopState(download: 900e6, upload: 30e6)
    // Only with such a state can a finite measurement leave the finite numbers.
    if rtt.isFinite { state.baseline = Milliseconds(-.greatestFiniteMagnitude) }
    var controller = WANController(.cable, restoring: state)
    let before = controller.held(at: UnixTime(seconds: 1))
    #expect(controller.step(rtt, at: 1) == before)
    #expect(controller.held(at: UnixTime(seconds: 1)) == before)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func aStateThatIsNoNumberIsLeftAtItsStart(value: Double) {
    let controller = WANController(
      .cable, restoring: LoopState(download: value, upload: value, baseline: value, load: value))
    let fresh = WANController(.cable)
    #expect(controller.state(lastApplied: .unknown) == fresh.state(lastApplied: .unknown))
    #expect(controller.held(at: UnixTime(seconds: 0)) == fresh.held(at: UnixTime(seconds: 0)))
  }

  @Test func averagesTooFarApartAreLeftAtTheirStart() {
    let furthest = Double.greatestFiniteMagnitude
    let controller = WANController(
      .cable, restoring: LoopState(download: 1, upload: 1, baseline: -furthest, load: furthest))
    #expect(controller.baseline == Milliseconds(24))
    #expect(controller.load == Milliseconds(24))
  }

  @Test func anOddRestoredRateNeverLeavesAHeldDecision() {
    let low = WANController(.cable, restoring: LoopState(download: -5, upload: 0))
      .held(at: UnixTime(seconds: 0))
    #expect(low.directions.download.rate.rawValue == 200_000_000)
    #expect(low.directions.upload.rate.rawValue == 8_000_000)
    let high = WANController(.cable, restoring: LoopState(download: 1e300, upload: 1e18))
      .held(at: UnixTime(seconds: 0))
    #expect(high.directions.download.rate.rawValue == 940_000_000)
    #expect(high.directions.upload.rate.rawValue == 38_000_000)
  }

  @Test func streaksAreCountedToTheEndOfTheirRange() {
    let most = Streaks(green: .max, softRed: .max, red: .max)
    let streaks = PerDirection(download: most, upload: most)
    for rtt in [0.0, 20, 50, 200] {
      var controller = WANController(
        .deltaIsMeasurement,
        restoring: LoopState(
          download: 900e6, upload: 30e6, baseline: 0, load: 0, streaks: streaks))
      let decision = controller.step(rtt)
      #expect(decision.streaks.download.green == (rtt == 0 ? .max : 0))
      #expect(decision.streaks.upload.softRed == .max)
    }
  }

  @Test func anUploadNeverCountsSoftRed() {
    var controller = WANController(.deltaIsMeasurement)
    #expect(controller.step(50).streaks.upload == Streaks(red: 1))
    #expect(controller.step(50).streaks.upload == Streaks(red: 2))
    #expect(controller.step(0).streaks.upload == Streaks(green: 1))
  }

  @Test func aNegativeRestoredStreakDelaysItsZone() {
    let streaks = PerDirection(
      download: Streaks(green: 0, softRed: -2, red: 0), upload: Streaks())
    var settings = ControlSettings.deltaIsMeasurement
    settings.accelThreshold = Milliseconds(1000)
    var controller = WANController(
      settings,
      restoring: LoopState(download: 900e6, upload: 30e6, baseline: 0, load: 0, streaks: streaks))
    #expect(
      (1...3).map { _ in controller.step(50).directions.download.zone } == [
        .yellow, .yellow, .softRed,
      ])
  }

  @Test func aSteepRiseRestartsTheGreenStreakOfDownloadAlone() {
    var settings = ControlSettings.deltaIsMeasurement
    settings.targetBloat = ConfiguredNumber(integer: 40)
    var controller = WANController(settings)
    for _ in 1...3 { _ = controller.step(0) }
    let decision = controller.step(30)
    #expect(decision.accelerated)
    #expect(decision.streaks.download == Streaks(green: 1))
    #expect(decision.streaks.upload == Streaks(green: 4))
  }

  @Test func theFirstCycleAfterARestartMeasuresItsRiseFromTheInitialBaseline() {
    var controller = WANController(
      .cable, restoring: LoopState(download: 900e6, upload: 30e6, baseline: 24, load: 80))
    #expect(controller.step(80).accelerated)
    #expect(!controller.step(80).accelerated)
  }

  @Test func aTCPRTTMovesTheLoadAndNotTheBaseline() {
    var controller = WANController(.cable)
    let decision = controller.step(
      Measurement(rtt: Milliseconds(25), updatesBaseline: false), at: UnixTime(seconds: 0))
    #expect(decision.load == Milliseconds(24.5))
    #expect(decision.baseline == Milliseconds(24))
    #expect(controller.step(25).baseline.rawValue > 24)
  }

  @Test func aBaselineOutsideItsBoundsIsRejectedAndStays() {
    var settings = ControlSettings.cable
    settings.baselineInitial = Milliseconds(8)
    var controller = WANController(settings)
    let decision = controller.step(8)
    #expect(decision.baselineRejected)
    #expect(decision.baseline == Milliseconds(8))
  }

  @Test func newSettingsKeepTheState() {
    var controller = WANController(.cable)
    for rtt in [25.0, 60, 100] { _ = controller.step(rtt) }
    let before = controller.held(at: UnixTime(seconds: 0))
    var settings = ControlSettings.cable
    settings.download.ceiling = 600e6
    settings.baselineInitial = Milliseconds(50)
    controller.replaceSettings(settings)
    #expect(controller.settings == settings)
    let after = controller.held(at: UnixTime(seconds: 0))
    #expect(after.load == before.load)
    #expect(after.baseline == before.baseline)
    #expect(after.streaks == before.streaks)
    #expect(after.directions.upload == before.directions.upload)
    #expect(controller.step(100).directions.download.rate.rawValue <= 600_000_000)
  }
}
