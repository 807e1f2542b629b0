import Control
import Model
import Testing

/// Sequences worked out by hand on the original, one row per cycle.
@Suite struct WorkedExamples {
  /// One cycle: what was measured and what had to be decided.
  struct Cycle {
    var rtt: Double
    var load: Double
    var delta: Double
    var download: (zone: Zone, rate: Int64)
    var upload: (zone: Zone, rate: Int64)

    init(
      _ rtt: Double, _ load: Double, _ delta: Double, _ downloadZone: Zone,
      _ uploadZone: Zone, _ downloadRate: Int64, _ uploadRate: Int64
    ) {
      self.rtt = rtt
      self.load = load
      self.delta = delta
      download = (downloadZone, downloadRate)
      upload = (uploadZone, uploadRate)
    }
  }

  /// Steps through `cycles`. Smoothed values are given to some eight digits.
  func follow(_ cycles: [Cycle], _ controller: inout WANController) -> [Decision] {
    cycles.enumerated().map { index, cycle in
      let decision = controller.step(cycle.rtt)
      let comment: Comment = "cycle \(index + 1)"
      #expect(abs(decision.load.rawValue - cycle.load) < 1e-6, comment)
      #expect(abs(decision.delta.rawValue - cycle.delta) < 1e-6, comment)
      #expect(decision.directions.download.zone == cycle.download.zone, comment)
      #expect(decision.directions.upload.zone == cycle.upload.zone, comment)
      #expect(decision.directions.download.rate.rawValue == cycle.download.rate, comment)
      #expect(decision.directions.upload.rate.rawValue == cycle.upload.rate, comment)
      return decision
    }
  }

  @Test func cableCongestsAndRecovers() {
    var controller = WANController(.cable)
    let decisions = follow(
      [
        Cycle(25, 24.5, 0.499, .green, .green, 940_000_000, 38_000_000),
        Cycle(60, 42.25, 18.249, .yellow, .yellow, 902_400_000, 35_720_000),
        Cycle(100, 71.125, 47.124, .softRed, .red, 902_400_000, 32_148_000),
        Cycle(160, 115.5625, 91.5615, .red, .red, 767_040_000, 28_933_200),
        Cycle(160, 137.78125, 113.78025, .red, .red, 651_984_000, 26_039_880),
        Cycle(120, 128.890625, 104.889625, .red, .red, 554_186_400, 23_435_892),
        Cycle(60, 94.4453125, 70.4443125, .softRed, .red, 554_186_400, 21_092_302),
        Cycle(30, 62.22265625, 38.22165625, .yellow, .yellow, 532_018_944, 19_826_763),
        Cycle(24, 43.111328125, 19.110328125, .yellow, .yellow, 510_738_186, 18_637_157),
        Cycle(24, 33.5556640625, 9.5546640625, .green, .green, 550_000_000, 18_637_157),
        Cycle(24, 28.77783203, 4.77683203, .green, .green, 550_000_000, 18_637_157),
        Cycle(24, 26.38891602, 2.38791702, .green, .green, 550_000_000, 18_637_157),
        Cycle(24, 25.19445801, 1.19346001, .green, .green, 550_000_000, 18_637_157),
        Cycle(24, 24.597229, 0.596232, .green, .green, 560_000_000, 19_637_157),
        Cycle(24, 24.2986145, 0.297618496, .green, .green, 570_000_000, 20_637_157),
        Cycle(24, 24.14930725, 0.148312241, .green, .green, 580_000_000, 21_637_157),
      ], &controller)

    #expect(
      decisions.map(\.accelerated)
        == [false, true, true, true, true] + Array(repeating: false, count: 11))
    // The spike of cycle 4 leaves a RED streak of 2: counted once by itself, once by the cycle.
    #expect(decisions[3].streaks.download == Streaks(red: 2))
    #expect(decisions[3].streaks.upload == Streaks(red: 2))
    #expect(decisions[15].streaks.download == Streaks(green: 7))

