import Model
import Router
import TestSupport
import Testing

@Suite struct QueueCountersTests {
  private static let start = UnixTime(seconds: 1_800_000_000)

  private func at(_ milliseconds: Double) -> UnixTime { Self.start + Milliseconds(milliseconds) }

  private func row(
    bytes: Int64?, packets: Int64? = 0, dropped: Int64? = nil, name: String = "WAN-Download",
    id: String? = nil
  ) -> QueueRow {
    QueueRow(
      name: name, id: id, maxLimit: BitsPerSecond(1), bytes: bytes, packets: packets,
      dropped: dropped)
  }

  @Test func theFirstReadHasNoChange() {
    var counters = QueueCounters()
    let record = counters.record(row(bytes: 1_000_000), wan: "wan1", at: at(0))
    #expect(record.change == nil)
    #expect(record.interval == nil)
  }

  @Test func theNextTellsWhatWasAdded() {
    var counters = QueueCounters()
    _ = counters.record(row(bytes: 1000, packets: 10, dropped: 1), wan: "wan1", at: at(0))
    _ = counters.record(row(bytes: 5, name: "WAN-Upload"), wan: "wan1", at: at(0))
    let record = counters.record(
      row(bytes: 4000, packets: 12, dropped: 1), wan: "wan1", at: at(1000))
    #expect(record.change == QueueRecord.Change(bytes: 3000, packets: 2, dropped: 0))
    #expect(record.interval == Milliseconds(1000))
  }

  @Test(
    arguments: [
      (1000, 9, 0), (999, 10, 0), (2000, 20, nil), (nil, 20, 3), (0, 0, 0), (Int64.min, 10, 5),
    ] as [(Int64?, Int64?, Int64?)])
  func aResetIsNeverNegative(bytes: Int64?, packets: Int64?, dropped: Int64?) {
    var counters = QueueCounters()
    _ = counters.record(row(bytes: 1000, packets: 10, dropped: 2), wan: "wan1", at: at(0))
    let next = counters.record(
      row(bytes: bytes, packets: packets, dropped: dropped), wan: "wan1", at: at(1000))
    if let change = next.change {
      #expect(change.bytes >= 0 && change.packets >= 0 && (change.dropped ?? 0) >= 0)
      #expect(dropped == nil)
    }
  }

  @Test func aQueueThatWasMadeAnewBeginsAnew() {
    var counters = QueueCounters()
    _ = counters.record(row(bytes: 1000, id: "*1000000"), wan: nil, at: at(0))
    let anew = counters.record(row(bytes: 9000, id: "*1000007"), wan: nil, at: at(1000))
    #expect(anew.change == nil && anew.interval == Milliseconds(1000))
    let next = counters.record(row(bytes: 9500, id: "*1000007"), wan: nil, at: at(2000))
    #expect(next.change?.bytes == 500)
  }

  @Test func nothingIsComparedAcrossARestart() {
    var counters = QueueCounters()
    _ = counters.record(row(bytes: 1000), wan: nil, at: at(0))
    counters.forget()
    // More than before: the counters alone would not tell.
    let after = counters.record(row(bytes: 5000), wan: nil, at: at(60_000))
    #expect(after.change == nil && after.interval == Milliseconds(60_000))
    #expect(counters.record(row(bytes: 5001), wan: nil, at: at(61_000)).change?.bytes == 1)
  }

  /// A queue with all that can happen to it. What is reported is exactly what was carried, or
  /// nothing; only a reset that the traffic since then hides leaves too little, never too much.
  @Test func theChangesAddUpWhateverHappens() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      var counters = QueueCounters()
      var (bytes, id, time) = (Int64.random(in: 0...1_000_000, using: &random), 0x100_0000, 0.0)
      var last: (bytes: Int64, time: Double)?
      // Since the last reading.
      var (carried, isAnother, wasReset) = (Int64(0), false, false)
      for _ in 0..<100 {
        let amount = Int64.random(in: 0...100_000, using: &random)
        time += Double.random(in: 1...2000, using: &random)
        var isRead = true
        switch Int.random(in: 0..<20, using: &random) {
        case 0: (bytes, wasReset) = (0, true)
        case 1: (bytes, id, isAnother) = (0, id + 1, true)
        case 2:
          counters.forget()
          (bytes, isAnother) = (0, true)
        // An outage: traffic goes on unseen.
        case 3...5: isRead = false
        default: break
        }
        bytes += amount
        carried += amount
        guard isRead else { continue }
        let record = counters.record(
          row(bytes: bytes, packets: bytes / 1000, id: "*\(String(id, radix: 16))"), wan: nil,
          at: at(time))
        if let last, !isAnother, !wasReset || bytes >= last.bytes {
          let change = record.change?.bytes
          #expect(
            wasReset ? (0...carried).contains(change ?? -1) : change == carried, "seed \(seed)")
        } else {
          #expect(record.change == nil, "seed \(seed)")
        }
        #expect(record.interval == last.map { at(time) - at($0.time) }, "seed \(seed)")
        (carried, isAnother, wasReset, last) = (0, false, false, (bytes, time))
      }
    }
  }
}
