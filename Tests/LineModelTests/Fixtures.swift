import LineModel
import Model

enum Fixtures {
  /// A quiet line: 100/20 Mbit/s, 20 ms, 250 ms of buffer; no chance in it.
  static func scenario(
    load: Schedule = 0, uploadLoad: Schedule = 0, capacity: Schedule = 100
  ) -> Scenario {
    Scenario(
      name: "test", duration: Milliseconds(60_000), baseRTTms: 20, fullBufferLoss: 0,
      download: Scenario.Link(capacityMbps: capacity, loadMbps: load),
      upload: Scenario.Link(capacityMbps: 20, loadMbps: uploadLoad))
  }

  /// Anything that may happen to a line.
  static func random(_ random: inout SeededGenerator) -> Scenario {
    func schedule(upTo maximum: Double) -> Schedule {
      var time = 0.0
      let changes = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        time += Double.random(in: 10...8000, using: &random)
        return Schedule.Change(
          at: Milliseconds(time), to: Double.random(in: 0...maximum, using: &random),
          over: Milliseconds(
            Bool.random(using: &random) ? 0 : Double.random(in: 0...9000, using: &random)))
      }
      return Schedule(
        Double.random(in: 0...maximum, using: &random), changes: changes,
        period: Bool.random(using: &random)
          ? Milliseconds(Double.random(in: 10...20_000, using: &random)) : nil)
    }
    func link() -> Scenario.Link {
      Scenario.Link(
        capacityMbps: schedule(upTo: 100), loadMbps: schedule(upTo: 300),
        bufferBytes: Double.random(in: 0...3e6, using: &random),
        shaperBacklog: Milliseconds(Double.random(in: 0...50, using: &random)),
        senderLag: Milliseconds(
          Bool.random(using: &random) ? 0 : Double.random(in: 0...80, using: &random)))
    }
    let outage = Double.random(in: 0...20_000, using: &random)
    return Scenario(
      name: "random", duration: Milliseconds(30_000),
      baseRTTms: Schedule(Double.random(in: 0...80, using: &random)),
      jitter: Milliseconds(Double.random(in: 0...5, using: &random)),
      loss: Double.random(in: 0...0.1, using: &random), download: link(), upload: link(),
      outages: [
        Scenario.Window(from: Milliseconds(outage), to: Milliseconds(outage + 1500))
      ])
  }
}
