import History
import Model
import Testing

@testable import Daemon

@Suite struct MinuteTallyTests {
  private func decision(_ seconds: Double, held: Bool = false) throws -> Decision {
    var engine = LoopEngine(
      try cableSettings(
        fallback: LoopSettings.Fallback(isEnabled: false, mode: held ? .freeze : .useLastRTT)))
    return engine.step(held ? nil : Milliseconds(25), at: at(seconds * 1000)).decision
  }

  /// 1 780 000 000 is 40 s into a minute.
  @Test func aMinuteIsToldWhenTheNextBegins() throws {
    var tally = MinuteTally()
    for second in 0..<20 {
      let rows = tally.take(
        try decision(Double(second), held: second < 3),
        sampleAge: second < 3 ? nil : Milliseconds(second < 10 ? 1 : 3),
        isRouterLost: second >= 5 && second < 9,
        wan: "cable")
      #expect(rows.isEmpty)
    }
    tally.countWrite(confirmedAfter: Milliseconds(10))
    tally.countWrite(confirmedAfter: Milliseconds(30))
    tally.countMissedTicks(7)
    let rows = tally.take(try decision(20), sampleAge: nil, isRouterLost: false, wan: "cable")
    #expect(rows.allSatisfy { $0.wan == "cable" && $0.granularity == .minute })
    #expect(rows.allSatisfy { $0.timestamp == 1_779_999_960 && $0.labels == nil })
    let values = Dictionary(uniqueKeysWithValues: rows.map { ($0.metric, $0.value) })
    #expect(
      values == [
        .routerWrites: 2, .routerOutage: 4, .heldCycles: 3, .missedTicks: 7, .confirmationAge: 20,
        // Seven of 1 ms and ten of 3 ms.
        .sampleAge: 37.0 / 17,
      ])
    #expect(tally.take(try decision(79), sampleAge: nil, isRouterLost: false, wan: "cable").isEmpty)
    let quiet = tally.take(try decision(80), sampleAge: nil, isRouterLost: false, wan: "cable")
    #expect(quiet.map(\.value) == [0, 0, 0, 0])
  }

  /// A clock that is set, or a host that slept, makes no outage of hours.
  @Test func jumpsAreNoOutage() throws {
    var tally = MinuteTally()
    for second in [0, 10_000, 5, 6] as [Double] {
      let rows = tally.take(try decision(second), sampleAge: nil, isRouterLost: true, wan: "cable")
      #expect(rows.first { $0.metric == .routerOutage }.map { $0.value <= 1 } ?? true)
    }
  }

  @Test func countsOfAMinuteAreNotWaitedFor() {
    func row(_ tier: Granularity) -> HistoryEntry {
      .row(MetricRow(timestamp: 0, wan: "w", metric: .routerWrites, value: 1, granularity: tier))
    }
    #expect(!row(.minute).isUrgent)
    #expect(row(.raw).isUrgent)
  }
}
