import Control
import Model

extension Benchmark {
  /// One cycle of one WAN, from measurement to decision.
  static let control = Benchmark(name: "control", goal: "a step in 1 µs, without a malloc") {
    let settings = try LoopSettings.bench()
    let rtts = benchRTTs(count: 20_000)
    let start = UnixTime(seconds: 1_780_000_000)

    var controller = WANController(settings.control)
    let step = Cost.measure(operations: rtts.count) {
      var sum: Int64 = 0
      var time = start
      for rtt in rtts {
        time = time + controlInterval
        let decision = controller.step(Measurement(rtt: Milliseconds(rtt)), at: time)
        sum &+= decision.directions.download.rate.rawValue
      }
      return sum
    }

    var informed = WANController(settings.control)
    let idle = PerDirection<BitsPerSecond?>(
      download: BitsPerSecond(2_000_000), upload: BitsPerSecond(500_000))
    let withRates = Cost.measure(operations: rtts.count) {
      var sum: Int64 = 0
      var time = start
      for rtt in rtts {
        time = time + controlInterval
        informed.noteQueueRates(idle, at: time)
        let decision = informed.step(Measurement(rtt: Milliseconds(rtt)), at: time)
        sum &+= decision.directions.upload.rate.rawValue
      }
      return sum
    }

    var policy = FallbackPolicy(settings.fallback)
    let lost = Cost.measure(operations: rtts.count) {
      var frozen = 0
      for index in rtts.indices {
        if index.isMultiple(of: 4) { policy.answered() }
        let verdict = policy.lost(
          gatewayAnswered: true, tcpRTT: nil, load: Milliseconds(rtts[index]))
        if case .freeze = verdict { frozen += 1 }
      }
      return frozen
    }
    return [
      Row(operation: "step", cost: step), Row(operation: "queue rates + step", cost: withRates),
      Row(operation: "fallback of a lost round", cost: lost),
    ]
  }
}
