import Foundation
import Model
import Testing

/// The real `wanctl-setq` against a simulated router.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: SetqRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct SetqTests {
  @Test func limitsAreSetOverTLSAndConfirmed() throws {
    let router = try SetqRouter()
    let run = try router.setq(["WAN-Download-1=612M", "WAN-Upload-1=35M"])
    #expect(run.status == 0, "\(run.remarks)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("WAN-Download-1: 800M -> 612M, confirmed in "))
    #expect(lines[1] == "WAN-Upload-1: 35M, as it was")
    #expect(try router.limit("WAN-Download-1") == 612_000_000)
    let requests = try router.requests()
    #expect(requests.map(\.method) == ["POST", "PATCH"])
    #expect(requests[1].body == #"{"max-limit":"612000000"}"#)
    #expect(Set(requests.map(\.connection)).count == 1)
  }

  @Test func recordsAreThoseOfTheManual() throws {
    let router = try SetqRouter()
    let run = try router.setq(["--json", "WAN-Download-1=500M"])
    guard case .record(.set(let record)) = try RecordReader().read(run.output.utf8.dropLast())
    else {
      Issue.record("\(run.output)")
      return
    }
    #expect(record.queue == "WAN-Download-1" && record.applied && record.error == nil)
    #expect(record.confirmed == BitsPerSecond(500_000_000) && record.transport == .rest)
    let shown = try router.setq(["--json", "--show"])
    let rows = try shown.output.split(separator: "\n").map { try RecordReader().read($0.utf8) }
    guard rows.count == 4, case .record(.queue(let queue)) = rows[0],
      case .record(.transport(let used)) = rows[2], case .record(.transport(let other)) = rows[3]
    else {
      Issue.record("\(shown.output)")
      return
    }
    #expect(queue.row.maxLimit == BitsPerSecond(500_000_000) && queue.row.leaf == "cake")
    #expect(queue.row.dropped == nil && queue.wan == "wan1")
    #expect(used.transport == .rest && used.isConfigured && used.isUsed && used.works)
    #expect(other.transport == .ssh && !other.isConfigured && !other.isUsed && !other.works)
    #expect(other.error == "neither router.ssh_key nor router.ssh_password is set")
  }

  @Test func theTableShowsBothQueues() throws {
    let run = try SetqRouter().setq(["--show"])
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first == ["QUEUE", "MAX-LIMIT", "RATE", "LEAF", "TRANSPORT"])
    #expect(lines.dropFirst().prefix(2).map(\.first) == ["WAN-Download-1", "WAN-Upload-1"])
    #expect(lines.dropFirst().prefix(2).allSatisfy { $0.suffix(2) == ["cake", "rest"] })
    #expect(run.output.contains("SSH cannot be used: neither router.ssh_key nor"))
    #expect(lines.count == 4)
  }

  @Test func aStreamIsFollowedToItsNewestLimit() throws {
    let router = try SetqRouter()
    let lines = (1...300).map { step in
      #"{"type":"set","queue":"WAN-Download-1","max_limit_bps":\#(900_000_000 - step * 1_000_000)}"#
    }
    let run = try router.setq(["-"], input: lines.joined(separator: "\n"))
    #expect(run.status == 0, "\(run.remarks)")
    #expect(try router.limit("WAN-Download-1") == 600_000_000)
    let records = try run.output.split(separator: "\n").map { try RecordReader().read($0.utf8) }
    guard case .record(.set(let last)) = records.last else {
      Issue.record("\(run.output)")
      return
    }
    #expect(last.applied && last.confirmed == BitsPerSecond(600_000_000))
    let writes = try router.requests().filter { $0.method == "PATCH" }
    #expect(writes.count == records.count)
  }

  @Test func aDryRunChangesNothing() throws {
    let router = try SetqRouter()
    let run = try router.setq(["--dry-run", "WAN-Download-1=1G"])
    #expect(run.status == 0)
    #expect(run.output == "WAN-Download-1: 800M, would be set to 1G\n")
    #expect(try router.requests().allSatisfy { $0.method != "PATCH" })
    #expect(!FileManager.default.fileExists(atPath: router.budget))
  }

  @Test func restartsShareTheBudget() throws {
    let router = try SetqRouter()
    for rate in 1...3 { _ = try router.setq(["WAN-Download-1=\(rate)M"]) }
    let text = try String(contentsOfFile: router.budget, encoding: .utf8)
    let tokens = try #require(
      text.firstMatch(of: /"tokens":([0-9.]+)/).flatMap { Double($0.output.1) })
    #expect(tokens >= 117 && tokens < 120)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var config = SetqRouter.Config()
    var arguments = ["WAN-Download-1=1M"]
    var fault: String?
    var status: Int32 = 1
    var says: String
    var testDescription: String { name }
  }

  @Test(arguments: [
    Refusal(
      name: "unknown queue", arguments: ["Nope=1M"],
      says: "the router has no queue 'Nope'; it has WAN-Download-1, WAN-Upload-1"),
    Refusal(name: "wrong password", config: .init(password: "wrong"), says: "router.password"),
    Refusal(name: "missing policy", config: .init(user: "readonly"), says: "policy write"),
    Refusal(name: "no REST policy", config: .init(user: "norest"), says: "rest-api"),
    Refusal(name: "no API policy", config: .init(user: "noapi"), says: "policy api"),
    Refusal(
      name: "unverifiable certificate", config: .init(trustsAuthority: false),
      says: "router.ca_file"),
    Refusal(
      name: "REST switched off", fault: #"{"fault":"A3","count":9}"#, says: "rest-secure=yes"),
    Refusal(name: "port closed", config: .init(port: 1), says: "nothing listens on port 1"),
    Refusal(name: "not TLS", config: .init(usesPlainPort: true), says: "router.tls: no"),
    Refusal(
      name: "value unchanged", fault: #"{"fault":"E3","count":9}"#, says: "max-limit is 800M"),
    Refusal(
      name: "refused", fault: #"{"fault":"E1","count":9,"match":{"method":"PATCH"}}"#,
      says: "the router refuses this"),
    Refusal(name: "no rate", arguments: ["WAN-Download-1=fast"], status: 2, says: "'fast'"),
    Refusal(name: "no name", arguments: ["a b=1M"], status: 2, says: "A-Z"),
    Refusal(name: "nothing to do", arguments: [], status: 2, says: "QUEUE=RATE"),
    Refusal(
      name: "left as it came", config: .init(user: "CHANGE_ME"), status: 78, says: "CHANGE_ME"),
  ])
  func eachFailureSaysWhatToDo(refusal: Refusal) throws {
    let router = try SetqRouter()
    if let fault = refusal.fault { try router.post("/fault", fault) }
    let run = try router.setq(refusal.arguments, refusal.config)
    #expect(run.status == refusal.status)
    #expect(run.remarks.contains(refusal.says), "\(run.remarks)")
    #expect(run.output.isEmpty)
    #expect(!run.remarks.contains(SetqRouter.password))
    #expect(try router.limit("WAN-Download-1") == 800_000_000)
  }

  /// T3, T4, T5, E2, E5: what a router does between a request and its answer.
  @Test(arguments: [
    #"{"fault":"T3","match":{"method":"PATCH"}}"#,
    #"{"fault":"T4","match":{"method":"PATCH"}}"#,
    #"{"fault":"T5","match":{"method":"PATCH"}}"#,
    #"{"fault":"E5","match":{"method":"PATCH"}}"#,
  ])
  func aWriteThatWasDoneIsFoundByReading(fault: String) throws {
    let router = try SetqRouter()
    try router.post("/fault", fault)
    let run = try router.setq(["WAN-Download-1=77M"])
    #expect(run.status == 0, "\(run.remarks)")
    #expect(try router.limit("WAN-Download-1") == 77_000_000)
  }

  /// An abandoned request makes the router's web server mix up answers for a while.
  @Test func afterAnAbandonedRequestTheRouterIsLeftAlone() throws {
    let router = try SetqRouter()
    try router.post(
      "/fault", #"{"fault":"T2","match":{"method":"PATCH"},"args":{"applied":true}}"#)
    let run = try router.setq(["WAN-Download-1=77M"], .init(timeout: 1))
    #expect(run.status == 0, "\(run.remarks)")
    let requests = try router.requests()
    #expect(requests.map(\.method) == ["POST", "PATCH", "POST"])
    // One second of waiting, and two and a half of leaving it alone.
    #expect(requests[2].t - requests[1].t >= 3.5)
    #expect(requests[2].connection != requests[1].connection)
  }

  @Test func trustShowsThePinThatThenIsTrusted() throws {
    let router = try SetqRouter()
    let strange = SetqRouter.Config(trustsAuthority: false)
    let run = try router.setq(["trust"], strange)
    #expect(run.status == 0, "\(run.remarks)")
    #expect(run.output.contains("trusted      no: nobody known here signed"))
    let pin = try #require(run.output.firstMatch(of: /pin_sha256: "(sha256\/\/[^"]+)"/)?.output.1)
    let pinned = SetqRouter.Config(trustsAuthority: false, pin: String(pin))
    #expect(try router.setq(["WAN-Download-1=5M"], pinned).status == 0)
    #expect(try router.setq(["trust"], pinned).output.contains("trusted      yes"))
    // Looking at the certificate sends nothing.
    #expect(try router.requests().map(\.method) == ["POST", "PATCH"])
  }
}

/// RouterSim, and what it takes to run `wanctl-setq` on it.
final class SetqRouter {
  struct Config: Sendable {
    var user = "wanctl-rate"
    var password = SetqRouter.password
    var trustsAuthority = true
    var pin: String?
    var port: Int?
    var usesPlainPort = false
    /// Seconds.
    var timeout = 5
  }

  struct Run {
    var status: Int32
    var output: String
    var remarks: String
  }

  struct Request: Decodable {
    var method: String
    var path: String
    var body: String
    var connection: Int
    /// Seconds of the simulator's clock.
    var t: Double
    /// What spoilt it.
    var faults: [String]
  }

  private struct Ports: Decodable {
    var control: Int
    var http: Int
    var https: Int
    var ca: String

    enum CodingKeys: String, CodingKey {
      case control, ca
      case http = "rest_http"
      case https = "rest_https"
    }
  }

  static let password = "s3cret-of-the-tests"
  static let binary = Binaries.simulator("RouterSim")

  private let process = Process()
  private let ports: Ports
  private let folder: URL
  var budget: String { folder.appending(path: "wanctl_router_127.0.0.1.budget").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "setq-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = URL(filePath: Self.binary)
    process.arguments = ["--exit-with-stdin", "--directory", folder.path]
    process.environment = ["ROUTERSIM_PASSWORD": Self.password]
    let output = Pipe()
    process.standardOutput = output
    // Ends the simulator with us, however we end.
    process.standardInput = Pipe()
    try process.run()
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw CocoaError(.executableLoad) }
      line += data
    }
    ports = try JSONDecoder().decode(Ports.self, from: line)
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Runs `wanctl-setq --config …` to its end.
  func setq(_ arguments: [String], _ config: Config = Config(), input: String = "") throws -> Run {
    let file = try configuration(config)
    let inputFile = folder.appending(path: "input")
    try Data(input.utf8).write(to: inputFile)
    let setq = Process()
    setq.executableURL = URL(filePath: Binaries.tool("wanctl-setq"))
    setq.arguments = arguments + ["--config", file]
    setq.environment = ["ROUTER_PASSWORD": config.password]
    let output = Pipe()
    let remarks = folder.appending(path: "remarks")
    try Data().write(to: remarks)
    setq.standardInput = try FileHandle(forReadingFrom: inputFile)
    setq.standardOutput = output
    setq.standardError = try FileHandle(forWritingTo: remarks)
    try setq.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    setq.waitUntilExit()
    return Run(
      status: setq.terminationStatus, output: String(decoding: text, as: UTF8.self),
      remarks: try String(contentsOf: remarks, encoding: .utf8))
  }

  /// Writes a configuration and tells where it is.
  func configuration(_ config: Config = Config()) throws -> String {
    var router: [(key: String, value: String)] = [
      ("port", "\(config.port ?? (config.usesPlainPort ? ports.http : ports.https))"),
      ("user", config.user), ("password", "${ROUTER_PASSWORD}"), ("ssh_key", "\"\""),
    ]
    if config.trustsAuthority { router.append(("ca_file", ports.ca)) }
    if let pin = config.pin { router.append(("pin_sha256", "\"\(pin)\"")) }
    return try WANConfiguration(
      router: router, extra: "timeouts: {ssh_command: \(config.timeout)}"
    ).write(to: folder)
  }

  /// Starts a tool with `--config …` behind its arguments.
  func start(_ tool: String, _ arguments: [String], _ config: Config) throws -> ChildProcess {
    try ChildProcess(
      [Binaries.tool(tool)] + arguments + ["--config", try configuration(config)],
      folder: folder, environment: ["ROUTER_PASSWORD": config.password])
  }

  /// Sends a command to the simulator's control port.
  func post(_ path: String, _ body: String) throws {
    _ = try curl(path, ["--data", body])
  }

  func requests() throws -> [Request] {
    struct Answer: Decodable { var requests: [Request] }
    return try JSONDecoder().decode(Answer.self, from: try curl("/requests")).requests
  }

  /// What the router has.
  func limit(_ queue: String) throws -> Int64? {
    try JSONDecoder().decode([String: Int64].self, from: try curl("/queues"))[queue]
  }

  private func curl(_ path: String, _ options: [String] = []) throws -> Data {
    let curl = Process()
    curl.executableURL = URL(filePath: "/usr/bin/curl")
    curl.arguments = ["-sf"] + options + ["http://127.0.0.1:\(ports.control)\(path)"]
    let output = Pipe()
    curl.standardOutput = output
    try curl.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    curl.waitUntilExit()
    guard curl.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
    return data
  }
}
