import Foundation
import Testing

/// A line in a network namespace of its own, measured by the system's ping.
@Suite(
  .enabled(
    if: LinkSimProcess.isAvailable,
    "needs unshare -rn, /dev/net/tun, ping and swift build --package-path Tests/Sim"))
struct LinkSimTests {
  @Test func theDelayFollowsTheModel() throws {
    // 12 Mbit/s through 10 fill the buffer by 0.2 ms per ms, up to 100 ms, from second 0.5 on.
    let run = try LinkSimProcess.run(
      scenario: """
        {"base_rtt_ms": 30, "full_buffer_loss": 0,
         "download": {"capacity_mbps": 10, "buffer_ms": 100,
                      "load_mbps": {"from": 0, "changes": [{"at_s": 0.5, "to": 30}]}},
         "upload": {"capacity_mbps": 10, "load_mbps": 0}}
        """,
      options: ["--download-shaper", "12M"],
      command: ["ping", "-n", "-i", "0.05", "-c", "40", "198.18.0.1"])
    #expect(run.status == 0)
    let rtts = run.pingTimes
    #expect(rtts.count == 40)
    // Never faster than the model; how much slower depends on the machine.
    #expect(rtts.allSatisfy { $0 >= 30 })
    #expect(rtts.prefix(8).min()! < 60)
    #expect(rtts.suffix(8).allSatisfy { $0 >= 130 })
    #expect(rtts.suffix(8).min()! < 200)
    let delays = run.report.compactMap(\.download).compactMap(\.delay)
    #expect(delays.first == 0 && delays.last == 100)
    #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func reflectorsFailAndTheGatewayDoesNot() throws {
    let scenario = """
      {"base_rtt_ms": 5, "faults": [{"reflector": 1, "from_s": 0, "to_s": 60}],
       "download": {"capacity_mbps": 10, "load_mbps": 0},
       "upload": {"capacity_mbps": 10, "load_mbps": 0}}
      """
    func ping(_ address: String) throws -> LinkSimProcess.Run {
      try LinkSimProcess.run(
        scenario: scenario, options: ["--gateway", "198.18.9.9"],
        command: ["ping", "-n", "-c", "3", "-i", "0.05", "-W", "1", address])
    }
    let dead = try ping("198.18.0.2")
    #expect(dead.status == 1)
    #expect(dead.pingTimes.isEmpty)
    for alive in ["198.18.0.1", "198.18.0.3", "198.18.200.7", "2001:db8::1"] {
      let run = try ping(alive)
      #expect(run.status == 0 && run.pingTimes.allSatisfy { $0 >= 5 }, "\(alive)")
    }
    let gateway = try ping("198.18.9.9")
    #expect(gateway.pingTimes.count == 3)
    #expect(gateway.pingTimes.allSatisfy { $0 >= 0.3 })
    #expect(gateway.pingTimes.min()! < 5)
  }

  @Test func aWrongScenarioIsRefused() throws {
    let run = try LinkSimProcess.run(
      scenario: #"{"base_rtt_ms": 5, "speed": 3}"#, options: [], command: ["true"])
    #expect(run.status == 2)
    #expect(run.remarks.contains("speed: unknown key"))
  }
}

enum LinkSimProcess {
  struct Run {
    struct Line: Decodable {
      struct Link: Decodable {
        var delay: Double?

        enum CodingKeys: String, CodingKey { case delay = "delay_ms" }
      }

      var ready: Bool?
      var download: Link?
    }

    var status: Int32
    var output: String
    var remarks: String
    var report: [Line]

    /// The `time=` of ping's lines.
    var pingTimes: [Double] {
      output.split(separator: "\n").compactMap { line in
        line.range(of: "time=").flatMap {
          Double(line[$0.upperBound...].prefix { $0.isNumber || $0 == "." })
        }
      }
    }
  }

  private static let binary = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Sim/.build/debug/LinkSim").standardizedFileURL.path

  /// Whether a line can be made here.
  static let isAvailable: Bool = {
    guard FileManager.default.isExecutableFile(atPath: binary) else { return false }
    let run = try? LinkSimProcess.run(
      scenario: """
        {"base_rtt_ms": 1, "download": {"capacity_mbps": 1, "load_mbps": 0},
         "upload": {"capacity_mbps": 1, "load_mbps": 0}}
        """, options: [], command: ["ping", "-c", "1", "-W", "5", "198.18.0.1"])
    return run?.status == 0
  }()

  static func run(scenario: String, options: [String], command: [String]) throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "linksim-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let scenarioFile = folder.appending(path: "scenario.json")
    let reportFile = folder.appending(path: "report")
    try Data(scenario.utf8).write(to: scenarioFile)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "unshare", "-rn", binary, "--scenario", scenarioFile.path, "--output", reportFile.path,
        "--duration", "30",
      ] + options + ["--"] + command
    let output = Pipe()
    let remarks = folder.appending(path: "stderr")
    try Data().write(to: remarks)
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: remarks)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let report = (try? String(contentsOf: reportFile, encoding: .utf8)) ?? ""
    return Run(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      remarks: try String(contentsOf: remarks, encoding: .utf8),
      report: report.split(separator: "\n").compactMap {
        try? JSONDecoder().decode(Run.Line.self, from: Data($0.utf8))
      })
  }
}
