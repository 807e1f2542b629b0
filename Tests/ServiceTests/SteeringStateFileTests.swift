import Foundation
import Model
import TestSupport
import Testing

@testable import Service

@Suite struct SteeringStateFileTests {
  let folder: TemporaryFolder
  let file: SteeringStateFile
  let fresh = SteeringState(name: "WAN1_GOOD")
  let running = SteeringState(
    name: "WAN1_DEGRADED", goodCount: 4,
    primary: SteeringState.Line(
      baseline: Milliseconds(25), rtts: [70, 26.5], deltas: [45, 1.5], rttAverage: 23.85,
      queueAverage: 39.352, drops: [4, 0], queuedPackets: [90, 1], zones: ["RED", "YELLOW"],
      zone: "YELLOW", readFailures: 1),
    transitions: [
      SteeringState.Transition(
        moment: .text("2026-11-20T23:35:17.678321"), from: "WAN1_GOOD", to: "WAN1_DEGRADED",
        badCount: 0, goodCount: 0)
    ], lastTransition: .text("2026-11-20T23:35:17.678321"))

  init() throws {
    folder = try TemporaryFolder()
    file = SteeringStateFile(path: folder.file("state.json"))
  }

  @Test func writesTheOriginalsText() throws {
    try file.save(running)
    let expected =
      #"{"current_state":"WAN1_DEGRADED","bad_count":0,"good_count":4,"baseline_rtt":25.0,"#
      + #""history_rtt":[70.0,26.5],"history_delta":[45.0,1.5],"#
      + #""transitions":[{"timestamp":"2026-11-20T23:35:17.678321","from":"WAN1_GOOD","#
      + #""to":"WAN1_DEGRADED","bad_count":0,"good_count":0}],"#
      + #""last_transition_time":"2026-11-20T23:35:17.678321","rtt_delta_ewma":23.85,"#
      + #""queue_ewma":39.352,"cake_drops_history":[4,0],"queue_depth_history":[90,1],"#
      + #""cake_state_history":["RED","YELLOW"],"red_count":0,"congestion_state":"YELLOW","#
      + #""cake_read_failures":1}"#
    #expect(try folder.text(of: "state.json") == expected)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func goesOnFromWhatWasWritten() throws {
    try file.save(running)
    #expect(
      file.load(defaults: fresh) == LoadedState(state: running, isRestored: true, findings: []))
    var state = running
    state.activeTarget = "wan3"
    state.targets = ["wan2": SteeringState.Line(), "wan3": running.primary]
    try file.save(state)
    #expect(file.load(defaults: fresh).state == state)
    #expect(file.peek(defaults: fresh).state == state)
  }

  @Test func timesBecomeLocal() throws {
    var state = running
    let time = UnixTime(microseconds: 1_780_000_000_050_000)
    state.transitions[0].moment = .at(time)
    state.lastTransition = .at(time)
    try file.save(state)
    let loaded = file.load(defaults: fresh).state
    #expect(loaded.lastTransition == .text(LocalTime(time).iso8601))
    #expect(loaded.transitions[0].moment == loaded.lastTransition)
  }

  @Test func theVersionBeforeStandsInForADamagedOrMissingFile() throws {
    try file.save(running)
    try file.save(fresh)
    try folder.write("{\"current_state\":", to: "state.json")
    var loaded = file.load(defaults: fresh)
    #expect(loaded.state == running && loaded.isRestored)
    #expect(loaded.findings.last == .usedBackup(path: file.path + ".backup"))
    #expect(try folder.names() == ["state.json.backup", "state.json.corrupt"])
    // Now the file is missing.
    loaded = file.load(defaults: fresh)
    #expect(loaded.state == running && loaded.isRestored && loaded.findings.count == 1)
    #expect(!file.peek(defaults: fresh).isRestored)
  }

  @Test(arguments: [
    (#"{"current_state":"garbage"}"#, "current_state"), (#"{"current_state":5}"#, "current_state"),
    (#"{"good_count":"3"}"#, "good_count"), (#"{"red_count":2.5}"#, "red_count"),
    (#"{"bad_count":true}"#, "bad_count"), (#"{"rtt_delta_ewma":NaN}"#, "rtt_delta_ewma"),
    (#"{"queue_ewma":null}"#, "queue_ewma"), (#"{"baseline_rtt":"25"}"#, "baseline_rtt"),
    (#"{"history_rtt":[1,"x"]}"#, "history_rtt.1"), (#"{"history_delta":4}"#, "history_delta"),
    (#"{"cake_drops_history":[0.5]}"#, "cake_drops_history.0"),
    (#"{"cake_state_history":[1]}"#, "cake_state_history.0"),
    (#"{"transitions":[{}]}"#, "transitions.0"), (#"{"transitions":{}}"#, "transitions"),
    (#"{"last_transition_time":7}"#, "last_transition_time"),
    (#"{"congestion_state":[]}"#, "congestion_state"), (#"{"wans":[]}"#, "wans"),
    (#"{"wans":{"wan2":5}}"#, "wans.wan2"),
    (#"{"wans":{"wan2":{"queue_ewma":Infinity}}}"#, "wans.wan2.queue_ewma"),
    (#"{"active_target":5}"#, "active_target"),
  ])
  func aBadValueFallsBackAlone(text: String, key: String) throws {
    let rest = #","cake_read_failures":3}"#
    try folder.write(text.dropLast() + rest, to: "state.json")
    let loaded = file.load(defaults: fresh)
    var expected = fresh
    expected.primary.readFailures = 3
    if key.hasPrefix("wans.wan2.") { expected.targets = ["wan2": SteeringState.Line()] }
    #expect(loaded.state == expected && loaded.isRestored)
    guard case .badField(let found, _, _)? = loaded.findings.first else {
      Issue.record("\(loaded.findings)")
      return
    }
    #expect(found == key && loaded.findings.count == 1)
  }

  @Test func absurdNumbersAreLimited() throws {
    try folder.write(
      #"{"good_count":9223372036854775807,"red_count":-1e300,"cake_drops_history":[1e300]}"#,
      to: "state.json")
    let state = file.load(defaults: fresh).state
    #expect(state.goodCount == 1 << 53 && state.redCount == -(1 << 53))
    #expect(state.primary.drops == [1 << 53])
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func noBytesTrap(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var bytes = SteeringStateText.encode(running)
    for _ in 0..<20 {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] =
        UInt8(truncatingIfNeeded: random.next())
      _ = try? SteeringStateText.decode(bytes, defaults: fresh)
    }
    _ = try? SteeringStateText.decode(
      Array(bytes.prefix(.random(in: 0..<bytes.count, using: &random))), defaults: fresh)
  }
}
