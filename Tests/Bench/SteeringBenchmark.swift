import Control
import Model

extension Benchmark {
  /// One cycle of steering with everything switched on, on congestion that comes and goes.
  static let steering = Benchmark(
    name: "steering", goal: "a cycle in 2 µs, without a malloc"
  ) {
    let settings = SteeringControlSettings(
      primary: "wan1", interval: Milliseconds(50),
      confidence: SteeringControlSettings.Confidence(isDryRun: false),
      targets: [SteeringControlSettings.Target(name: "wan2")], historySize: 240)
    let cycles = 20_000
    let step = Cost.measure(operations: cycles) {
      var controller = SteeringController(settings)
      var changes = 0
      for cycle in 0..<cycles {
        let time = UnixTime(microseconds: 1_780_000_000_000_000 + Int64(cycle) * 50_000)
        let isCongested = cycle / 200 % 2 == 1
        controller.noteProbe(answered: true, at: time)
        let decision = controller.step(
          SteeringInput(
            primary: LineSample(
              baseline: Milliseconds(25), rtt: Milliseconds(isCongested ? 160 : 26),
              queue: QueueReading(
                dropped: Int64(cycle), queuedPackets: isCongested ? 80 : 2))), at: time)
        guard decision.action != nil else { continue }
        controller.ruleCommandEnded(succeeded: true, at: time)
        changes += 1
      }
      return changes
    }
    return [Row(operation: "steering cycle", cost: step)]
  }
}
