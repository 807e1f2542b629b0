import Foundation
import Testing

/// The real `wanctl-steer replay`.
@Suite struct SteerReplayTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "steer-replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let examples = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Examples").standardizedFileURL
    for (example, name) in [("steering.yaml", "steering.yaml"), ("cable.yaml", "wan1.yaml")] {
      let text = try String(contentsOf: examples.appending(path: example), encoding: .utf8)
        .replacingOccurrences(of: "CHANGE_ME", with: "r1")
        .replacingOccurrences(of: "/etc/wanctl/wan1.yaml", with: "wan1.yaml")
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func run(
    _ arguments: String..., input: [String]
  ) throws -> (status: Int32?, records: [[String: Any]], remarks: String) {
    let file = folder.appending(path: "cycles.jsonl")
    try Data(input.joined(separator: "\n").utf8).write(to: file)
    let child = try ChildProcess(
      [Binaries.tool("wanctl-steer"), "replay", "--config", path("steering.yaml")] + arguments
        + [file.path], folder: folder, environment: ["ROUTER_PASSWORD": "x"])
    let status = child.waitUntilExit(within: 30)
    let records = try child.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    return (status, records, child.remarks)
  }

  /// `count` cycles half a second apart.
  private func cycles(_ count: Int, rtt: Int, queued: Int, from start: Int = 0) -> [String] {
    (start..<start + count).map { cycle in
      #"{"t":\#(1000 + Double(cycle) * 0.5),"baseline_rtt_ms":24,"rtt_ms":\#(rtt),"#
        + #""queue":{"packets":9,"bytes":9,"dropped":null,"queued_packets":\#(queued),"#
        + #""queued_bytes":9},"rule":"ok"}"#
    }
  }

  @Test func congestionIsSteeredAroundAndLeftAgain() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = cycles(10, rtt: 90, queued: 80) + cycles(60, rtt: 24, queued: 0, from: 10)
    let result = try run(input: input)
    #expect(result.status == 0, "\(result.remarks)")
    #expect(result.records.count == input.count)
    let actions = result.records.compactMap { $0["action"] as? String }
    #expect(actions == ["enable", "disable"])
    #expect(result.records[3]["state"] as? String == "WAN1_DEGRADED")
    #expect(result.records.last?["state"] as? String == "WAN1_GOOD")
    #expect(result.records.allSatisfy { $0["type"] as? String == "steer" })
  }

  @Test func theStateIsReadAndNothingIsWritten() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let state = folder.appending(path: "state.json")
    let text = #"{"current_state":"WAN1_DEGRADED","good_count":29,"baseline_rtt":24.0}"#
    try Data(text.utf8).write(to: state)
    let result = try run(
      "--state", state.path, input: [#"{"rtt_ms":24,"baseline_rtt_ms":null,"queue":null}"#])
    #expect(result.status == 0, "\(result.remarks)")
    #expect(result.records.first?["action"] as? String == "disable")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") }
    #expect(files.sorted() == ["cycles.jsonl", "state.json", "steering.yaml", "wan1.yaml"])
    #expect(try String(contentsOf: state, encoding: .utf8) == text)
  }

  @Test func aBadLineIsToldAndTheRestDecided() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(
      input: cycles(1, rtt: 24, queued: 0) + ["{}"] + cycles(1, rtt: 24, queued: 0))
    #expect(result.status == 1 && result.records.count == 2)
    #expect(result.remarks.contains("wanctl-steer: line 2: rtt_ms is missing"))
  }

  @Test func whatCannotBeReadIsSaid() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run("--state", path("nowhere.json"), input: []).status == 2)
    try Data("measurement: {}\n".utf8).write(to: folder.appending(path: "steering.yaml"))
    let result = try run(input: [])
    #expect(result.status == 78 && result.remarks.contains("steering.yaml"))
  }
}
