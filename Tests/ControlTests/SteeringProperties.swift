import Control
import Model
import TestSupport
import Testing

/// What holds of steering for any settings and whatever is measured.
@Suite struct SteeringProperties {
  static let seeds: [UInt64] = Array(1...30)

  /// Mostly plausible, sometimes absurd.
  static func sample(_ random: inout SeededGenerator) -> LineSample {
    let isCongested = Int.random(in: 0..<3, using: &random) > 0
    func wild(_ random: inout SeededGenerator, _ plausible: Double) -> Double {
      Int.random(in: 0..<30, using: &random) == 0 ? ControlProperties.wild(&random) : plausible
    }
    let rtt: Double = isCongested ? .random(in: 60...200, using: &random) : 26
    let queued = Int64.random(in: isCongested ? 40...120 : 0...8, using: &random)
    let reading: QueueReading? =
      switch Int.random(in: 0..<20, using: &random) {
      case 0: nil
      case 1: QueueReading(dropped: Int64(bitPattern: random.next()), queuedPackets: queued)
      case 2: QueueReading(dropped: 4, queuedPackets: Int64(bitPattern: random.next()))
      default: QueueReading(dropped: nil, queuedPackets: queued)
      }
    return LineSample(
      baseline: Milliseconds(wild(&random, 25)),
      rtt: Int.random(in: 0..<10, using: &random) == 0
        ? nil : Milliseconds(wild(&random, rtt)), queue: reading)
  }

  static func settings(_ random: inout SeededGenerator) -> SteeringControlSettings {
    func seconds(_ random: inout SeededGenerator) -> Double { .random(in: 0...3, using: &random) }
    var settings = steeringSettings(
      interval: Milliseconds([50, 250, 2000].randomElement(using: &random)!),
      isCAKEAware: Int.random(in: 0..<4, using: &random) > 0,
      samples: .init(
        bad: .random(in: 1...8, using: &random), good: .random(in: 1...15, using: &random),
        red: .random(in: 1...8, using: &random), green: .random(in: 1...15, using: &random)),
      confidence: Bool.random(using: &random)
        ? nil
        : .init(
          steerThreshold: .random(in: 30...90, using: &random), sustainSeconds: seconds(&random),
          recoverySustainSeconds: seconds(&random), holdDownSeconds: seconds(&random),
          isDryRun: .random(using: &random), isExclusive: .random(using: &random)))
    settings.historySize = .random(in: 1...40, using: &random)
    settings.thresholds.rttAlpha = .random(in: 0...1, using: &random)
    settings.thresholds.queueAlpha = .random(in: 0...1, using: &random)
    return settings
  }

  private func isFinite(_ line: SteeringState.Line) -> Bool {
    (line.rtts + line.deltas + [line.rttAverage, line.queueAverage, line.baseline?.rawValue ?? 0])
      .allSatisfy(\.isFinite)
  }

  @Test(arguments: seeds)
  func nothingWildEntersTheStateAndNothingGrows(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let settings = Self.settings(&random)
    var line = SteeredLine(settings)
    for cycle in 0..<1500 {
      line.succeeds = Int.random(in: 0..<3, using: &random) > 0
      line.controller.noteProbe(
        answered: Int.random(in: 0..<9, using: &random) > 0, at: line.now)
      let sample =
        Int.random(in: 0..<40, using: &random) == 0
        ? LineSample(
          baseline: Milliseconds(.nan), rtt: Milliseconds(.infinity),
          queue: QueueReading(dropped: .min, queuedPackets: .min))
        : Self.sample(&random)
      let decision = line.cycle(SteeringInput(primary: sample))
      let state = line.controller.state
      let what = Comment(rawValue: "seed \(seed), cycle \(cycle)")
      #expect(isFinite(state.primary), what)
      let lengths = [
        state.primary.rtts.count, state.primary.deltas.count, state.primary.drops.count,
        state.primary.queuedPackets.count, state.transitions.count,
      ]
      #expect(lengths.allSatisfy { $0 <= settings.historySize }, what)
      #expect(state.primary.zones.count <= 10, what)
      // Counts only go beyond their limit while the router refuses.
      #expect(decision.redCount >= 0 && decision.redCount <= cycle + 1, what)
      #expect(decision.goodCount >= 0 && decision.goodCount <= cycle + 1, what)
      #expect((0...95).contains(decision.confidence?.score.value ?? 0), what)
    }
  }

