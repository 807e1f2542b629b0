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

  @Test(.enabled(if: LinkSimProcess.hasRouter, "needs RouterSim and curl"))
  func theShapersAreThoseOfTheRouter() throws {
    // The commands loop until it has happened; LinkSim's duration bounds them.
    let run = try LinkSimProcess.run(
      scenario: """
        {"base_rtt_ms": 5, "download": {"capacity_mbps": 100, "load_mbps": 300},
         "upload": {"capacity_mbps": 20, "load_mbps": 1}}
        """,
      options: ["--router", "18700"],
      command: [
        "sh", "-c",
        """
        "$0" --control-port 18700 --http-port 18701 --password wanctl-rate=x >/dev/null &
        trap 'kill $!' EXIT
        until curl -sf -o /dev/null http://127.0.0.1:18700/queues; do :; done
        curl -sf -u wanctl-rate:x -X PATCH -H 'Content-Type: application/json' -o /dev/null \\
          -d '{"max-limit":"50M"}' 'http://127.0.0.1:18701/rest/queue/tree/*1000000' || exit 9
        until tail -n 1 "$1" | grep -q '"shaper_bps":50000000'; do :; done
        until curl -sf -u wanctl-rate:x 'http://127.0.0.1:18701/rest/queue/tree/*1000000' |
          grep '"rate":"[1-9]'; do :; done
        """, LinkSimProcess.router, LinkSimProcess.reportFile,
      ])
    #expect(run.status == 0)
    #expect(run.output.contains(#""name":"WAN-Download-1""#))
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

  /// Stands for the path of the report in a command.
  static let reportFile = "REPORT"
  static let router = simulator("RouterSim")
  private static let binary = simulator("LinkSim")

  private static func simulator(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Sim/.build/debug/\(name)").standardizedFileURL.path
  }

  static let hasRouter =
    FileManager.default.isExecutableFile(atPath: router)
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/curl")

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
    let report = folder.appending(path: "report")
    try Data(scenario.utf8).write(to: scenarioFile)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "unshare", "-rn", binary, "--scenario", scenarioFile.path, "--output", report.path,
        "--duration", "30",
      ] + options + ["--"] + command.map { $0 == Self.reportFile ? report.path : $0 }
    let output = Pipe()
    let remarks = folder.appending(path: "stderr")
    try Data().write(to: remarks)
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: remarks)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let lines = (try? String(contentsOf: report, encoding: .utf8)) ?? ""
    return Run(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      remarks: try String(contentsOf: remarks, encoding: .utf8),
      report: lines.split(separator: "\n").compactMap {
        try? JSONDecoder().decode(Run.Line.self, from: Data($0.utf8))
      })
  }
}
