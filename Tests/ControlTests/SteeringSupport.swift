import Control
import Model

/// The original's defaults for one primary and one target.
func steeringSettings(
  interval: Milliseconds = Milliseconds(50), isCAKEAware: Bool = true,
  samples: SteeringControlSettings.SampleCounts = .init(),
  confidence: SteeringControlSettings.Confidence? = nil,
  targets: [SteeringControlSettings.Target] = [.init(name: "wan2")]
) -> SteeringControlSettings {
  SteeringControlSettings(
    primary: "wan1", interval: interval, isCAKEAware: isCAKEAware, samples: samples,
    confidence: confidence, targets: targets, historySize: 240)
}

func steeringInput(
  rtt: Double?, baseline: Double? = 25, dropped: Int64? = 0, queued: Int64 = 0
) -> SteeringInput {
  SteeringInput(primary: lineSample(rtt: rtt, baseline: baseline, dropped: dropped, queued: queued))
}

func lineSample(
  rtt: Double?, baseline: Double? = 25, dropped: Int64? = 0, queued: Int64 = 0
) -> LineSample {
  LineSample(
    baseline: baseline.map { Milliseconds($0) }, rtt: rtt.map { Milliseconds($0) },
    queue: QueueReading(dropped: dropped, queuedPackets: queued))
}

/// A controller with a clock of its own, whose router does what it is told.
struct SteeredLine {
  var controller: SteeringController
  var now = UnixTime(seconds: 1000)
  /// How commands end.
  var succeeds = true
  /// Every action so far.
  var actions: [SteeringAction] = []

  init(_ settings: SteeringControlSettings, restoring state: SteeringState? = nil) {
    controller = SteeringController(settings, restoring: state, countsFirstReading: true)
  }

  /// One cycle; its command has ended when it returns.
  @discardableResult
  mutating func cycle(_ input: SteeringInput) -> SteeringDecision {
    let decision = controller.step(input, at: now)
    defer { now = now + controller.settings.interval }
    return finish(decision)
  }

  mutating func finish(_ decision: SteeringDecision) -> SteeringDecision {
    guard let action = decision.action else { return decision }
    actions.append(action)
    return controller.ruleCommandEnded(succeeded: succeeds, at: now)
  }
}
