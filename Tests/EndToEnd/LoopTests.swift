import Foundation
import Testing

/// The real daemon on a modelled line: real ICMP, real HTTPS, a queue that bloats.
@Suite(.serialized) struct LoopTests {
  /// 100 Mbit/s with 200 ms of buffer that halves in the third second, under a load that would
  /// take three times as much.
  private static let halves = """
    {"base_rtt_ms": 20, "jitter_ms": 0.2,
     "download": {"capacity_mbps": {"from": 100, "changes": [{"at_s": 3, "to": 50}]},
                  "buffer_ms": 200, "load_mbps": 300},
     "upload": {"capacity_mbps": 20, "load_mbps": 1}}
    """

  @Test func theRateFollowsTheCapacityAndTheDelayComesBack() throws {
    let line = try SimulatedLine(scenario: Self.halves)
    let recording = line.folder.appending(path: "recording.jsonl")
    let loop = try line.start(
      "wanctl-loop", ["run", "--config", line.configuration.path, "--record", recording.path])
    let recovered = line.wait(upTo: 30) { report in
      guard report.time > 3.5, let shaper = report.download.shaper else { return false }
      return shaper > 0 && shaper < 50e6 && (report.download.delay ?? 200) < 15
    }
    #expect(recovered, "the router's limit did not follow: \(loop.remarks) \(line.remarks)")
    let worst = line.reports.compactMap(\.download.delay).max() ?? 0
    #expect(worst > 40, "the line never bloated, so nothing was shown")
    loop.terminate()
    #expect(loop.waitUntilExit(within: 5) == 0, "\(loop.remarks)")

    let lines = try String(contentsOf: recording, encoding: .utf8).split(separator: "\n")
    #expect(lines.first?.hasPrefix(#"{"type":"start""#) == true)
    let decided = lines.filter { $0.hasPrefix(#"{"type":"decision""#) }
    #expect(decided.count > 60)
    let replay = try line.start(
      "wanctl-loop", ["replay", "--config", line.configuration.path, recording.path])
    #expect(replay.waitUntilExit(within: 60) == 0, "\(replay.remarks)")
    #expect(replay.output.split(separator: "\n") == decided)

    // What a pipeline sees of the same samples: no time but theirs, no word of the router.
    let samples = line.folder.appending(path: "samples.jsonl")
    try lines.filter { $0.hasPrefix(#"{"type":"rtt""#) }.joined(separator: "\n")
      .write(to: samples, atomically: true, encoding: .utf8)
    let decide = try line.start(
      "/bin/sh",
      [
        "-c",
        "'\(Binaries.tool("wanctl-loop"))' decide --config '\(line.configuration.path)' <'\(samples.path)'",
      ])
    #expect(decide.waitUntilExit(within: 60) == 0, "\(decide.remarks)")
    let piped = decide.output.split(separator: "\n")
    #expect(piped.count > 60 && piped == Array(decided.prefix(piped.count)))

    let state = try String(
      contentsOf: line.folder.appending(path: "wan1_state.json"), encoding: .utf8)
    #expect(state.hasPrefix(#"{"download":{"green_streak":"#))
    #expect(!FileManager.default.fileExists(atPath: line.folder.path + "/wan1.lock"))
  }

  @Test func oneCycleSetsTheLimitsAndEnds() throws {
    let line = try SimulatedLine(
      scenario: """
        {"base_rtt_ms": 20, "download": {"capacity_mbps": 100, "load_mbps": 1},
         "upload": {"capacity_mbps": 20, "load_mbps": 1}}
        """)
    let loop = try line.start(
      "wanctl-loop", ["run", "--config", line.configuration.path, "--oneshot"])
    #expect(loop.waitUntilExit(within: 10) == 0, "\(loop.remarks)")
    #expect(line.wait(upTo: 5) { $0.download.shaper == 95e6 && $0.upload.shaper == 18e6 })
  }

  /// The tools of the loop, joined by a shell's pipes instead of in one process.
  @Test func thePipelineControlsTheLineToo() throws {
    let line = try SimulatedLine(scenario: Self.halves)
    let configuration = line.configuration.path
    let pipeline = try line.start(
      "/bin/sh",
      [
        "-c",
        """
        '\(Binaries.tool("wanctl-ping"))' --json -c 600 -p 50 198.18.0.1 198.18.0.2 198.18.0.3 |
          '\(Binaries.tool("wanctl-loop"))' decide --config '\(configuration)' |
          '\(Binaries.tool("wanctl-setq"))' --json --config '\(configuration)' -
        """,
      ])
    let recovered = line.wait(upTo: 30) { report in
      guard report.time > 3.5, let shaper = report.download.shaper else { return false }
      return shaper > 0 && shaper < 50e6 && (report.download.delay ?? 200) < 15
    }
    #expect(recovered, "the router's limit did not follow: \(pipeline.remarks) \(line.remarks)")
    #expect(pipeline.output.contains(#""applied":true"#))
  }
}
