import Control
import Model
import Testing

/// What of the decisions belongs into the transition log.
@Suite struct TransitionTrackerTests {
  static let dryRun = SteeringControlSettings.Confidence(
    sustainSeconds: 0.1, recoverySustainSeconds: 0.1)

  /// Cycles of congestion, then of calm; what was kept of them.
  private func transitions(
    _ settings: SteeringControlSettings, congested: Int, calm: Int, succeeds: Bool = true
  ) -> [SteeringTransition] {
    var line = SteeredLine(settings)
    line.succeeds = succeeds
    var tracker = TransitionTracker(settings)
    var kept: [SteeringTransition] = []
    for cycle in 0..<congested + calm {
      let isCongested = cycle < congested
      let input = steeringInput(
        rtt: isCongested ? 160 : 25, dropped: Int64(min(cycle, congested)),
        queued: isCongested ? 80 : 0)
      let asked = line.controller.step(input, at: line.now)
      kept += tracker.take(asked)
      if asked.action != nil { kept += tracker.take(line.finish(asked), at: line.now) }
      line.now = line.now + settings.interval
    }
    return kept
  }

  @Test func whatTheRouterConfirmedIsKeptOnceWithItsFigures() throws {
    let kept = transitions(steeringSettings(), congested: 10, calm: 100)
    #expect(kept.map(\.action) == [.enable, .disable])
    #expect(kept.map(\.reason) == [.hysteresis, .hysteresis])
    #expect(kept.allSatisfy { $0.changedState && $0.target == "wan2" && !$0.isDryRun })
    let first = try #require(kept.first)
    #expect(first.from == "WAN1_GOOD" && first.to == "WAN1_DEGRADED" && first.wan == "wan1")
    #expect(first.figures?.delta == Milliseconds(135) && first.figures?.queuedPackets == 80)
    #expect(first.figures?.assessment == .red && first.confidence == nil)
  }

  @Test func aCommandThatKeepsFailingIsKeptOnceAMinute() {
    // 50 ms a cycle: three minutes and a half.
    let kept = transitions(steeringSettings(), congested: 4200, calm: 0, succeeds: false)
    #expect(kept.count == 1, "an attempt in each cycle is never silent for a minute")
    #expect(kept.first?.applied == false && kept.first?.changedState == false)

    var tracker = TransitionTracker(steeringSettings())
    var decision = SteeringDecision(
      time: UnixTime(seconds: 0),
      action: SteeringAction(kind: .enable, reason: .hysteresis, target: 0), applied: false)
    #expect(tracker.take(decision).count == 1)
    decision.time = UnixTime(seconds: 59)
    #expect(tracker.take(decision).isEmpty)
    decision.time = UnixTime(seconds: 119)
    #expect(tracker.take(decision).count == 1)
    decision.applied = true
    #expect(tracker.take(decision).count == 1)
  }

  @Test func verdictsOfADryRunStandBesideTheRealOnes() throws {
    var settings = steeringSettings(confidence: Self.dryRun)
    settings.samples = .init(red: 8, green: 15)
    let kept = transitions(settings, congested: 40, calm: 200)
    let would = kept.filter(\.isDryRun)
    #expect(would.map(\.action) == [.enable, .disable])
    #expect(would.allSatisfy { $0.applied == nil && $0.target == nil && $0.reason == .confidence })
    #expect(try #require(would.first?.confidence).contributors.first == "RED")
    #expect(kept.filter { !$0.isDryRun }.map(\.action) == [.enable, .disable])
    // The score is faster than eight samples, and than the fifteen of the return.
    #expect(kept.map(\.isDryRun) == [true, false, true, false])
  }

  @Test func aVerdictThatNobodyHeedsIsKeptOnce() {
    var settings = steeringSettings(confidence: Self.dryRun)
    settings.samples = .init(red: 1_000_000, green: 15)
    let kept = transitions(settings, congested: 1000, calm: 0)
    #expect(kept.map(\.isDryRun) == [true])
  }

  @Test func aMoveNamesBothTargets() throws {
    let settings = steeringSettings(targets: [.init(name: "wan2"), .init(name: "wan3")])
    var tracker = TransitionTracker(settings)
    let moved = SteeringDecision(
      time: UnixTime(seconds: 1), isDegraded: true,
      action: SteeringAction(kind: .enable, reason: .target, target: 1, replaced: 0),
      applied: true, target: 1)
    let kept = try #require(tracker.take(moved).first)
    #expect(kept.from == "WAN1_DEGRADED" && kept.to == "WAN1_DEGRADED" && !kept.changedState)
    #expect(kept.target == "wan3" && kept.replaced == "wan2")
  }

  @Test func whatTheRouterWasFoundToSayIsKept() throws {
    var tracker = TransitionTracker(
      steeringSettings(targets: [.init(name: "wan2"), .init(name: "wan3")]))
    func decision(_ target: Int?) -> SteeringDecision {
      SteeringDecision(time: UnixTime(seconds: 1), isDegraded: target != nil, target: target)
    }
    let now = UnixTime(seconds: 2)
    func found(_ target: Int?, after before: Int?) -> SteeringTransition? {
      tracker.reconciled(decision(target), before: decision(before), at: now)
    }
    #expect(found(nil, after: nil) == nil && found(1, after: 1) == nil)
    let on = try #require(found(1, after: nil))
    #expect(on.changedState && on.reason == .reconciled && on.to == "WAN1_DEGRADED")
    #expect(on.target == "wan3" && on.replaced == nil && on.time == now)
    let off = try #require(found(nil, after: 0))
    #expect(off.changedState && off.to == "WAN1_GOOD" && off.target == "wan2")
    let moved = try #require(found(1, after: 0))
    #expect(!moved.changedState && moved.target == "wan3" && moved.replaced == "wan2")
  }
}
