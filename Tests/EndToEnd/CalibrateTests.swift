import Foundation
import Testing

/// The real `wanctl-loop calibrate` against RouterSim and a server on loopback. RouterSim shapes
/// nothing: what is tested is what is set, what is put back, and what is told.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: DoctorRouter.binary),
    "needs swift build --package-path Tests/Sim"), .timeLimit(.minutes(5)))
struct CalibrateTests {
  private let router: DoctorRouter
  private let server: PacedServer
  private let config: String

  init() throws {
    router = try DoctorRouter()
    server = try PacedServer()
    config = try router.configuration(
      .init(extra: "health_check: {enabled: false}\nstorage: {db_path: null}"))
  }

  private static let iperf = "/usr/bin/iperf3"

  private var journal: String { router.folder.path + "/wan1_calibration.journal" }

  private func start(_ arguments: [String], tool: [String] = ["calibrate"]) throws -> ChildProcess {
    try ChildProcess(
      [Binaries.tool("wanctl-loop")] + tool + ["--config", config] + arguments,
      folder: router.folder,
      environment: ["HOME": router.folder.path, "ROUTER_PASSWORD": DoctorRouter.password])
  }

  private func calibrate(_ arguments: [String]) throws -> ChildProcess {
    try start(
      ["--ping-host", "127.0.0.1", "--seconds", "2", "--output-dir", router.folder.path]
        + arguments)
  }

  private var url: [String] {
    ["--peer", "http://127.0.0.1:\(server.port)/file", "--skip-binary-search"]
  }

  /// The limits that the router has now.
  private func limits() throws -> [Int] {
    struct Row: Decodable {
      var limit: Int
      enum CodingKeys: String, CodingKey { case limit = "max_limit_bps" }
    }
    let child = try ChildProcess(
      [Binaries.tool("wanctl-setq"), "--config", config, "--show", "--json"],
      folder: router.folder, environment: ["ROUTER_PASSWORD": DoctorRouter.password])
    try #require(child.waitUntilExit(within: 60) == 0, "\(child.remarks)")
    return try child.output.split(separator: "\n").filter { $0.contains("\"max_limit_bps\"") }.map {
      try JSONDecoder().decode(Row.self, from: Data($0.utf8)).limit
    }
  }

  private let before = [800_000_000, 35_000_000]

  @Test func aDownloadIsMeasuredAndTheLimitsAreAsTheyWere() throws {
    let child = try calibrate(url)
    #expect(child.waitUntilExit(within: 120) == 0, "\(child.remarks)")
    #expect(try limits() == before)
    #expect(!FileManager.default.fileExists(atPath: journal))
    #expect(!FileManager.default.fileExists(atPath: router.folder.path + "/wan1.lock"))
    #expect(server.lines.allSatisfy { $0 == "GET /file HTTP/1.1" } && server.lines.count >= 4)
    #expect(child.output.contains("Result of wan1\n    Baseline RTT:"))
    #expect(child.output.contains("--- \(config)\n+++ \(config)\n"))
    #expect(child.remarks.contains("] 1/2 download without a limit\n"))
    let json = try Data(contentsOf: router.folder.appending(path: "wan1_calibration.json"))
    let result = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    // Four connections of 6 Mbit/s, on a machine that may be busy.
    let raw = try #require(result["raw_download_mbps"] as? Double)
    #expect(raw > 0.1 && raw < 60, "\(raw)")
    #expect(result["raw_upload_mbps"] is NSNull)
    #expect(!(child.output + child.remarks).contains(DoctorRouter.password))
  }

  @Test func bothDirectionsAreSearched() throws {
    let base = "http://127.0.0.1:\(server.port)"
    let child = try calibrate(["--peer", base + "/file", "--upload-url", base + "/sink"])
    let status = child.waitUntilExit(within: 240)
    // A machine that is too busy to carry half of a limit twice is told so; both put limits back.
    #expect(status == 0 || child.remarks.contains("the queue was never full"), "\(child.remarks)")
    #expect(try limits() == before)
    #expect(!FileManager.default.fileExists(atPath: journal))
    #expect(server.lines.contains("POST /sink HTTP/1.1"))
    #expect(child.remarks.contains("download at ") && child.remarks.contains("(1 of 5)"))
  }