  @Test(arguments: seeds)
  func theStateChangesOnlyForAReasonAndWithTheRoutersConsent(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let settings = Self.settings(&random)
    var line = SteeredLine(settings)
    var sinceChange = 0
    for cycle in 0..<1500 {
      line.succeeds = Int.random(in: 0..<3, using: &random) > 0
      let before = line.controller.state
      let decision = line.cycle(SteeringInput(primary: Self.sample(&random)))
      let what = Comment(rawValue: "seed \(seed), cycle \(cycle)")
      let changed = before.name != line.controller.state.name
      #expect(changed == (decision.applied == true), what)
      #expect(decision.applied == nil || decision.applied == line.succeeds, what)
      sinceChange += 1
      guard changed, let action = decision.action else { continue }
      #expect(action.kind == (decision.isDegraded ? .enable : .disable), what)
      switch (action.reason, action.kind) {
      case (.hysteresis, .enable):
        #expect(sinceChange >= (settings.isCAKEAware ? settings.samples.red : settings.samples.bad))
        if settings.isCAKEAware { #expect(decision.assessment == .red, what) }
      case (.hysteresis, .disable):
        let limit = settings.isCAKEAware ? settings.samples.green : settings.samples.good
        #expect(sinceChange >= limit && before.goodCount >= limit - 1, what)
      case (.confidence, .enable):
        let score = decision.confidence?.score.value ?? 0
        #expect(Double(score) >= settings.confidence?.steerThreshold ?? 101, what)
      case (.confidence, .disable):
        #expect((decision.delta ?? .zero) < Milliseconds(10), what)
      case (.dead, _), (.target, _): Issue.record("no reason for \(action), \(what)")
      }
      #expect(settings.confidence.map { $0.isDryRun && action.reason == .confidence } != true, what)
      sinceChange = 0
    }
  }

  /// Answers and losses at random: the verdict is that of the definition, counted anew each time.
  @Test(arguments: seeds)
  func deadIsWhatHasNotAnsweredForLong(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var settings = steeringSettings()
    settings.deadAfter = Milliseconds(.random(in: 200...3000, using: &random))
    var controller = SteeringController(settings)
    var time = UnixTime(seconds: 1000)
    controller.noteProbe(answered: true, at: time)
    var heard = time
    var lost = 0
    for probe in 0..<3000 {
      time = time + Milliseconds(.random(in: 10...400, using: &random))
      let answered = Int.random(in: 0..<8, using: &random) == 0
      controller.noteProbe(answered: answered, at: time)
      lost = answered ? 0 : lost + 1
      if answered { heard = time }
      let isDead = lost >= 3 && time - heard >= settings.deadAfter
      let what = Comment(rawValue: "seed \(seed), probe \(probe)")
      // It may be dead for longer: until it has answered for long enough.
      if isDead { #expect(controller.isPrimaryDead, what) }
      if let deadline = controller.deathDeadline { #expect(deadline > time, what) }
      let decision = controller.react(at: time)
      #expect(decision == nil || decision?.action?.reason == .dead, what)
      if decision != nil {
        #expect(controller.isPrimaryDead, what)
        controller.ruleCommandEnded(succeeded: .random(using: &random), at: time)
      }
    }
    #expect(controller.isDegraded)
  }

  @Test(arguments: seeds)
  func aWildStateIsNoReasonToTrap(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func numbers(_ random: inout SeededGenerator) -> [Double] {
      (0..<Int.random(in: 0...50, using: &random)).map { _ in ControlProperties.wild(&random) }
    }
    let counts = [0, 7, -3, Int.max, Int.min]
    func count(_ random: inout SeededGenerator) -> Int { counts.randomElement(using: &random)! }
    let state = SteeringState(
      name: ["WAN1_GOOD", "X_DEGRADED", "?"].randomElement(using: &random)!,
      badCount: count(&random), goodCount: count(&random), redCount: count(&random),
      primary: SteeringState.Line(
        baseline: Milliseconds(ControlProperties.wild(&random)), rtts: numbers(&random),
        deltas: numbers(&random), rttAverage: ControlProperties.wild(&random),
        queueAverage: ControlProperties.wild(&random), drops: [count(&random), .max, .min, .max],
        queuedPackets: [count(&random)], zones: ["SOFT_RED", "", "RED"], zone: "PURPLE",
        readFailures: count(&random)))
    var line = SteeredLine(Self.settings(&random), restoring: state)
    for cycle in 0..<300 {
      line.cycle(SteeringInput(primary: Self.sample(&random)))
      #expect(isFinite(line.controller.state.primary), "seed \(seed), cycle \(cycle)")
    }
  }
}
