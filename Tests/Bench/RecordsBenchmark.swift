import Control
import Model

extension Benchmark {
  /// Records as the loop records them and as `replay` reads them.
  static let records = Benchmark(
    name: "records",
    goal: "an rtt record in 3 µs, without a malloc: a day of three reflectors in half a minute"
  ) {
    let time = UnixTime(microseconds: 1_780_000_000_123_456)
    let rtt = Record.rtt(
      RTTRecord(
        time: time, wan: "wan1", host: "1.1.1.1", seq: 123_456, rtt: Milliseconds(23.107),
        method: .icmp, clock: .kernel))
    var controller = WANController(try LoopSettings.bench().control)
    let decision = Record.decision(
      DecisionRecord(
        controller.step(Measurement(rtt: Milliseconds(23.107)), at: time), wan: "wan1",
        verbose: true))
    let queue = Record.queue(
      QueueRecord(
        time: time, wan: "wan1",
        row: QueueRow(
          name: "WAN-Download-1", maxLimit: BitsPerSecond(612_000_000),
          rate: BitsPerSecond(48_200_000), bytes: 123_456_789, packets: 98_765, dropped: 4321,
          queuedBytes: 0, queuedPackets: 0, leaf: "cake"),
        interval: Milliseconds(1000),
        change: QueueRecord.Change(bytes: 6_025_000, packets: 4100, dropped: 2)))
    return try [("rtt", rtt), ("decision", decision), ("queue", queue)].flatMap { name, record in
      [
        Row(operation: "write \(name)", cost: write(record)),
        Row(operation: "read \(name)", cost: try read(record)),
      ]
    }
  }

  private static func write(_ record: Record) -> Cost {
    let lines = 2000
    var json = JSONWriter(reserving: 4096)
    return Cost.measure(operations: lines) {
      var bytes = 0
      for _ in 0..<lines {
        json.removeAll()
        record.write(to: &json)
        json.newline()
        bytes += json.withBytes { $0.count }
      }
      return bytes
    }
  }

  private static func read(_ record: Record) throws -> Cost {
    let lines = 2000
    let line = Array(record.line.utf8)
    let reader = RecordReader()
    return try Cost.measure(operations: lines) {
      var read = 0
      for _ in 0..<lines {
        if case .record = try reader.read(line) { read += 1 }
      }
      return read
    }
  }
}
