import Foundation
import LineModel
import Model
import Testing

@Suite struct ScenarioTests {
  private func decode(_ text: String) throws -> Scenario {
    try JSONDecoder().decode(Scenario.self, from: Data(text.utf8))
  }

  private static let small = """
    {"base_rtt_ms": 20, "download": {"capacity_mbps": 100, "load_mbps": 5},
     "upload": {"capacity_mbps": 20, "load_mbps": 1}}
    """

  @Test func theSmallestScenarioHasDefaults() throws {
    let scenario = try decode(Self.small)
    #expect(scenario.duration == Milliseconds(60_000))
    #expect(scenario.download.bufferTime == Milliseconds(250))
    #expect(scenario.upload.senderLag == .zero)
    #expect(scenario.faults.isEmpty && scenario.outages.isEmpty)
  }

  @Test func everyKeyIsRead() throws {
    let scenario = try decode(
      """
      {"name": "n", "summary": "s", "duration_s": 90, "jitter_ms": 0.5, "loss": 0.01,
       "full_buffer_loss": 0.1, "reflector_extra_ms": [0, 2],
       "base_rtt_ms": {"from": 20, "changes": [{"at_s": 10, "to": 30}]},
       "download": {"capacity_mbps": {"from": 100, "repeat_s": 60,
                      "changes": [{"at_s": 5, "to": 50, "over_s": 2}]},
                    "load_mbps": 300, "buffer_bytes": 1000000, "shaper_backlog_ms": 15,
                    "sender_lag_ms": 25},
       "upload": {"capacity_mbps": 20, "load_mbps": 1, "buffer_ms": 100},
       "outages": [{"from_s": 1, "to_s": 2}],
       "faults": [{"from_s": 3, "to_s": 4}, {"reflector": 1, "from_s": 3, "to_s": 4, "extra_ms": 9},
                  {"reflector": 2, "from_s": 3, "to_s": 4, "loss": 0.5}]}
      """)
    func window(_ from: Double, _ to: Double) -> Scenario.Window {
      Scenario.Window(from: Milliseconds(seconds: from), to: Milliseconds(seconds: to))
    }
    let expected = Scenario(
      name: "n", summary: "s", duration: Milliseconds(90_000),
      baseRTTms: Schedule(20, changes: [Schedule.Change(at: Milliseconds(10_000), to: 30)]),
      jitter: Milliseconds(0.5), loss: 0.01, fullBufferLoss: 0.1,
      reflectorExtra: [.zero, Milliseconds(2)],
      download: Scenario.Link(
        capacityMbps: Schedule(
          100,
          changes: [Schedule.Change(at: Milliseconds(5000), to: 50, over: Milliseconds(2000))],
          period: Milliseconds(60_000)), loadMbps: 300, bufferBytes: 1e6,
        shaperBacklog: Milliseconds(15), senderLag: Milliseconds(25)),
      upload: Scenario.Link(capacityMbps: 20, loadMbps: 1, bufferTime: Milliseconds(100)),
      outages: [window(1, 2)],
      faults: [
        Scenario.Fault(reflector: nil, window: window(3, 4)),
        Scenario.Fault(reflector: 1, window: window(3, 4), loss: 0, extra: Milliseconds(9)),
        Scenario.Fault(reflector: 2, window: window(3, 4), loss: 0.5),
      ])
    #expect(scenario == expected)
  }

  /// What is put into the small scenario, and what is said about it.
  @Test(arguments: [
    (#""base_rtt_ms": 20"#, #""base_rtt_ms": -1"#, "base_rtt_ms: -1.0 is not from 0 to 60000"),
    (#""base_rtt_ms": 20"#, #""base_rtt_ms": "x""#, "base_rtt_ms: expected an object or a list"),
    (#""base_rtt_ms": 20"#, #""rtt": 20"#, "rtt: unknown key; known here: name, "),
    (#""base_rtt_ms": 20,"#, "", "base_rtt_ms: is missing"),
    ("5}", #"5, "speed": 3}"#, "download.speed: unknown key; known here: capacity_mbps, "),
    (
      #""load_mbps": 5"#, #""load_mbps": {"from": 1, "changes": [{"at_s": 1, "too": 2}]}"#,
      "download.load_mbps.changes.[0].too: unknown key"
    ),
    (
      #""load_mbps": 5"#,
      #""load_mbps": {"from": 1, "changes": [{"at_s": 2, "to": 2}, {"at_s": 1, "to": 3}]}"#,
      "download.load_mbps: the changes are not in order of at_s"
    ),
    (
      #""load_mbps": 5"#, #""load_mbps": {"from": 1, "repeat_s": 0.001}"#,
      "download.load_mbps.repeat_s: 0.001 is below 0.01"
    ),
    (#""load_mbps": 5"#, #""load_mbps": 1e9"#, "download.load_mbps: 1000000000.0 is not from"),
    (#""load_mbps": 5"#, #""load_mbps": true"#, "download.load_mbps: expected an object"),
    ("5}", #"5, "buffer_ms": "x"}"#, "download.buffer_ms: expected a number"),
    ("5}", #"5, "buffer_bytes": -1}"#, "download.buffer_bytes: -1.0 is not from 0 to 1e12"),
    ("{\"base", #"{"loss": 1.5, "base"#, "loss: 1.5 is not a probability"),
    ("{\"base", #"{"duration_s": 0, "base"#, "duration_s: 0.0 ms is not a time"),
    ("{\"base", #"{"duration_s": 1e300, "base"#, "duration_s: "),
    ("{\"base", #"{"name": 3, "base"#, "name: expected a text"),
    (
      "{\"base", #"{"outages": [{"from_s": 2, "to_s": 1}], "base"#,
      "outages: ends at 1.0 s, not after its beginning at 2.0 s"
    ),
    (
      "{\"base",
      #"{"outages": [{"from_s": 2, "to_s": 4}, {"from_s": 3, "to_s": 5}], "base"#,
      "outages: must be in order and apart"
    ),
    (
      "{\"base", #"{"faults": [{"reflector": -1, "from_s": 2, "to_s": 4}], "base"#,
      "faults.reflector: -1 is not 0 or more"
    ),
    (#""base_rtt_ms": 20,"#, "[", "not valid JSON"),
  ])
  func aWrongScenarioSaysWhatIsWrong(old: String, new: String, expected: String) {
    let text = Self.small.replacingOccurrences(of: old, with: new)
    do {
      _ = try decode(text)
      Issue.record("accepted: \(text)")
    } catch let error as ScenarioError {
      #expect(error.description.hasPrefix(expected), "\(error)")
    } catch let error as DecodingError {
      #expect(ScenarioError(error).description.hasPrefix(expected), "\(ScenarioError(error))")
    } catch {
      Issue.record(error)
    }
  }

  @Test(arguments: BuiltInScenario.allCases) func theBuiltInScenariosAreValid(
    name: BuiltInScenario
  ) throws {
    let scenario = name.scenario(
      nominal: PerDirection(
        download: BitsPerSecond(100_000_000), upload: BitsPerSecond(20_000_000)),
      baseRTT: Milliseconds(20))
    try scenario.validate()
    #expect(scenario.name == name.rawValue && !scenario.summary.isEmpty)
    var line = Line(scenario, seed: 3)
    line.advance(to: scenario.duration)
    #expect(line.now == scenario.duration)
  }
}
