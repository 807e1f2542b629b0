import Control
import Model
import TestSupport
import Testing

/// What holds for any settings that the configuration admits and for any measurements.
@Suite struct ControlProperties {
  static let seeds: [UInt64] = Array(1...40)

  static func settings(_ random: inout SeededGenerator) -> ControlSettings {
    func pick(_ range: ClosedRange<Double>, _ random: inout SeededGenerator) -> Double {
      let value = Double.random(in: range, using: &random)
      return Bool.random(using: &random) ? value.rounded(.up) : value
    }
    func queue(_ random: inout SeededGenerator) -> ControlSettings.Queue {
      let rates = (0..<5).map { _ in pick(0.5...2000, &random) * 1e6 }.sorted()
      return ControlSettings.Queue(
        ceiling: rates[4], floorGreen: rates[3], floorYellow: rates[2], floorSoftRed: rates[1],
        floorRed: rates[0], stepUp: pick(0.1...100, &random) * 1e6,
        factorDown: .random(in: 0.1...1, using: &random),
        factorDownYellow: .random(in: 0.8...1, using: &random),
        greenRequired: .random(in: 1...10, using: &random))
    }
    let thresholds = [pick(1...50, &random), pick(51...100, &random), pick(101...200, &random)]
    return ControlSettings(
      baselineInitial: Milliseconds(pick(1...100, &random)),
      baselineBounds: ClosedBounds(min: pick(1...20, &random), max: pick(21...200, &random)),
      targetBloat: ConfiguredNumber(thresholds[0], isInteger: false),
      warnBloat: ConfiguredNumber(thresholds[1], isInteger: false),
      hardRedBloat: ConfiguredNumber(thresholds[2], isInteger: false),
      alphaBaseline: .random(in: 0.0001...1, using: &random),
      alphaLoad: .random(in: 0.001...1, using: &random),
      baselineUpdateThreshold: Milliseconds(pick(0...20, &random)),
      accelThreshold: Milliseconds(pick(5...50, &random)),
      baselineRelearnAfter: Milliseconds(pick(0...2000, &random)), download: queue(&random),
      upload: queue(&random))
  }

  /// Mostly plausible, sometimes absurd, never what cannot be a double.
  static func wild(_ random: inout SeededGenerator) -> Double {
    switch Int.random(in: 0..<20, using: &random) {
    case 0: Double(bitPattern: random.next())
    case 1: -.random(in: 0...1000, using: &random)
    case 2: .greatestFiniteMagnitude
    case 3: -.greatestFiniteMagnitude
    case 4: [0, -0.0, .leastNonzeroMagnitude, .nan, .infinity].randomElement(using: &random)!
    default: .random(in: 0...300, using: &random)
    }
  }

  static func state(_ random: inout SeededGenerator) -> LoopState {
    func streak(_ random: inout SeededGenerator) -> Int {
      [0, 3, -4, .max, .min].randomElement(using: &random)!
    }
    func queue(_ random: inout SeededGenerator) -> LoopState.Queue {
      LoopState.Queue(
        streaks: Streaks(
          green: streak(&random), softRed: streak(&random), red: streak(&random)),
        rate: wild(&random) * 1e6)
    }
    return LoopState(
      queues: PerDirection(download: queue(&random), upload: queue(&random)),
      baseline: Milliseconds(wild(&random)), load: Milliseconds(wild(&random)),
      lastApplied: .unknown)
  }

  @Test(arguments: seeds)
  func ratesStayBetweenTheLowestFloorAndTheCeilingWhateverComes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let settings = Self.settings(&random)
    var controller = WANController(
      settings, restoring: seed.isMultiple(of: 2) ? Self.state(&random) : nil)
    for cycle in 0..<2000 {
      if Bool.random(using: &random) {
        controller.noteQueueRates(
          PerDirection(
            download: BitsPerSecond(Int64(bitPattern: random.next())),
            upload: Bool.random(using: &random) ? nil : BitsPerSecond(0)),
          at: UnixTime(rawValue: Int64(bitPattern: random.next())))
      }
      let decision = controller.step(
        Measurement(
          rtt: Milliseconds(Self.wild(&random)), updatesBaseline: .random(using: &random)),
        at: UnixTime(rawValue: Int64(bitPattern: random.next())))
      for (direction, queue) in [
        (Direction.download, settings.download), (.upload, settings.upload),
      ] {
        let rate = Double(decision.directions[direction].rate.rawValue)
        #expect(
          rate >= queue.floorRed.rounded(.down) && rate <= queue.ceiling,
          "seed \(seed), cycle \(cycle), \(direction)")
      }
      #expect(
        decision.load.rawValue.isFinite && decision.baseline.rawValue.isFinite
          && decision.delta.rawValue.isFinite, "seed \(seed), cycle \(cycle)")
    }
  }

  @Test(arguments: seeds)
  func aHigherDeltaNeverMeansAMilderZone(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var settings = Self.settings(&random)
    settings.baselineInitial = .zero
    settings.alphaLoad = 1
    settings.baselineUpdateThreshold = Milliseconds(-1e12)
    let deltas = (0..<300).map { _ in Double.random(in: -50...300, using: &random) }.sorted()
    let zones = deltas.map {
      var controller = WANController(settings)
      return controller.step($0).directions.map(\.zone)
    }
    for (lower, higher) in zip(zones, zones.dropFirst()) {
      #expect(lower.download <= higher.download, "seed \(seed)")
      #expect(lower.upload <= higher.upload, "seed \(seed)")
    }
    #expect(Set(zones.map(\.download)) == [.green, .yellow, .softRed, .red], "seed \(seed)")
    #expect(Set(zones.map(\.upload)) == [.green, .yellow, .red], "seed \(seed)")
  }

  @Test(arguments: seeds)
  func aRestartGoesOnWhereItWas(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var settings = Self.settings(&random)
    // What a rise is measured from is not kept, so that no rise may matter here.
    settings.accelThreshold = Milliseconds(1e12)
    var controller = WANController(settings)
    for _ in 0..<200 { _ = controller.step(.random(in: 0...200, using: &random)) }
    let state = controller.state(lastApplied: .unknown)
    var restarted = WANController(settings, restoring: state)
    #expect(restarted.state(lastApplied: .unknown) == state, "seed \(seed)")
    for cycle in 0..<200 {
      let rtt = Double.random(in: 0...200, using: &random)
      let wanted = controller.step(rtt)
      let decision = restarted.step(rtt)
      #expect(decision.load == wanted.load, "seed \(seed), cycle \(cycle)")
      #expect(decision.baseline == wanted.baseline, "seed \(seed), cycle \(cycle)")
      #expect(decision.streaks == wanted.streaks, "seed \(seed), cycle \(cycle)")
      #expect(
        decision.directions.map(\.rate) == wanted.directions.map(\.rate),
        "seed \(seed), cycle \(cycle)")
    }
  }

  @Test(arguments: seeds)
  func readingsOfABusyLineChangeNoDecision(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let settings = Self.settings(&random)
    var plain = WANController(settings)
    var informed = WANController(settings)
    for cycle in 0..<1000 {
      let seconds = Double(cycle)
      informed.noteQueueRates(
        PerDirection(
          download: BitsPerSecond(Int64(settings.download.ceiling)), upload: BitsPerSecond(0)),
        at: UnixTime(seconds: seconds))
      let rtt = Double.random(in: 0...200, using: &random)
      #expect(
        plain.step(rtt, at: seconds) == informed.step(rtt, at: seconds),
        "seed \(seed), cycle \(cycle)")
    }
  }
}
