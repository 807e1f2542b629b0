import Control
import Model
import Testing

@Suite struct SteeringControllerTests {
  let red = steeringInput(rtt: 80, dropped: nil, queued: 80)
  let green = steeringInput(rtt: 25, dropped: nil)

  private func degraded(_ settings: SteeringControlSettings) -> SteeredLine {
    SteeredLine(settings, restoring: SteeringState(name: "WAN1_DEGRADED"))
  }

  // MARK: - Commands

  @Test func aCommandThatFailsIsTriedAgainWithTheNextSampleOfItsKind() {
    var line = SteeredLine(steeringSettings())
    line.succeeds = false
    line.cycle(red)
    for count in 2...5 {
      let decision = line.cycle(red)
      #expect(decision.action?.kind == .enable && decision.applied == false)
      #expect(!decision.isDegraded && decision.redCount == count)
    }
    line.succeeds = true
    #expect(line.cycle(red).isDegraded)
    #expect(line.controller.decision.redCount == 0)
    line.succeeds = false
    for _ in 1...60 { line.cycle(green) }
    let tries = line.actions.filter { $0.kind == .disable }.count
    #expect(tries > 20 && line.controller.isDegraded)
    line.succeeds = true
    #expect(line.cycle(green).isDegraded == false)
    #expect(line.controller.decision.goodCount == 0)
  }

  @Test func nothingElseIsAskedForWhileACommandIsUnderWay() {
    var controller = SteeringController(steeringSettings())
    var asked = 0
    for cycle in 0..<10 {
      let time = UnixTime(seconds: 1000 + Double(cycle) * 0.05)
      if controller.step(red, at: time).action != nil { asked += 1 }
      #expect(!controller.isDegraded)
    }
    #expect(asked == 1)
    let decision = controller.ruleCommandEnded(succeeded: true, at: UnixTime(seconds: 1001))
    #expect(decision.isDegraded && decision.applied == true && decision.action?.kind == .enable)
    // An end that nobody waits for changes nothing.
    controller.ruleCommandEnded(succeeded: true, at: UnixTime(seconds: 1002))
    #expect(controller.isDegraded && controller.state.transitions.count == 1)
  }

  @Test func rulesThatWereFoundAreAdopted() {
    var controller = SteeringController(steeringSettings())
    let time = UnixTime(seconds: 1000)
    controller.adopt(target: 0, at: time)
    #expect(controller.isDegraded && controller.decision.target == 0)
    controller.adopt(target: 0, at: time)
    #expect(controller.state.transitions.map(\.to) == ["WAN1_DEGRADED"])
    controller.adopt(target: nil, at: time)
    #expect(!controller.isDegraded && controller.decision.target == nil)
    #expect(controller.state.lastTransition == .at(time))
  }

  // MARK: - Queues

  @Test func dropsThatAreNotCountedAreNotWaitedFor() {
    var line = SteeredLine(steeringSettings())
    let decision = line.cycle(red)
    #expect(decision.drops == nil && decision.assessment == .red)

    var settings = steeringSettings()
    settings.thresholds.drops = .required
    line = SteeredLine(settings)
    #expect(line.cycle(red).assessment == .yellow)
  }

  @Test func aFailedReadingIsNeverRED() {
    var settings = steeringSettings()
    settings.thresholds.minimumQueueRed = 0
    settings.thresholds.minimumQueueYellow = 1
    var line = SteeredLine(settings)
    for reading in [
      nil, QueueReading(dropped: -1, queuedPackets: 9), .init(dropped: 1, queuedPackets: -9),
    ] {
      let decision = line.cycle(
        SteeringInput(
          primary: LineSample(
            baseline: Milliseconds(25), rtt: Milliseconds(300), queue: reading)))
      #expect(decision.assessment == .yellow)
      #expect(decision.drops == 0 && decision.queuedPackets == 0)
    }
    #expect(line.controller.readFailures == 3)
    line.cycle(green)
    #expect(line.controller.readFailures == 0)
  }

  @Test func theFirstReadingTellsNoDropsAndAFallingCountBeginsAnew() {
    var controller = SteeringController(steeringSettings())
    let counts: [Int64?] = [123_456, 123_460, 7, 9, nil, 1000, 1001]
    let drops = counts.map { count in
      controller.step(steeringInput(rtt: 26, dropped: count), at: UnixTime(seconds: 1)).drops
    }
    #expect(drops == [0, 4, 7, 2, nil, 0, 1])
  }

  @Test func wildNumbersMoveTheAveragesNoMoreThanTheirLimits() {
    var line = SteeredLine(steeringSettings())
    let decision = line.cycle(steeringInput(rtt: 1e300, dropped: 0, queued: .max))
    #expect(decision.rttAverage == Milliseconds(1000) && decision.queueAverage == 10_000)
    #expect(decision.delta == Milliseconds(1e300))
  }

  // MARK: - Baseline and RTT

