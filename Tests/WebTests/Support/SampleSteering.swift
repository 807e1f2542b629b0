import Model

/// The moment of the original's documented answer of steering.
func sampleSteering(
  isDegraded: Bool = false, lastTransition: UnixTime? = nil
) -> SteeringStatus {
  let now = MonotonicTime(nanoseconds: 50_000_000_000)
  let time = UnixTime(seconds: 1_795_217_773)
  var settings = SteeringControlSettings(
    primary: "wan1", interval: Milliseconds(50), confidence: .init(),
    targets: [.init(name: "wan2"), .init(name: "wan3")], historySize: 2400)
  settings.samples.red = 320
  settings.samples.green = 600
  var router = WANSnapshot.RouterContact(isReachable: true)
  router.writes = 2
  // 50 + 25 + 10: the cycle, the delta, and the queue.
  let score = ConfidenceScore(
    zone: .red, delta: .severeDelta(Milliseconds(130)), queue: .highQueue(60))
  let snapshot = SteeringSnapshot(
    settings: settings,
    decision: SteeringDecision(
      time: time, rtt: Milliseconds(60), baseline: Milliseconds(25), delta: Milliseconds(35),
      rttAverage: Milliseconds(30), assessment: .red, isDegraded: isDegraded, redCount: 3,
      target: isDegraded ? 1 : nil, confidence: ConfidenceOpinion(score: score)),
    startedAt: time - Milliseconds(1200), lastTransition: lastTransition,
    transitionsToDegraded: 2, transitionsToGood: 1, decidedCycles: 24,
    baselineWrittenAt: time - Milliseconds(2000), answeredProbes: 24,
    router: router, targets: [.init(score: 7, isRuleEnabled: false), .init(isRuleEnabled: true)])
  return SteeringStatus(
    snapshot: snapshot, startedAt: now + Milliseconds(-1200), now: now, time: time)
}
