import Daemon
import Foundation
import Model
import Platform
import TestSupport
import Testing

@Suite struct SteeringReplayTests {
  static let settings = SteeringControlSettings(
    primary: "wan1", interval: Milliseconds(50), targets: [.init(name: "wan2")], historySize: 240)

  private func decisions(
    _ lines: [String], _ settings: SteeringControlSettings = settings
  ) throws -> [SteeringDecision] {
    var replay = SteeringReplay(settings)
    return try lines.compactMap { try replay.take(line: Array($0.utf8)) }
  }

  private func line(
    _ time: Double, rtt: String, dropped: String = "0", queued: Int = 0, baseline: String = "25",
    rule: String = "ok"
  ) -> String {
    #"{"t":\#(time),"baseline_rtt_ms":\#(baseline),"rtt_ms":\#(rtt),"#
      + #""queue":{"packets":1,"bytes":2,"dropped":\#(dropped),"queued_packets":\#(queued),"#
      + #""queued_bytes":3},"rule":"\#(rule)"}"#
  }

  @Test func oneDecisionPerCycle() throws {
    let decisions = try decisions([
      line(1000, rtt: "26", dropped: "500"), "",
      line(1000.05, rtt: "90", dropped: "503", queued: 60),
      line(1000.1, rtt: "90", dropped: "505", queued: 80, rule: "fail"),
      line(1000.15, rtt: "90", dropped: "509", queued: 80),
      line(1000.2, rtt: "26", dropped: "509", baseline: "null"),
    ])
    #expect(decisions.map(\.drops) == [500, 3, 2, 4, 0])
    #expect(decisions.map(\.applied) == [nil, nil, false, true, nil])
    #expect(decisions.map(\.isDegraded) == [false, false, false, true, true])
    #expect(decisions.map(\.time.seconds) == [1000, 1000.05, 1000.1, 1000.15, 1000.2])
    #expect(decisions.last?.baseline == Milliseconds(25))
  }

  @Test func aFailedCycleIsADecisionToo() throws {
    let decisions = try decisions([
      line(1, rtt: "26", baseline: "null"), line(2, rtt: "null"), line(3, rtt: "26"),
    ])
    #expect(decisions.map(\.failure) == [.noBaseline, .noRTT, nil])
  }

  @Test func linesWithoutATimeAreOneIntervalApart() throws {
    let decisions = try decisions([
      #"{"baseline_rtt_ms":25,"rtt_ms":26,"queue":null}"#, #"{"t":5,"rtt_ms":26}"#,
      #"{"rtt_ms":26}"#,
    ])
    #expect(decisions.map(\.time.seconds) == [0, 5, 5.05])
    #expect(decisions.allSatisfy { $0.failure == nil && $0.queuedPackets == 0 })
  }

  @Test func aCAKELeafHasNoDrops() throws {
    let decisions = try decisions(
      (0..<3).map { line(Double($0) * 0.05, rtt: "90", dropped: "null", queued: 80) })
    #expect(decisions.map(\.drops) == [nil, nil, nil])
    #expect(decisions.map(\.assessment) == [.red, .red, .red])
    #expect(decisions[1].action?.kind == .enable)
  }

  @Test(arguments: [0.05, 1, 2])
  func aDeadPrimaryIsLeft(interval: Double) throws {
    var settings = Self.settings
    settings.interval = Milliseconds(seconds: interval)
    let lines = (0..<60).map { line(Double($0) * interval, rtt: $0 == 0 ? "26" : "null") }
    let decisions = try decisions(lines, settings)
    let dead = try #require(decisions.first { $0.action != nil })
    #expect(dead.action?.reason == .dead && dead.isDegraded)
    #expect(dead.time.seconds == max(1.5, 3 * interval))
  }

  /// Whoever stopped recording has not seen a line die.
  @Test func aGapInTheRecordingIsNoDeath() throws {
    let lines =
      [line(0, rtt: "26")] + (0..<20).map { line(1000 + Double($0) * 0.05, rtt: "null") }
    #expect(try decisions(lines).allSatisfy { $0.action == nil })
  }