  @Test func withoutABaselineNothingIsDecided() {
    var line = SteeredLine(steeringSettings())
    let decision = line.cycle(steeringInput(rtt: 80, baseline: nil, dropped: 9, queued: 80))
    #expect(decision.failure == .noBaseline && decision.delta == nil && decision.drops == 0)
    for baseline in [9.99, 60.01, .nan, .infinity, -25] {
      #expect(line.cycle(steeringInput(rtt: 80, baseline: baseline)).failure == .noBaseline)
    }
    for baseline in [10.0, 60.0] {
      #expect(line.cycle(steeringInput(rtt: 80, baseline: baseline)).baseline?.rawValue == baseline)
    }
    let kept = line.cycle(steeringInput(rtt: 80, baseline: 500))
    #expect(kept.failure == nil && kept.baseline == Milliseconds(60))
  }

  @Test func aLostSampleReplaysTheLastOne() {
    var line = SteeredLine(steeringSettings())
    #expect(line.cycle(steeringInput(rtt: nil)).failure == .noRTT)
    line.cycle(steeringInput(rtt: 31))
    for rtt in [nil, .nan, -.infinity, -3] as [Double?] {
      let decision = line.cycle(steeringInput(rtt: rtt))
      #expect(decision.failure == nil && decision.rtt == Milliseconds(31))
    }
    #expect(line.controller.state.primary.rtts == [31, 31, 31, 31, 31])
  }

  @Test func aStaleBaselineLetsReturnAndNothingElse() {
    var stale = red
    stale.isBaselineStale = true
    var line = SteeredLine(
      steeringSettings(confidence: .init(sustainSeconds: 0.1, isDryRun: false)))
    for _ in 0..<100 { line.cycle(stale) }
    #expect(line.actions.isEmpty && line.controller.decision.assessment == .red)

    line = degraded(steeringSettings())
    stale = green
    stale.isBaselineStale = true
    for _ in 0..<15 { line.cycle(stale) }
    #expect(line.actions.map(\.kind) == [.disable])
  }

  // MARK: - A dead primary

  @Test(arguments: [0.05, 0.25, 2])
  func aDeadPrimaryIsLeftAtOnceWhateverTheInterval(interval: Double) {
    var controller = SteeringController(
      steeringSettings(interval: Milliseconds(seconds: interval)))
    let start = UnixTime(seconds: 1000)
    controller.noteProbe(answered: true, at: start)
    _ = controller.step(green, at: start)
    // Probes as the daemon sends them, beside the cycles.
    var time = start
    var decision: SteeringDecision?
    while decision == nil, time - start < Milliseconds(5000) {
      time = time + Milliseconds(seconds: min(interval, 0.25))
      controller.noteProbe(answered: false, at: time)
      decision = controller.react(at: time)
    }
    #expect(decision?.action?.reason == .dead && decision?.action?.kind == .enable)
    #expect(time - start == Milliseconds(1500))
    #expect(controller.isPrimaryDead && controller.react(at: time) == nil)
    #expect(controller.ruleCommandEnded(succeeded: true, at: time).isDegraded)
  }

