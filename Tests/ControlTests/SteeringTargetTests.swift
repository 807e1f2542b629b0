import Control
import Model
import TestSupport
import Testing

/// More than two WANs: which one new connections are steered to.
@Suite struct SteeringTargetTests {
  typealias Target = SteeringControlSettings.Target

  static let bad = lineSample(rtt: 200, dropped: nil, queued: 80)
  static let good = lineSample(rtt: 25, dropped: nil)

  private func settings(_ targets: [Target]) -> SteeringControlSettings {
    steeringSettings(targets: targets)
  }

  private func measured(_ names: String...) -> [Target] {
    names.map { Target(name: $0, thresholds: .init()) }
  }

  private func input(_ primary: LineSample, _ targets: LineSample?...) -> SteeringInput {
    SteeringInput(primary: primary, targets: targets)
  }

  private func steered(
    _ settings: SteeringControlSettings, _ input: SteeringInput, cycles: Int = 3
  ) -> SteeredLine {
    var line = SteeredLine(settings)
    for _ in 0..<cycles { line.cycle(input) }
    return line
  }

  @Test func theFirstOfEqualsIsTaken() {
    let line = steered(settings(measured("wan2", "wan3")), input(Self.bad, Self.good, Self.good))
    #expect(line.actions.map(\.target) == [0])
    #expect(line.controller.state.activeTarget == "wan2")
  }

  @Test func aCongestedTargetIsPassedOver() {
    let line = steered(settings(measured("wan2", "wan3")), input(Self.bad, Self.bad, Self.good))
    #expect(line.actions.map(\.target) == [1])
    #expect(line.controller.decision.target == 1)
  }

  @Test func withoutAGoodTargetThePrimaryStays() {
    var line = steered(
      settings(measured("wan2", "wan3")), input(Self.bad, Self.bad, nil), cycles: 8)
    #expect(line.actions.isEmpty)
    #expect(line.controller.decision.lacksTarget && line.controller.decision.redCount == 8)
    // As soon as there is one, it is taken.
    #expect(line.cycle(input(Self.bad, Self.bad, Self.good)).target == 1)
  }

  @Test func whatNothingMeasuresIsAlwaysGoodEnough() {
    let targets = measured("wan2") + [Target(name: "wan3")]
    let line = steered(settings(targets), input(Self.bad, Self.bad))
    #expect(line.actions.map(\.target) == [1])
  }

  @Test func aDeadPrimaryIsLeftForAnyTarget() {
    var line = SteeredLine(settings(measured("wan2", "wan3")))
    line.controller.noteProbe(answered: true, at: line.now)
    line.cycle(input(Self.good, Self.bad, Self.bad))
    for _ in 0..<40 {
      line.controller.noteProbe(answered: false, at: line.now)
      line.cycle(input(LineSample(), Self.bad, Self.bad))
    }
    #expect(line.actions.map(\.reason) == [.dead])
    #expect(line.controller.decision.target == 0)
  }

  @Test func anOldMeasurementCountsForNothing() {
    var settings = settings(measured("wan2", "wan3"))
    settings.selection.staleAfter = Milliseconds(1000)
    var line = SteeredLine(settings)
    line.cycle(input(Self.good, Self.good, Self.good))
    for _ in 0..<30 { line.cycle(input(Self.good, nil, Self.good)) }
    for _ in 0..<5 { line.cycle(input(Self.bad, nil, Self.good)) }
    #expect(line.actions.map(\.target) == [1])
  }

  @Test func aBetterTargetMustBeSoForAWhile() {
    var settings = settings(measured("wan2", "wan3"))
    settings.selection.minimumDwell = Milliseconds(10_000)
    var line = steered(settings, input(Self.bad, Self.good, Self.good))
    #expect(line.controller.decision.target == 0)
    let switchedAt = line.now - Milliseconds(100)
    var moved: SteeringDecision?
    for _ in 0..<400 where moved == nil {
      let decision = line.cycle(input(Self.bad, Self.bad, Self.good))
      if decision.action != nil { moved = decision }
    }
    #expect(moved?.action == SteeringAction(kind: .enable, reason: .target, target: 1, replaced: 0))
    #expect(moved?.isDegraded == true && moved?.target == 1)
    #expect((moved?.time).map { $0 - switchedAt >= Milliseconds(9900) } == true)
    // It is no change of the state.
    #expect(line.controller.state.transitions.count == 1)
    #expect(line.controller.state.activeTarget == "wan3")
  }

  @Test func aMoveThatFailsLeavesTheTargetInUse() {
    var settings = settings(measured("wan2", "wan3"))
    settings.selection.minimumDwell = .zero
    var line = steered(settings, input(Self.bad, Self.good, Self.good))
    line.succeeds = false
    for _ in 0..<60 { line.cycle(input(Self.bad, Self.bad, Self.good)) }
    #expect(line.controller.decision.target == 0 && line.controller.isDegraded)
    #expect(line.actions.last?.replaced == 0)
  }

  @Test func aRestartKeepsTheTarget() {
    let settings = settings(measured("wan2", "wan3"))
    let line = steered(settings, input(Self.bad, Self.bad, Self.good))
    let restarted = SteeringController(settings, restoring: line.controller.state)
    #expect(restarted.decision.target == 1 && restarted.isDegraded)
    #expect(restarted.state == line.controller.state)
  }

  /// One target that nothing measures is the original's configuration; a second one that never
  /// gets a chance changes none of its decisions.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func twoWANsAreTheSpecialCase(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var two = SteeredLine(steeringSettings(confidence: .init(isDryRun: seed.isMultiple(of: 2))))
    var many = SteeredLine(
      steeringSettings(
        confidence: .init(isDryRun: seed.isMultiple(of: 2)),
        targets: [Target(name: "wan2")] + measured("wan3", "wan4")))
    for _ in 0..<2000 {
      let primary = SteeringProperties.sample(&random)
      let ours = two.cycle(SteeringInput(primary: primary))
      let theirs = many.cycle(
        SteeringInput(
          primary: primary,
          targets: [nil, SteeringProperties.sample(&random), SteeringProperties.sample(&random)]))
      #expect(ours == theirs, "seed \(seed)")
    }
    #expect(two.actions == many.actions && !two.actions.isEmpty)
  }
}