  @Test func targetsAreMeasuredWhereTheLineHasThem() throws {
    var settings = Self.settings
    settings.targets = ["wan2", "wan3"].map { .init(name: $0, thresholds: .init()) }
    let bad = #""rtt_ms":200,"baseline_rtt_ms":25,"queue":{"dropped":null,"queued_packets":80}"#
    let good = #""rtt_ms":26,"baseline_rtt_ms":25,"queue":{"dropped":null,"queued_packets":0}"#
    let decisions = try decisions(
      Array(
        repeating: #"{\#(bad),"targets":{"wan2":{\#(bad)},"wan3":{\#(good)},"x":{\#(bad)}}}"#,
        count: 3),
      settings)
    #expect(decisions.last?.target == 1)
    let record = SteerRecord(try #require(decisions.last), settings: settings)
    #expect(record.target == .some("wan3"))
  }

  @Test(arguments: [
    ("nonsense", "line 1: expected an object"),
    ("{}", "line 1: rtt_ms is missing"),
    (#"{"rtt_ms":"1"}"#, "line 1: rtt_ms: expected a number"),
    (#"{"rtt_ms":1,"queue":{"queued_packets":1}}"#, "line 1: queue.dropped is missing"),
    (#"{"rtt_ms":1,"queue":{"dropped":1}}"#, "line 1: queue.queued_packets is missing"),
    (
      #"{"rtt_ms":1,"queue":{"dropped":1.5,"queued_packets":1}}"#,
      "line 1: queue.dropped: expected a whole number of at most 64 bits"
    ),
    (#"{"rtt_ms":1,"rule":"maybe"}"#, "line 1: rule: expected ok or fail, found 'maybe'"),
    (#"{"rtt_ms":1,"targets":{"wan2":{}}}"#, "line 1: targets.wan2.rtt_ms is missing"),
    (#"{"rtt_ms":1e999}"#, "line 1: rtt_ms: the number is too large"),
    (#"{"rtt_ms":1} x"#, "line 1: not valid JSON"),
  ])
  func aBadLineIsNamed(line: String, message: String) throws {
    var replay = SteeringReplay(Self.settings)
    let issue = #expect(throws: ReplayIssue.self) {
      _ = try replay.take(line: Array(line.utf8))
    }
    #expect(issue?.description == message)
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func noBytesTrap(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var replay = SteeringReplay(Self.settings)
    for _ in 0..<20 {
      var bytes = Array(line(1e300, rtt: "-1e308", dropped: "9223372036854775807").utf8)
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(
          truncatingIfNeeded: random.next())
      }
      _ = try? replay.take(line: bytes)
    }
  }

  @Test func theStreamWritesRecordsAndPassesOverBadLines() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "steering-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "in")
    let output = folder.appending(path: "out")
    try Data("\(line(1, rtt: "26"))\nnonsense\n\(line(1.05, rtt: "null", dropped: "null"))".utf8)
      .write(to: input)
    let reading = try FileDescriptor(owning: systemCall("open") { open(input.path, O_RDONLY) })
    let writing = try FileDescriptor(
      owning: systemCall("open") { open(output.path, O_WRONLY | O_CREAT, 0o600) })
    var stream = SteeringStream(
      settings: Self.settings, restoring: nil, output: writing.rawValue)
    var issues: [String] = []
    try stream.run(on: reading.rawValue) { issues.append($0.description) }
    #expect(issues == ["line 2: expected an object"] && stream.issues == 1)
    let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
    #expect(
      lines.first ?? ""
        == #"{"type":"steer","t":1.000000,"wan":"wan1","delta_ms":1.0,"rtt_ewma_ms":1.0,"#
        + #""queue_ewma":0.0,"drops":0,"queued_packets":0,"assessment":"GREEN","#
        + #""state":"WAN1_GOOD","red_count":0,"good_count":0,"bad_count":0,"action":null,"#
        + #""applied":null,"reason":null}"#)
    #expect(lines.count == 2 && lines[1].contains(#""drops":null"#))
  }
}
