import Daemon
import Measure
import Model

extension Benchmark {
  /// One round of three reflectors, from the outcomes of its probes.
  static let engine = Benchmark(
    name: "engine", goal: "a round of three probes in 2 µs, without a malloc"
  ) {
    let settings = try LoopSettings.bench()
    let rounds = 5000
    let outcomes = benchOutcomes(rounds: rounds, reflectors: settings.probe.reflectors.count)

    let assembly = Cost.measure(operations: rounds) {
      var assembler = RoundAssembler(
        reflectors: 3, timeout: settings.probe.timeout, aggregation: .medianOfThree)
      var closed = 0
      for outcome in outcomes {
        while assembler.next(by: outcome.time) != nil { closed += 1 }
        _ = assembler.note(outcome)
        while assembler.next(by: outcome.time) != nil { closed += 1 }
      }
      return closed
    }
    let engine = Cost.measure(operations: rounds) {
      var engine = LoopEngine(settings)
      var decided = 0
      for outcome in outcomes { engine.take(outcome) { _ in decided += 1 } }
      return decided
    }
    return [
      Row(operation: "round assembly", cost: assembly),
      Row(operation: "round assembly + step", cost: engine),
    ]
  }

  private static func benchOutcomes(rounds: Int, reflectors: Int) -> [ProbeOutcome] {
    let rtts = benchRTTs(count: rounds * reflectors)
    return (0..<rounds * reflectors).map { index in
      let (seq, target) = index.quotientAndRemainder(dividingBy: reflectors)
      let sentAt = UnixTime(microseconds: 1_780_000_000_000_000 + Int64(seq) * 50_000)
      // One probe in 50 is lost.
      let result: ProbeOutcome.Result =
        index % 50 == 7
        ? .lost(.unreachable, waited: Milliseconds(30))
        : .answered(Milliseconds(rtts[index]), .kernel)
      return ProbeOutcome(target: target, method: .icmp, seq: seq, sentAt: sentAt, result: result)
    }
    .sorted { $0.time < $1.time }
  }
}
