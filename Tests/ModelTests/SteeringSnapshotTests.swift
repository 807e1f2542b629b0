import Model
import Testing

@Suite struct SteeringSnapshotTests {
  private func snapshot(
    isDegraded: Bool, target: Int?, confidence: SteeringControlSettings.Confidence? = nil
  ) -> SteeringSnapshot {
    SteeringSnapshot(
      settings: SteeringControlSettings(
        primary: "wan1", interval: Milliseconds(500), confidence: confidence,
        targets: [.init(name: "wan2"), .init(name: "wan3")], historySize: 240),
      decision: SteeringDecision(
        time: UnixTime(seconds: 20), isDegraded: isDegraded, target: target),
      startedAt: UnixTime(seconds: 10))
  }

  @Test func stateAndTargetHaveTheirNames() {
    let degraded = snapshot(isDegraded: true, target: 1)
    #expect(degraded.stateName == "WAN1_DEGRADED" && degraded.targetName == "wan3")
    let good = snapshot(isDegraded: false, target: nil)
    #expect(good.stateName == "WAN1_GOOD" && good.targetName == nil)
    #expect(snapshot(isDegraded: true, target: 7).targetName == nil)
  }

  @Test func modeIsThatOfTheScore() {
    #expect(snapshot(isDegraded: false, target: nil).mode == "active")
    #expect(snapshot(isDegraded: false, target: nil, confidence: .init()).mode == "dry_run")
    let live = SteeringControlSettings.Confidence(isDryRun: false)
    #expect(snapshot(isDegraded: false, target: nil, confidence: live).mode == "active")
  }

  @Test func aStateLastsSinceItsTransition() {
    var snapshot = snapshot(isDegraded: false, target: nil)
    #expect(snapshot.stateSince == UnixTime(seconds: 10))
    snapshot.lastTransition = UnixTime(seconds: 4)
    #expect(snapshot.stateSince == UnixTime(seconds: 4))
  }
}