  @Test func anInterruptPutsTheLimitsBack() throws {
    let child = try calibrate(url)
    #expect(eventually(within: 60) { !server.lines.isEmpty }, "\(child.remarks)")
    #expect(try limits() == [0, 0] && FileManager.default.fileExists(atPath: journal))
    child.send(SIGINT)
    #expect(child.waitUntilExit(within: 60) == 130, "\(child.remarks)")
    #expect(child.remarks.contains("interrupted; the limits are as they were"))
    #expect(try limits() == before && !FileManager.default.fileExists(atPath: journal))
  }

  @Test(arguments: [["calibrate"], ["run"]])
  func whatACrashLeavesIsPutBackByTheNextStart(next: [String]) throws {
    let killed = try calibrate(url)
    #expect(eventually(within: 60) { !server.lines.isEmpty }, "\(killed.remarks)")
    killed.send(SIGKILL)
    _ = killed.waitUntilExit(within: 60)
    #expect(try limits() == [0, 0])
    let text = try String(contentsOfFile: journal, encoding: .utf8)
    #expect(text.contains(#"{"name":"WAN-Download-1","max_limit_bps":800000000}"#))
    if next == ["run"] {
      let run = try start(["--oneshot"], tool: ["run"])
      _ = run.waitUntilExit(within: 60)
      #expect(run.remarks.contains("restored the limits of WAN-Download-1 and WAN-Upload-1"))
    } else {
      let again = try calibrate(url)
      #expect(again.waitUntilExit(within: 120) == 0, "\(again.remarks)")
      #expect(again.remarks.contains("restored the limits that an interrupted calibration"))
      #expect(try limits() == before)
    }
    #expect(!FileManager.default.fileExists(atPath: journal))
  }

  @Test func aPeerThatIsNotThereIsSaidAndNothingIsWritten() throws {
    for peer in ["http://127.0.0.1:9/none", "iperf3:127.0.0.1:9"] {
      let child = try calibrate(["--peer", peer, "--skip-binary-search"])
      #expect(child.waitUntilExit(within: 120) == 1, "\(peer) \(child.remarks)")
      #expect(try limits() == before && !FileManager.default.fileExists(atPath: journal))
    }
    #expect(
      !FileManager.default.fileExists(atPath: router.folder.path + "/wan1_calibration.json"))
  }

  @Test func aLoopThatRunsIsNotDisturbed() throws {
    let loop = try ChildProcess(
      ["tail", "-f", "/dev/null", router.folder.path + "/wanctl"], folder: router.folder)
    try Data("\(loop.processID)\n".utf8).write(to: router.folder.appending(path: "wan1.lock"))
    defer { loop.terminate() }
    let child = try calibrate(url)
    #expect(child.waitUntilExit(within: 60) == 1)
    #expect(child.remarks.contains("stop the loop first: systemctl stop wanctl@wan1"))
    #expect(server.lines.isEmpty)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: iperf), "needs iperf3"))
  func iperf3LoadsBothDirections() throws {
    // One that was free a moment ago.
    let other = try PacedServer()
    let port = other.port
    other.close()
    let peer = try ChildProcess(
      [Self.iperf, "-s", "--forceflush", "-B", "127.0.0.1", "-p", "\(port)"], folder: router.folder)
    defer { peer.terminate() }
    #expect(eventually(within: 30) { peer.output.contains("listening") || !peer.isRunning })
    try #require(peer.isRunning, "port \(port) is taken: \(peer.remarks)")
    let child = try calibrate(["--peer", "iperf3:127.0.0.1:\(port)", "--skip-binary-search"])
    #expect(child.waitUntilExit(within: 120) == 0, "\(child.remarks)")
    #expect(child.output.contains("Upload, no limit:"))
    #expect(try limits() == before)
  }

  @Test(arguments: [
    ["--peer", "ftp://x/"], ["--seconds", "1"], ["--target-bloat", "0"],
    ["--peer", "iperf3:-x"], ["--upload-url", "file:///etc/passwd"],
  ])
  func mistakesOnTheCommandLine(arguments: [String]) throws {
    let child = try start(arguments)
    #expect(child.waitUntilExit(within: 60) == 2, "\(child.remarks)")
  }
}