    func reasons(_ cycle: Int) -> [String?] {
      let directions = decisions[cycle - 1].directions
      return [directions.download.transition?.reason, directions.upload.transition?.reason]
    }
    #expect(reasons(1) == [nil, nil])
    #expect(
      reasons(2) == [
        "RTT delta 18.2ms exceeded green threshold 12ms",
        "RTT delta 18.2ms exceeded target threshold 12ms",
      ])
    #expect(
      reasons(3) == [
        "RTT delta 47.1ms exceeded soft_red threshold 45ms",
        "RTT delta 47.1ms exceeded warn threshold 45ms",
      ])
    #expect(reasons(4) == ["RTT delta 91.6ms exceeded hard_red threshold 80ms", nil])
    #expect(reasons(7) == ["RTT delta 70.4ms exceeded soft_red threshold 45ms", nil])
    #expect(
      reasons(8) == [
        "RTT delta 38.2ms exceeded green threshold 12ms",
        "RTT delta 38.2ms exceeded target threshold 12ms",
      ])
    #expect(
      reasons(10) == [
        "RTT delta 9.6ms fell below green threshold 12ms",
        "RTT delta 9.6ms fell below target threshold 12ms",
      ])

    var json = JSONWriter()
    controller.state(
      lastApplied: PerDirection(
        download: BitsPerSecond(550_000_000), upload: BitsPerSecond(18_637_157))
    ).write(to: &json)
    let queues =
      #"{"download":{"green_streak":7,"soft_red_streak":0,"red_streak":0,"current_rate":580000000},"#
      + #""upload":{"green_streak":7,"soft_red_streak":0,"red_streak":0,"current_rate":21637157},"#
    #expect(
      json.text == queues
        + #""ewma":{"baseline_rtt":24.00099500999001,"load_rtt":24.149307250976562},"#
        + #""last_applied":{"dl_rate":550000000,"ul_rate":18637157}}"#)
  }

  @Test func dslWithOneFloorStillHoldsInSoftRed() {
    var controller = WANController(.dsl)
    _ = follow(
      [
        Cycle(31, 31, 0, .green, .green, 95_000_000, 18_000_000),
        Cycle(31, 31, 0, .green, .green, 95_000_000, 18_000_000),
        Cycle(36, 32, 0.925, .green, .green, 95_000_000, 18_000_000),
        Cycle(50, 35.6, 4.525, .yellow, .yellow, 91_200_000, 16_920_000),
        Cycle(60, 40.48, 9.405, .yellow, .yellow, 87_552_000, 15_904_800),
        Cycle(60, 44.384, 13.309, .softRed, .red, 87_552_000, 15_109_560),
        Cycle(45, 44.5072, 13.4322, .softRed, .red, 87_552_000, 14_354_082),
        Cycle(33, 42.20576, 11.13076, .softRed, .red, 87_552_000, 13_636_377),
        Cycle(31, 39.964608, 8.889608, .yellow, .yellow, 84_049_920, 12_818_194),
        Cycle(31, 38.1716864, 7.0966864, .yellow, .yellow, 80_687_923, 12_049_102),
        Cycle(30, 36.53734912, 5.46234912, .yellow, .yellow, 77_460_406, 11_326_155),
        Cycle(30, 35.229879296, 4.154879296, .yellow, .yellow, 74_361_989, 10_646_585),
        Cycle(30, 34.18390344, 3.108903437, .yellow, .yellow, 71_387_509, 10_007_789),
        Cycle(30, 33.34712275, 2.288247749, .green, .green, 71_387_509, 10_007_789),
        Cycle(30, 32.6776982, 1.634706325, .green, .green, 71_387_509, 10_007_789),
      ], &controller)
  }

  @Test func aLowRateIsLiftedToTheFloorOfItsZone() {
    var controller = WANController(
      .cable, restoring: LoopState(download: 200e6, upload: 8e6, baseline: 24, load: 124))
    _ = follow(
      [
        Cycle(60, 92, 68, .softRed, .red, 275_000_000, 8_000_000),
        Cycle(60, 76, 52, .softRed, .red, 275_000_000, 8_000_000),
        Cycle(44, 60, 36, .yellow, .yellow, 350_000_000, 8_000_000),
        Cycle(24, 42, 18, .yellow, .yellow, 350_000_000, 8_000_000),
        Cycle(24, 33, 9, .green, .green, 550_000_000, 8_000_000),
        Cycle(24, 28.5, 4.5, .green, .green, 550_000_000, 8_000_000),
        Cycle(24, 26.25, 2.25, .green, .green, 550_000_000, 8_000_000),
        Cycle(24, 25.125, 1.125, .green, .green, 550_000_000, 8_000_000),
        Cycle(24, 24.5625, 0.5625, .green, .green, 560_000_000, 9_000_000),
        Cycle(24, 24.28125, 0.28125, .green, .green, 570_000_000, 10_000_000),
        Cycle(24, 24.140625, 0.140625, .green, .green, 580_000_000, 11_000_000),
      ], &controller)
  }

  @Test func decisionsGoOnWhileTheRouterIsAway() {
    var controller = WANController(.cable)
    _ = controller.step(24)
    let rates = (1...7).map { _ in controller.step(200).directions.map { $0.rate.rawValue } }
    #expect(
      rates.map(\.download) == [
        799_000_000, 679_150_000, 577_277_500, 490_685_875, 417_082_993, 354_520_544, 301_342_462,
      ])
    #expect(
      rates.map(\.upload) == [
        34_200_000, 30_780_000, 27_702_000, 24_931_800, 22_438_620, 20_194_758, 18_175_282,
      ])
  }

  @Test(arguments: [
    // A rate below GREEN's floor jumps to it in the first cycle.
    (LoopState(download: 300e6, upload: 38e6), [550_000_000, 38_000_000]),
    // The fifth GREEN cycle steps: four of them are restored.
    (
      LoopState(
        download: 600e6, upload: 20e6,
        streaks: PerDirection(download: Streaks(green: 4), upload: Streaks(green: 4))),
      [610_000_000, 21_000_000]
    ),
    // Whatever a file says, the first cycle limits it.
    (LoopState(download: -5, upload: 99_999_999_999), [550_000_000, 38_000_000]),
  ])
  func aRestoredStateGoesOn(state: LoopState, rates: [Int64]) {
    var controller = WANController(.cable, restoring: state)
    let decision = controller.step(24)
    #expect(decision.directions.download.zone == .green)
    #expect(decision.directions.download.rate.rawValue == rates[0])
    #expect(decision.directions.upload.rate.rawValue == rates[1])
  }

  @Test func fractionsOfABitAreCutOffAfterEachStep() {
    var settings = ControlSettings.deltaIsMeasurement
    settings.download = ControlSettings.Queue(
      ceiling: 940.7 * 1e6, floorGreen: 1e6, floorYellow: 1e6, floorSoftRed: 1e6, floorRed: 1e6,
      stepUp: 123456.7, factorDown: 0.83, factorDownYellow: 0.97, greenRequired: 1)
    var controller = WANController(settings)
    let deltas: [Double] = [200, 200, 200, 0, 0, 0, 20, 20, 20]
    let rates = deltas.map { controller.step($0).directions.download.rate.rawValue }
    #expect(
      rates == [
        780_781_000, 648_048_230, 537_880_030, 538_003_486, 538_126_942, 538_250_398, 522_102_886,
        506_439_799, 491_246_605,
      ])
  }

  @Test(arguments: [
    (12, Zone.green, Zone.green), (12.0001, .yellow, .yellow), (45, .yellow, .yellow),
    (45.0001, .softRed, .red), (80, .softRed, .red), (80.0001, .red, .red),
  ])
  func aDeltaOnTheThresholdBelongsToTheZoneBelow(delta: Double, download: Zone, upload: Zone) {
    var controller = WANController(.deltaIsMeasurement)
    let decision = controller.step(delta)
    #expect(decision.delta.rawValue == delta)
    #expect(decision.directions.download.zone == download)
    #expect(decision.directions.upload.zone == upload)
  }
}
