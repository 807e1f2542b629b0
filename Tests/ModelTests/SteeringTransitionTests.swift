import Foundation
import Model
import TestSupport
import Testing

/// Lines of the transition log.
@Suite struct SteeringTransitionTests {
  static let full = SteeringTransition(
    time: UnixTime(microseconds: 1_780_000_000_050_000), wan: "wan1", from: "WAN1_DEGRADED",
    to: "WAN1_DEGRADED", action: .enable, reason: .target, applied: true, target: "wan3",
    replaced: "wan2",
    figures: SteeringTransition.Figures(
      rtt: Milliseconds(70), baseline: Milliseconds(25), delta: Milliseconds(45),
      rttAverage: Milliseconds(33.5), queueAverage: 64.92, drops: 4, queuedPackets: 90,
      assessment: .red),
    confidence: SteeringTransition.Confidence(score: 85, contributors: ["RED", "queue_high(90%)"]))

  static let short = SteeringTransition(
    time: UnixTime(microseconds: 1_780_000_000_000_000), wan: "wan1", from: "WAN1_GOOD",
    to: "WAN1_DEGRADED", action: .enable, reason: .manual, applied: true, target: "wan2")

  private func line(_ transition: SteeringTransition) -> String {
    var json = JSONWriter()
    transition.write(to: &json)
    return json.text
  }

  @Test func hasItsKeysInOrder() {
    #expect(
      line(Self.full)
        == #"{"type":"transition","t":1780000000.050000,"wan":"wan1","from":"WAN1_DEGRADED","#
        + #""to":"WAN1_DEGRADED","action":"enable","reason":"target","applied":true,"#
        + #""dry_run":false,"target":"wan3","replaced":"wan2","rtt_ms":70.0,"#
        + #""baseline_rtt_ms":25.0,"delta_ms":45.0,"rtt_ewma_ms":33.5,"queue_ewma":64.92,"#
        + #""drops":4,"queued_packets":90,"assessment":"RED","#
        + #""confidence":{"score":85,"contributors":["RED","queue_high(90%)"]}}"#)
    #expect(
      line(Self.short)
        == #"{"type":"transition","t":1780000000.000000,"wan":"wan1","from":"WAN1_GOOD","#
        + #""to":"WAN1_DEGRADED","action":"enable","reason":"manual","applied":true,"#
        + #""dry_run":false,"target":"wan2"}"#)
  }

  @Test(arguments: [full, short])
  func readsWhatItWrote(transition: SteeringTransition) throws {
    #expect(try SteeringTransition(line(transition).utf8) == transition)
    var other = transition
    other.applied = nil
    other.isDryRun = true
    other.target = nil
    other.figures?.drops = nil
    other.figures?.assessment = nil
    other.figures?.rtt = nil
    #expect(try SteeringTransition(line(other).utf8) == other)
  }

  @Test(arguments: [
    ("", "not valid JSON"), ("{}", "type is missing"),
    (#"{"type":"steer"}"#, "the record is no transition"),
    (
      #"{"type":"transition","t":1,"wan":"w","from":"a","to":"b","action":"enable"}"#,
      "reason is missing"
    ),
    (
      #"{"action":"on"}"#, "action: expected one of enable, disable, found 'on'"
    ),
    (#"{"drops":1.5}"#, "drops: expected a whole number of at most 64 bits"),
    (#"{"confidence":{}}"#, "confidence.score is missing"),
  ])
  func saysWhatIsWrong(line: String, message: String) {
    let error = #expect(throws: RecordError.self) { try SteeringTransition(line.utf8) }
    #expect(error?.message == message)
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func noBytesTrap(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var bytes = Array(line(Self.full).utf8)
    for _ in 0..<20 {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] =
        UInt8(truncatingIfNeeded: random.next())
      _ = try? SteeringTransition(bytes)
      _ = try? SteeringTransition(bytes.prefix(.random(in: 0..<bytes.count, using: &random)))
    }
  }

  @Test func everyKeyAndReasonIsDocumented() throws {
    let words = try #require(try ManualTests.sections()["transition"])
      .union(try #require(try ManualTests.sections()["Common"]))
    let value = try JSONSerialization.jsonObject(with: Data(line(Self.full).utf8))
    #expect(ManualTests.keys(of: value).subtracting(words) == [])
    let reasons = Set(SteeringTransition.Reason.allCases.map(\.rawValue))
    // Those of a cycle are told there.
    #expect(
      reasons.subtracting(words.union(try #require(try ManualTests.sections()["steer"]))) == [])
  }

  @Test(arguments: [
    ("/var/lib/wanctl/steering_state.json", "/var/lib/wanctl/steering_transitions.jsonl"),
    ("state.json", "state_transitions.jsonl"), ("a.b/state", "a.b/state_transitions.jsonl"),
    ("_state.json", "_state_transitions.jsonl"), (".state", ".state_transitions.jsonl"),
  ])
  func theLogIsBesideTheState(state: String, log: String) {
    #expect(SteeringSettings.transitionLog(besideState: state) == log)
  }
}
