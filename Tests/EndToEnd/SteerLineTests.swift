import Foundation
import Testing

/// Loop and steering on simulated lines: real ICMP, real HTTPS, a line that bloats or dies.
@Suite struct SteerLineTests {
  private static let comment = "ADAPTIVE: Steer latency-sensitive to WAN2"

  /// From the eighth second on the first line carries less, again and again, than the loop's lowest
  /// rate; from the fifteenth on it is well.
  private static let oscillating: String = {
    let changes = (0..<14).map { step in
      #"{"at_s": \#(8 + Double(step) / 2), "to": \#(step.isMultiple(of: 2) ? 10 : 100)}"#
    }
    return """
      {"base_rtt_ms": 20, "jitter_ms": 0.2,
       "download": {"capacity_mbps": {"from": 100, "changes": [\(changes.joined(separator: ", "))]},
                    "buffer_ms": 10, "load_mbps": 60},
       "upload": {"capacity_mbps": 20, "load_mbps": 1}}
      """
  }()

  private static let dies = """
    {"base_rtt_ms": 20, "download": {"capacity_mbps": 100, "load_mbps": 1},
     "upload": {"capacity_mbps": 20, "load_mbps": 1}, "outages": [{"from_s": 6, "to_s": 60}]}
    """

  private func steering(
    _ line: SimulatedLine, interval: Double, more: String = ""
  ) throws -> String {
    let folder = line.folder.path
    let file = line.folder.appending(path: "steering.yaml")
    try """
    wan_name: steering
    topology: {primary_wan: wan1, primary_wan_config: wan1.yaml, alternate_wan: wan2}
    router:
      host: 127.0.0.1
      port: \(SimulatedLine.httpsPort)
      user: wanctl-steer
      password: ${WANCTL_TEST_PASSWORD}
      ssh_key: ""
      ca_file: \(folder)/ca.pem
    mangle_rule: {comment: "\(Self.comment)", flush_connections: [3478]}
    cake_state_sources: {primary: \(folder)/wan1_state.json}
    cake_queues: {primary_download: WAN-Download-1}
    measurement: {interval_seconds: \(interval), ping_host: 198.18.0.1, ping_count: 1}
    thresholds:
      {yellow_rtt_ms: 15, red_rtt_ms: 15, min_queue_yellow: 1000, min_queue_red: 0,
       green_samples_required: 15}
    state: {file: \(folder)/steering_state.json, history_size: 50}
    logging: {main_log: \(folder)/steering.log, debug_log: \(folder)/steering_debug.log}
    lock_file: \(folder)/steering.lock
    lock_timeout: 60
    storage: {db_path: ""}
    \(more)
    """.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  /// What the router was told about the rule, in order: whether it is disabled.
  private func switches(_ line: SimulatedLine) throws -> [String] {
    struct Log: Decodable {
      struct Request: Decodable {
        var method: String
        var path: String
        var body: String
      }
      var requests: [Request]
    }
    let curl = try line.start(
      "/usr/bin/curl", ["-sf", "http://127.0.0.1:\(SimulatedLine.controlPort)/requests"])
    try #require(curl.waitUntilExit(within: 30) == 0, "\(curl.remarks)")
    return try JSONDecoder().decode(Log.self, from: Data(curl.output.utf8)).requests
      .filter { $0.method == "PATCH" && $0.path.contains("mangle") }.map(\.body)
  }

  /// The second line, which is measured too: it answers over IPv6.
  private func addSecondLine(_ line: SimulatedLine) throws -> (ChildProcess, yaml: String) {
    let idle = line.folder.appending(path: "idle.json")
    try """
    {"base_rtt_ms": 20, "download": {"capacity_mbps": 100, "load_mbps": 1},
     "upload": {"capacity_mbps": 20, "load_mbps": 1}}
    """.write(to: idle, atomically: true, encoding: .utf8)
    let second = try line.start(
      Binaries.simulator("LinkSim"), ["--tun", "wan1", "--scenario", idle.path, "--duration", "90"])
    try #require(
      eventually(within: 20) { second.output.contains("ready") }, "\(second.remarks)")
    let state = line.folder.appending(path: "wan2_state.json")
    try #"{"ewma":{"baseline_rtt":20.0,"load_rtt":20.0}}"#.write(
      to: state, atomically: true, encoding: .utf8)
    return (
      second,
      """
      wans:
        wan2:
          state_file: \(state.path)
          cake_queues: {download: WAN-Download-2}
          ping: {host: "2001:db8::1"}
      """
    )
  }

  @Test(arguments: [false, true])
  func aLineThatBloatsIsLeftOnceAndReturnedToOnce(isOneProcess: Bool) throws {
    let line = try SimulatedLine(scenario: Self.oscillating, hasIPv6: false)
    let (second, wans) = try addSecondLine(line)
    defer { second.terminate() }
    let configuration = try steering(line, interval: 0.1, more: wans)
    let loop = try line.start(
      "wanctl-loop",
      ["run", "--config", line.configuration.path]
        + (isOneProcess ? ["--steer", configuration] : []))
    let steer = isOneProcess ? loop : try line.start("wanctl-steer", ["--config", configuration])
    #expect(
      eventually(within: 40) { steer.remarks.contains("transition: WAN1_DEGRADED") },
      "\(steer.remarks)")
    #expect(
      eventually(within: 40) { steer.remarks.contains("transition: WAN1_GOOD") },
      "\(steer.remarks)")
    #expect(try switches(line) == [#"{"disabled":"false"}"#, #"{"disabled":"true"}"#])
    steer.terminate()
    #expect(steer.waitUntilExit(within: 20) == 0, "\(steer.remarks)")
    loop.terminate()
    #expect(loop.waitUntilExit(within: 20) == 0, "\(loop.remarks)")
    let state = try String(
      contentsOf: line.folder.appending(path: "steering_state.json"), encoding: .utf8)
    #expect(state.hasPrefix(#"{"current_state":"WAN1_GOOD""#))
    #expect(state.contains(#""from":"WAN1_GOOD","to":"WAN1_DEGRADED""#))
  }

  @Test func aDeadLineIsLeftLongBeforeTheNextCycle() throws {
    let line = try SimulatedLine(scenario: Self.dies)
    let steer = try line.start(
      "wanctl-steer", ["--config", try steering(line, interval: 60)])
    #expect(
      eventually(within: 30) { steer.remarks.contains("DEGRADED detected (dead)") },
      "\(steer.remarks)")
    #expect(
      eventually(within: 30) { steer.remarks.contains("1 connections were removed") },
      "\(steer.remarks)")
    #expect(try switches(line) == [#"{"disabled":"false"}"#])
    steer.terminate()
    #expect(steer.waitUntilExit(within: 20) == 0)
  }
}
