import History
import Model
import Platform
import TestSupport
import Testing

/// The storage thread as it runs.
@Suite struct HistoryWriterTests {
  /// Now, so that the ladder leaves the rows alone.
  private let start = UnixTime(microseconds: Clock.wall().wholeSeconds * 1_000_000)

  private func decision(_ index: Int, transition: Bool = false) -> Decision {
    let directions = PerDirection(
      download: DirectionDecision(
        zone: .yellow, rate: BitsPerSecond(100_000_000),
        transition: transition
          ? Transition(
            direction: .download, zone: .yellow, delta: Milliseconds(20),
            threshold: ConfiguredNumber(integer: 15)) : nil),
      upload: DirectionDecision(zone: .green, rate: BitsPerSecond(20_000_000)))
    return Decision(
      time: start + Milliseconds(Double(index) * 50),
      rtt: Milliseconds(Double(index)), load: Milliseconds(30), baseline: Milliseconds(25),
      held: false, directions: directions,
      streaks: PerDirection(download: Streaks(), upload: Streaks()))
  }

  private func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Clock.monotonic() + Milliseconds(30_000)
    while try !condition() {
      if Clock.monotonic() > deadline { return false }
      Clock.sleep(Milliseconds(5))
    }
    return true
  }

  @Test func rowsReachTheDatabase() throws {
    let folder = try TemporaryFolder()
    let wan = try Identifier("cable")
    let writer = try HistoryWriter(
      HistoryWriter.Options(
        path: folder.file("metrics.db"), commitInterval: Milliseconds(3_600_000))
    ) { Issue.record("\($0)") }
    let thread = try Thread(name: "history") { writer.run() }
    #expect(eventually { (try? folder.names().contains("metrics.db")) == true })
    for index in 0..<100 { writer.push(.cycle(wan: wan, decision(index))) }
    #expect(writer.counters.rows < 600, "the interval is an hour")
    // A change of state is worth a commit.
    writer.push(.cycle(wan: wan, decision(100, transition: true)))
    #expect(eventually { writer.counters.rows == 101 * 6 + 1 })
    writer.push(.cycle(wan: wan, decision(101)))
    writer.flush()
    #expect(eventually { writer.counters.rows == 102 * 6 + 1 })
    writer.push(.cycle(wan: wan, decision(102)))
    #expect(writer.flush(within: Milliseconds(20_000)))
    #expect(writer.counters.rows == 103 * 6 + 1)
    writer.stop()
    thread.join()
    let database = try SQLiteConnection(path: folder.file("metrics.db"), access: .readOnly)
    #expect(try database.integer("SELECT count(*) FROM metrics") == 103 * 6 + 1)
    #expect(
      try database.text("SELECT labels FROM metrics WHERE labels LIKE '%reason%'")
        == #"{"direction": "download", "reason": "RTT delta 20.0ms exceeded green threshold 15ms"}"#
    )
    let rtts = try database.prepare(
      "SELECT value, timestamp FROM metrics WHERE metric_name = 'wanctl_rtt_ms' ORDER BY id")
    for index in 0..<103 {
      #expect(try rtts.step())
      #expect(rtts.real(0) == Double(index))
      #expect(rtts.integer(1) == start.wholeSeconds + Int64(index / 20))
    }
    #expect(writer.counters.lostEntries == 0)
  }

  @Test func twoWritersAndAReaderShareAFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.db")
    let count = 3000
    let threads = try ["wan1", "wan2"].map { name in
      let wan = try Identifier(name)
      return try Thread(name: name) {
        guard
          let writer = try? HistoryWriter(
            HistoryWriter.Options(path: path, commitInterval: Milliseconds(1)),
            tell: { event in
              if case .failed = event { Issue.record("\(event)") }
            }), let thread = try? Thread(name: "history", { writer.run() })
        else {
          Issue.record("no writer")
          return
        }
        for index in 0..<count {
          writer.push(.cycle(wan: wan, decision(index)))
          if index.isMultiple(of: 10) { Clock.sleep(Milliseconds(1)) }
        }
        writer.stop()
        thread.join()
      }
    }
    // A reader never sees a part of a cycle.
    var isWhole = true
    var reads = 0
    let isThere = eventually {
      guard let reader = try? SQLiteConnection(path: path, access: .readOnly),
        (try? MetricsSchema.exists(on: reader)) == true
      else { return false }
      let rows = (try? reader.integer("SELECT count(*) FROM metrics")) ?? 0
      if rows % 6 != 0 { isWhole = false }
      reads += 1
      return rows == Int64(2 * count * 6)
    }
    for thread in threads { thread.join() }
    #expect(isThere && isWhole && reads > 0)
    let database = try SQLiteConnection(path: path, access: .readOnly)
    #expect(try database.text("PRAGMA integrity_check") == "ok")
  }

  @Test func aHeldCycleGivesNoRows() throws {
    var held = decision(1)
    held.held = true
    var rows = 0
    HistoryEntry.cycle(wan: try Identifier("w"), held).forEachRow { _ in rows += 1 }
    #expect(rows == 0)
  }

  @Test func aCycleOfSteeringGivesTheOriginalsRows() throws {
    let sample = SteeringSample(
      time: UnixTime(microseconds: -1), rtt: Milliseconds(30), baseline: Milliseconds(25),
      delta: Milliseconds(5), isEnabled: true, congestion: 2)
    var rows: [MetricRow] = []
    HistoryEntry.steering(wan: "wan1", sample).forEachRow { rows.append($0) }
    #expect(rows.map(\.metric) == [.rtt, .baseline, .delta, .steeringEnabled, .state])
    #expect(rows.map(\.value) == [30, 25, 5, 1, 2])
    #expect(rows.map(\.labels) == [nil, nil, nil, nil, #"{"source": "steering"}"#])
    #expect(rows.allSatisfy { $0.timestamp == -1 && $0.wan == "wan1" })
  }
}
