import Control
import Model
import Testing

/// Cycles of the original, worked out in docs and recordings, with what it decided.
@Suite struct SteeringExamples {
  /// RTT, lifetime drops, queued packets.
  static let congestion: [(rtt: Double, dropped: Int64, queued: Int64)] = [
    (27, 500, 0), (60, 500, 5), (70, 503, 60), (70, 505, 80), (70, 509, 90), (70, 509, 40),
    (30, 509, 2), (26, 509, 0), (26, 509, 0),
  ]

  @Test func congestionSteersAndRecoveryReturns() {
    var line = SteeredLine(steeringSettings())
    let decisions = Self.congestion.map {
      line.cycle(steeringInput(rtt: $0.rtt, dropped: $0.dropped, queued: $0.queued))
    }
    let averages: [Double] = [
      2, 11.9, 21.83, 28.781, 33.6467, 37.0527, 27.4369, 19.5058, 13.9541,
    ]
    for (decision, average) in zip(decisions, averages) {
      #expect(abs(decision.rttAverage.rawValue - average) < 0.0001)
    }
    #expect(decisions.map(\.drops) == [500, 0, 3, 2, 4, 0, 0, 0, 0])
    let zones: [Zone] = [
      .green, .green, .red, .red, .red, .yellow, .yellow, .yellow, .green,
    ]
    #expect(decisions.map(\.assessment) == zones)
    #expect(
      decisions.map(\.isDegraded) == [false, false, false] + Array(repeating: true, count: 6))
    #expect(decisions.map(\.redCount) == [0, 0, 1, 0, 0, 0, 0, 0, 0])
    #expect(decisions.map(\.goodCount) == [0, 0, 0, 0, 0, 0, 0, 0, 1])
    for cycle in 10...23 {
      let decision = line.cycle(steeringInput(rtt: 26, dropped: 509))
      #expect(decision.isDegraded == (cycle < 23), "cycle \(cycle)")
      #expect(decision.goodCount == (cycle < 23 ? cycle - 8 : 0), "cycle \(cycle)")
    }
    #expect(line.actions.map(\.kind) == [.enable, .disable])
    #expect(line.actions.allSatisfy { $0.reason == .hysteresis && $0.target == 0 })
    let transitions = line.controller.state.transitions
    #expect(transitions.map(\.goodCount) == [0, 14])
    #expect(transitions.map(\.to) == ["WAN1_DEGRADED", "WAN1_GOOD"])
  }

  @Test func withoutQueuesTheRTTAloneDecides() {
    var settings = steeringSettings(isCAKEAware: false, samples: .init(bad: 3, good: 3))
    settings.thresholds.bad = ConfiguredNumber(integer: 25)
    var line = SteeredLine(settings)
    let rtts: [Double] = [30, 50, 50, 50, 34, 33.9, 33.9, 33.9, 60, 33.9]
    let decisions = rtts.map { rtt in
      line.cycle(
        SteeringInput(
          primary: LineSample(baseline: Milliseconds(22), rtt: Milliseconds(rtt), queue: nil)))
    }
    #expect(decisions.map(\.badCount) == [0, 1, 2, 0, 0, 0, 0, 0, 1, 0])
    #expect(decisions.map(\.goodCount) == [0, 0, 0, 0, 0, 1, 2, 0, 0, 0])
    #expect(
      decisions.map(\.isDegraded)
        == [false, false, false, true, true, true, true, false, false, false])
    #expect(decisions.allSatisfy { $0.rttAverage == .zero && $0.assessment == .green })
    #expect(line.controller.readFailures == 0)
    #expect(line.controller.state.transitions.map(\.badCount) == [2, 0])
  }

  /// Congestion in cycles 4 to 60; the score lags one cycle behind.
  @Test func theScoreSteersAfterItsTimers() {
    let confidence = SteeringControlSettings.Confidence(isDryRun: false)
    var line = SteeredLine(
      steeringSettings(
        samples: .init(red: 100_000, green: 100_000), confidence: confidence))
    var changes: [Int] = []
    var dropped: Int64 = 0
    for cycle in 1...710 {
      let isCongested = (4...60).contains(cycle)
      if isCongested { dropped += Int64(cycle) }
      let decision = line.cycle(
        steeringInput(
          rtt: isCongested ? 115 : 26, dropped: dropped, queued: isCongested ? 80 : 0))
      if decision.applied == true { changes.append(cycle) }
      switch cycle {
      case 4: #expect(decision.confidence?.score.value == 25)
      case 5:
        #expect(decision.confidence?.score.value == 85)
        #expect(decision.confidence?.degradeTimer == 2)
        #expect(
          decision.confidence?.score.contributors.map(\.text)
            == ["RED", "rtt_delta=90.0ms(high)", "drops_increasing(5.0/s)", "queue_high(80%)"])
      case 45: #expect(decision.confidence?.holdDown == 30)
      case 645:
        #expect(decision.confidence?.holdDown == nil)
        #expect(decision.confidence?.recoveryTimer == 3)
      default: break
      }
    }
    #expect(changes == [45, 706])
    #expect(line.actions.map(\.reason) == [.confidence, .confidence])
  }

  @Test(arguments: [
    (15.0, 1, 50, Zone.yellow), (15.01, 1, 50, .red), (15.01, 0, 50, .yellow),
    (15.01, 1, 49, .yellow), (15.0, 0, 10, .yellow), (15.0, 5, 9, .green), (5.1, 0, 0, .green),
  ])
  func thresholdsAreExceededOrReached(average: Double, drops: Int64, queued: Int64, zone: Zone) {
    var line = SteeredLine(steeringSettings())
    // The first sample is the average itself.
    let decision = line.cycle(
      steeringInput(rtt: 25 + average, dropped: drops, queued: queued))
    #expect(abs(decision.rttAverage.rawValue - average) < 1e-9)
    #expect(decision.assessment == zone)
  }
}
