import Daemon
import Model
import Testing

@Suite struct ReplayTests {
  private func decisions(_ lines: [String], settings: LoopSettings? = nil) throws -> [Decision] {
    var replay = Replay(try settings ?? cableSettings())
    var decisions: [Decision] = []
    for line in lines { try replay.take(line: Array(line.utf8)) { decisions.append($0) } }
    return decisions
  }

  @Test func bareLinesAreOneCycleEach() throws {
    let decisions = try decisions([
      #"{"rtt_ms":25}"#, "", #"{"rtt_ms":60.0}"#, #"{"rtt_ms":null}"#, #"{"hosts":[160,100,null]}"#,
      #"{"t":9,"rtt_ms":60}"#,
    ])
    #expect(decisions.map(\.load.rawValue) == [24.5, 42.25, 42.25, 86.125, 73.0625])
    #expect(decisions.map(\.held) == [false, false, true, false, false])
    #expect(decisions.map(\.time.rawValue) == [0, 50_000, 100_000, 150_000, 9_000_000])
    #expect(decisions[1].directions.download.rate == BitsPerSecond(902_400_000))
    #expect(decisions[1].directions.download.zone == .yellow)
  }

  @Test func recordsAreGroupedIntoRounds() throws {
    let hosts = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    let lines = hosts.enumerated().map { index, host in
      Record.rtt(RTTRecord(outcome(0, index, rtt: 24 + Double(index)), wan: "cable", host: host))
        .line
    }
    let decisions = try decisions(lines)
    #expect(decisions.map(\.rtt) == [Milliseconds(25)])
    #expect(decisions.map(\.time) == [at(26)])
  }

  @Test func recordsOfAnotherWANAreNotOurs() throws {
    let line = Record.rtt(RTTRecord(outcome(0, rtt: 24), wan: "dsl", host: "198.51.100.1")).line
    #expect(try decisions([line]).isEmpty)
  }

  @Test func aHostThatIsConfiguredTwiceHasTwoAnswers() throws {
    let settings = try cableSettings(reflectors: ["192.0.2.1", "192.0.2.1"])
    let line = { Record.rtt(RTTRecord(outcome(0, rtt: $0), wan: nil, host: "192.0.2.1")).line }
    let decisions = try decisions([line(24), line(26)], settings: settings)
    #expect(decisions.map(\.rtt) == [Milliseconds(25)])
  }

  @Test func recordedDecisionsOnlyTellTheTime() throws {
    let settings = try cableSettings(reflectors: ["192.0.2.1", "192.0.2.2"])
    let first = Record.rtt(RTTRecord(outcome(0, rtt: 24), wan: "cable", host: "192.0.2.1")).line
    var recorded = try decisions([#"{"rtt_ms":24}"#])[0]
    recorded.time = at(74)
    let decision = Record.decision(DecisionRecord(recorded, wan: "cable")).line
    let decisions = try decisions([first, decision], settings: settings)
    #expect(decisions.map(\.time) == [at(74)], "one interval after the first answer")
  }

  @Test func aStartRestoresItsState() throws {
    let queue = LoopState.Queue(streaks: Streaks(green: 4), rate: 600e6)
    let state = LoopState(
      queues: PerDirection(
        download: queue, upload: LoopState.Queue(streaks: Streaks(green: 4), rate: 20e6)),
      baseline: Milliseconds(24), load: Milliseconds(24),
      lastApplied: PerDirection(download: nil, upload: nil))
    let start = Record.start(
      StartRecord(time: at(0), wan: "cable", config: "", seq: 0, state: state)
    ).line
    let decisions = try decisions([start, #"{"rtt_ms":24}"#])
    #expect(decisions[0].directions.download.rate == BitsPerSecond(610_000_000))
  }

  @Test(arguments: [
    ("not json", "line 1: not a JSON object"),
    (#"{"hosts":[1,2,3,4]}"#, "line 1: hosts has 4 values, but ping_hosts has 3"),
    (
      #"{"type":"rtt","t":1,"host":"198.51.100.9","seq":0,"rtt_ms":1}"#,
      "line 1: host 198.51.100.9 is not among ping_hosts (192.0.2.1, 192.0.2.2, 192.0.2.3)"
    ),
    (#"{"type":"rtt","t":1,"host":"192.0.2.1","rtt_ms":1}"#, "line 1: seq is missing"),
  ])
  func aBadLineIsNamed(line: String, message: String) throws {
    var replay = Replay(try cableSettings())
    let issue = #expect(throws: ReplayIssue.self) {
      try replay.take(line: Array(line.utf8)) { _ in }
    }
    #expect(issue?.description == message)
  }

  @Test func absurdNumbersDoNotTrap() throws {
    let decisions = try decisions([
      #"{"rtt_ms":1e308}"#, #"{"rtt_ms":-1e308}"#, #"{"t":1e300,"rtt_ms":24}"#,
      #"{"type":"rtt","t":-1e300,"host":"192.0.2.1","seq":9223372036854775807,"rtt_ms":1e300}"#,
      #"{"type":"rtt","t":1,"host":"192.0.2.1","seq":0,"rtt_ms":null,"waited_ms":1e300}"#,
    ])
    #expect(decisions.count >= 3)
  }
}
