import Model
import Testing

@testable import Daemon

@Suite struct QueueCountersTests {
  private func row(
    bytes: Int64?, packets: Int64? = 0, dropped: Int64? = nil, name: String = "WAN-Download"
  ) -> QueueRow {
    QueueRow(
      name: name, maxLimit: BitsPerSecond(1), bytes: bytes, packets: packets, dropped: dropped)
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
}
