import Glibc
import Measure
import Model
import Platform

extension Benchmark {
  /// One round of probes over loopback: three requests out, three answers in.
  static let probe = Benchmark(
    name: "probe", goal: "a round of three in 100 µs, without a malloc"
  ) {
    try [true, false].map { usesTransmitStamps in
      let prober = try ICMPProber(
        targets: [.loopback4, .loopback4, .loopback4], timeout: Milliseconds(1000),
        options: ProbeOptions(usesTransmitStamps: usesTransmitStamps))
      let rounds = 500
      let cost = Cost.measure(operations: rounds) {
        var answered = 0
        for seq in 0..<rounds {
          let now = Clock.monotonic()
          prober.send(seq: seq, sentAt: UnixTime(seconds: 0), now: now) { _ in }
          // Loopback answers within the call that sends.
          prober.receive(now: now) { outcome, _ in
            if outcome.rtt != nil { answered += 1 }
          }
          prober.expire(now: now) { _ in }
        }
        return answered
      }
      return Row(
        operation: usesTransmitStamps ? "round of three" : "without transmit stamps", cost: cost)
    }
  }
}