  @Test func aReturningPrimaryMustAnswerForAsLong() {
    var line = SteeredLine(steeringSettings())
    func cycle(_ line: inout SteeredLine, rtt: Double?) -> SteeringDecision {
      line.controller.noteProbe(answered: rtt != nil, at: line.now)
      return line.cycle(steeringInput(rtt: rtt))
    }
    _ = cycle(&line, rtt: 25)
    for _ in 0..<29 { #expect(cycle(&line, rtt: nil).failure == nil) }
    let dead = cycle(&line, rtt: nil)
    #expect(dead.failure == .dead && dead.action?.reason == .dead && dead.isDegraded)
    for _ in 0..<100 { #expect(cycle(&line, rtt: nil).action == nil) }
    // 1.5 s of answers, one loss among them, then the usual recovery.
    for cycleNumber in 0..<30 {
      #expect(cycle(&line, rtt: cycleNumber == 9 ? nil : 25).failure == .dead)
    }
    for count in 1..<15 {
      let decision = cycle(&line, rtt: 25)
      #expect(decision.failure == nil && decision.goodCount == count)
    }
    #expect(!cycle(&line, rtt: 25).isDegraded)
    #expect(line.actions.map(\.kind) == [.enable, .disable])
  }

  @Test func aProcessThatWasLateTellsNothingOfTheLine() {
    var controller = SteeringController(steeringSettings())
    var time = UnixTime(seconds: 1000)
    controller.noteProbe(answered: true, at: time)
    for _ in 0..<40 {
      time = time + Milliseconds(1000)
      controller.noteInterruption(at: time)
      for _ in 0..<3 { controller.noteProbe(answered: false, at: time) }
      #expect(controller.react(at: time) == nil)
    }
    #expect(controller.deathDeadline == time + Milliseconds(1500))
    #expect(controller.react(at: time + Milliseconds(1500)) != nil)
  }

  @Test func neverMeansNever() {
    var settings = steeringSettings()
    settings.deadAfter = .zero
    var controller = SteeringController(settings)
    for second in 0..<1000 {
      controller.noteProbe(answered: false, at: UnixTime(seconds: Double(second)))
    }
    #expect(!controller.isPrimaryDead && controller.deathDeadline == nil)
  }

  // MARK: - The score

  @Test func inADryRunTheScoreOnlySaysWhatItWould() {
    var line = SteeredLine(
      steeringSettings(
        samples: .init(red: 1000), confidence: .init(sustainSeconds: 0.2, isDryRun: true)))
    let severe = steeringInput(rtt: 200, dropped: nil, queued: 80)
    let opinions = (0..<20).map { _ in line.cycle(severe).confidence }
    #expect(line.actions.isEmpty)
    #expect(opinions.contains { $0?.would == .enable })
    #expect(opinions.allSatisfy { $0?.decision == nil && $0?.holdDown == nil })
  }

  @Test func theScoreAloneDecidesWhenItIsExclusive() {
    let confidence = SteeringControlSettings.Confidence(
      sustainSeconds: 0.5, recoverySustainSeconds: 0.5, holdDownSeconds: 1, isDryRun: false,
      isExclusive: true)
    var line = SteeredLine(steeringSettings(confidence: confidence))
    let severe = steeringInput(rtt: 200, dropped: nil, queued: 80)
    for _ in 0..<10 { line.cycle(severe) }
    #expect(line.actions.isEmpty && line.controller.decision.assessment == .red)
    for _ in 0..<10 { line.cycle(severe) }
    for _ in 0..<200 { line.cycle(green) }
    #expect(line.actions.map(\.reason) == [.confidence, .confidence])
  }

  @Test func timersEndWithTheStateThatTheyBelongTo() {
    let confidence = SteeringControlSettings.Confidence(sustainSeconds: 2, isDryRun: false)
    var line = SteeredLine(steeringSettings(samples: .init(red: 5), confidence: confidence))
    let severe = steeringInput(rtt: 200, dropped: nil, queued: 80)
    var last: SteeringDecision?
    for _ in 0..<5 { last = line.cycle(severe) }
    #expect(last?.action?.reason == .hysteresis && last?.confidence?.degradeTimer == nil)
    #expect(last?.confidence?.holdDown == nil)
  }

  @Test func flappingRaisesTheThresholdWhereThatIsWanted() {
    for isApplied in [false, true] {
      var controller = ConfidenceController(
        .init(
          sustainSeconds: 0,
          flapDetection: .init(maximumToggles: 2, penalty: 40, isApplied: isApplied),
          isDryRun: false), interval: Milliseconds(50))
      let time = UnixTime(seconds: 1000)
      for _ in 0..<3 { controller.stateChanged(toDegraded: false, byVerdict: true, at: time) }
      let signals = ConfidenceSignals(zone: .red, delta: Milliseconds(90), drops: 0)
      let opinions = (0..<2).map { _ in
        controller.evaluate(signals, isDegraded: false, at: time)
      }
      #expect(opinions.allSatisfy { $0.isFlapping })
      #expect(opinions[1].decision == (isApplied ? nil : .enable))
      // The penalty and the window are over.
      let later = time + Milliseconds(seconds: 301)
      #expect(!controller.evaluate(signals, isDegraded: false, at: later).isFlapping)
    }
  }

  // MARK: - Restarts

  @Test func aRestartGoesOnWhereItWas() {
    var line = SteeredLine(steeringSettings())
    for sample in SteeringExamples.congestion {
      line.cycle(
        steeringInput(rtt: sample.rtt, dropped: sample.dropped, queued: sample.queued))
    }
    var restarted = SteeredLine(steeringSettings(), restoring: line.controller.state)
    #expect(restarted.controller.state == line.controller.state)
    let next = steeringInput(rtt: 26, baseline: nil, dropped: nil)
    line.now = restarted.now
    for _ in 0..<40 { #expect(line.cycle(next) == restarted.cycle(next)) }
  }

  @Test(arguments: [
    ("SPECTRUM_DEGRADED", true), ("ATT_GOOD", false), ("garbage", false), ("", false),
    ("WAN2_DEGRADED", true),
  ])
  func foreignNamesOfStatesMeanTheSame(name: String, isDegraded: Bool) {
    let controller = SteeringController(
      steeringSettings(), restoring: SteeringState(name: name))
    #expect(controller.isDegraded == isDegraded)
    #expect(controller.state.name == (isDegraded ? "WAN1_DEGRADED" : "WAN1_GOOD"))
  }

  @Test func newSettingsKeepTheState() {
    var line = SteeredLine(steeringSettings(confidence: .init()))
    for _ in 0..<3 { line.cycle(red) }
    let before = line.controller.state
    var settings = steeringSettings(samples: .init(green: 3))
    settings.historySize = 2
    line.controller.replaceSettings(settings)
    #expect(line.controller.state.primary.rtts == before.primary.rtts.suffix(2))
    #expect(line.controller.state.primary.rttAverage == before.primary.rttAverage)
    #expect(line.controller.isDegraded && line.controller.decision.confidence == nil)
    for _ in 0..<30 { line.cycle(green) }
    #expect(!line.controller.isDegraded)
  }
}
