import Foundation
import Model
import Testing

/// The real `wanctl-cake` against a simulated router.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: SetqRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct CakeTests {
  private let router: SetqRouter

  init() throws { router = try SetqRouter() }

  private func start(
    _ arguments: [String], _ config: SetqRouter.Config = .init()
  ) throws -> ChildProcess {
    try router.start("wanctl-cake", arguments, config)
  }

  private func run(
    _ arguments: [String], _ config: SetqRouter.Config = .init()
  ) throws -> SetqRouter.Run {
    let child = try start(arguments, config)
    let status = try #require(child.waitUntilExit(within: 60), "\(child.remarks)")
    return SetqRouter.Run(status: status, output: child.output, remarks: child.remarks)
  }

  /// The records of a queue in an output whose last line may be incomplete.
  private func records(
    _ output: String, of queue: String = "WAN-Download-1"
  ) throws -> [QueueRecord] {
    try output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap {
      guard case .record(.queue(let record)) = try RecordReader().read($0.utf8) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return record.row.name == queue ? record : nil
    }
  }

  /// What the tool itself said, without the findings in the configuration.
  private func said(_ child: ChildProcess) -> [Substring] { Self.said(child.remarks) }

  private static func said(_ remarks: String) -> [Substring] {
    remarks.split(separator: "\n").filter { $0.hasPrefix("wanctl-cake: ") }
  }

  private func wait(
    for child: ChildProcess, _ wanted: ([QueueRecord]) throws -> Bool
  ) throws {
    let isThere = try eventually(within: 30) { try wanted(records(child.output)) }
    try #require(isThere, "\(child.output.suffix(2000)) \(child.remarks)")
  }

  @Test func bothQueuesAreReadByOneRequest() throws {
    try router.post("/load", #"{"WAN-Download-1":900000000}"#)
    let run = try run(["--interval", "0.1", "--count", "5"])
    #expect(run.status == 0 && Self.said(run.remarks).isEmpty, "\(run.remarks)")
    let download = try records(run.output)
    let upload = try records(run.output, of: "WAN-Upload-1")
    #expect(download.count == 5 && upload.count == 5)
    #expect(zip(download, upload).allSatisfy { $0.time == $1.time })
    let first = try #require(download.first)
    #expect(first.wan == "wan1" && first.change == nil && first.interval == nil)
    for record in download {
      #expect(record.row.leaf == "cake" && record.row.dropped == nil)
      #expect(record.row.maxLimit == BitsPerSecond(800_000_000))
    }
    for (before, after) in zip(download, download.dropFirst()) {
      #expect(after.change?.bytes == after.row.bytes! - before.row.bytes!)
      #expect(after.change?.dropped == nil)
      #expect(abs(after.interval!.rawValue - (after.time - before.time).rawValue) < 0.01)
    }
    let requests = try router.requests()
    #expect(requests.filter { $0.path.hasSuffix("/queue/tree/print") }.count == 5)
    #expect(Set(requests.map(\.connection)).count == 1)
    #expect(requests.allSatisfy { $0.method != "PATCH" })
  }

  @Test func readingsDoNotDrift() throws {
    // Each takes 40 ms more, which a pause after the reading would add up.
    try router.post("/fault", #"{"fault":"T8","count":0,"args":{"ms":40}}"#)
    let run = try run(["--interval", "0.2", "--count", "11"])
    let records = try records(run.output)
    let span = try #require(records.last).time - records[0].time
    // Ten intervals of the timer; a missed tick makes it longer by whole intervals.
    #expect((span.rawValue / 200).rounded() >= 10)
    let phases = records.dropFirst().map { record -> Double in
      let phase = (record.time - records[1].time).rawValue / 200
      return abs(phase - phase.rounded())
    }
    #expect(phases.sorted()[phases.count / 2] < 0.25, "\(phases)")
  }

  @Test func aResetAndARebootAndANewQueueGiveNoChange() throws {
    try router.post("/load", #"{"WAN-Download-1":500000000}"#)
    let child = try start(["--interval", "0.1"])
    for event in [
      #"/fault {"fault":"V1","args":{"queue":"WAN-Download-1"}}"#,
      #"/fault {"fault":"B2"}"#,
      #"/admin {"recreate":"WAN-Download-1"}"#,
    ] {
      try wait(for: child) { $0.suffix(3).allSatisfy { $0.change != nil } && $0.count > 3 }
      let count = try records(child.output).count
      let parts = event.split(separator: " ", maxSplits: 1).map(String.init)
      try router.post(parts[0], parts[1])
      try wait(for: child) { $0.dropFirst(count).contains { $0.change == nil } }
    }
    try wait(for: child) { $0.last?.change != nil }
    child.send(SIGINT)
    #expect(child.waitUntilExit(within: 20) == 0, "\(child.remarks)")
    #expect(said(child).isEmpty)
    let changes = try records(child.output).compactMap(\.change)
    #expect(changes.allSatisfy { $0.bytes >= 0 && $0.packets >= 0 })
    // At 500 Mbit/s a second carries 62.5 MB; no change is a counter since boot.
    #expect(changes.allSatisfy { $0.bytes < 1_000_000_000 })
  }

  @Test func anOutageIsToldOnceAndWaitedFor() throws {
    let child = try start(["--interval", "0.1"], .init(timeout: 1))
    try wait(for: child) { $0.count > 2 }
    for outage in 1...2 {
      let count = try records(child.output).count
      try router.post("/fault", #"{"fault":"T1","args":{"ms":3000}}"#)
      let isTold = eventually(within: 20) { said(child).count == outage }
      try #require(isTold, "\(child.remarks)")
      try wait(for: child) { $0.count > count + 2 }
    }
    child.terminate()
    #expect(child.waitUntilExit(within: 20) == 0)
    let lines = said(child)
    #expect(lines.count == 2, "\(child.remarks)")
    #expect(lines.allSatisfy { $0.hasSuffix("waiting for the router") })
    let intervals = try records(child.output).compactMap { $0.interval?.seconds }
    #expect(intervals.filter { $0 > 2 }.count == 2, "\(intervals)")
    #expect(!child.remarks.contains(SetqRouter.password))
  }

  @Test func aQueueThatVanishesIsToldOnceAndWaitedFor() throws {
    let child = try start(["--interval", "0.1"])
    try wait(for: child) { $0.count > 2 }
    try router.post("/fault", #"{"fault":"V4","args":{"queue":"WAN-Upload-1","kind":"deleted"}}"#)
    let isTold = eventually(within: 20) { child.remarks.contains("'WAN-Upload-1' any more") }
    try #require(isTold, "\(child.remarks)")
    let count = try records(child.output).count
    try wait(for: child) { $0.count > count + 5 }
    child.terminate()
    #expect(child.waitUntilExit(within: 20) == 0)
    #expect(said(child).count == 1)
  }

  @Test func aSignalEndsItWhileTheRouterIsSilent() throws {
    let child = try start(["--interval", "0.1"], .init(timeout: 60))
    try wait(for: child) { $0.count > 2 }
    try router.post("/fault", #"{"fault":"T2","count":0}"#)
    let isWaiting = try eventually(within: 20) {
      try router.requests().last?.faults.isEmpty == false
    }
    try #require(isWaiting)
    child.send(SIGINT)
    #expect(child.waitUntilExit(within: 20) == 0, "\(child.remarks)")
    #expect(said(child).isEmpty)
  }

  @Test func aReaderThatGoesAwayEndsItQuietly() throws {
    let folder = FileManager.default.temporaryDirectory
    let tool = Binaries.tool("wanctl-cake")
    let file = try router.configuration()
    let child = try ChildProcess(
      [
        "sh", "-c", #""$0" --config "$1" --interval 0.02 | head -n 3; exec true"#, tool, file,
      ], folder: folder, environment: ["ROUTER_PASSWORD": SetqRouter.password])
    #expect(child.waitUntilExit(within: 30) == 0)
    #expect(child.output.split(separator: "\n").count == 3)
    #expect(said(child).isEmpty, "\(child.remarks)")
  }

  @Test func namedQueuesReplaceThoseOfTheConfiguration() throws {
    let run = try run(["--queue", "WAN-Upload-2", "--queue", "WAN-Download-1", "--count", "1"])
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    // A queue that the configuration does not name belongs to no WAN of it.
    #expect(lines[0].contains(#""queue":"WAN-Upload-2""#) && !lines[0].contains("wan1\""))
    #expect(lines[1].contains(#""wan":"wan1","queue":"WAN-Download-1""#))
  }

  @Test func theTableIsAsDrawn() throws {
    try router.post(
      "/series",
      #"{"queue":"WAN-Download-1","pin":[{"atMs":0,"bytes":1000,"packets":10,"rate":48213344,"queued-bytes":3600000,"queued-packets":2400}]}"#
    )
    let run = try run(["--table", "--count", "2", "--interval", "0.02"])
    #expect(run.status == 0, "\(run.remarks)")
    let lines = run.output.split(separator: "\n").map { line in
      line.replacing(/^[0-9]{2}:[0-9]{2}:[0-9]{2}/, with: "hh:mm:ss")
    }
    #expect(
      Array(lines.prefix(3)) == [
        "TIME      QUEUE           MAX-LIMIT       RATE     BACKLOG  LEAF            +BYTES   +PACKETS  +DROPPED",
        "hh:mm:ss  WAN-Download-1       800M      48.2M     36.0 ms  cake                 -          -         -",
        "hh:mm:ss  WAN-Upload-1          35M       5.1M      0.0 ms  cake                 -          -         -",
      ])
    #expect(lines.count == 5)
    #expect(
      lines[3]
        == "hh:mm:ss  WAN-Download-1       800M      48.2M     36.0 ms  cake                 0          0         -"
    )
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String] = []
    var config = SetqRouter.Config()
    var status: Int32
    var says: String
    var testDescription: String { name }
  }

  @Test(arguments: [
    Refusal(
      name: "unknown queue", arguments: ["--queue", "Nope"], status: 1,
      says: "the router has no queue 'Nope'; it has WAN-Download-1, WAN-Upload-1"),
    Refusal(
      name: "wrong password", config: .init(password: "wrong"), status: 1, says: "router.password"),
    Refusal(name: "no REST policy", config: .init(user: "norest"), status: 1, says: "rest-api"),
    Refusal(name: "port closed", config: .init(port: 1), status: 1, says: "nothing listens"),
    Refusal(
      name: "unverifiable certificate", config: .init(trustsAuthority: false), status: 1,
      says: "router.ca_file"),
    Refusal(
      name: "left as it came", config: .init(user: "CHANGE_ME"), status: 78, says: "CHANGE_ME"),
    Refusal(name: "no name", arguments: ["--queue", "a b"], status: 2, says: "'a b'"),
    Refusal(name: "no interval", arguments: ["--interval", "0"], status: 2, says: "--interval"),
    Refusal(name: "no count", arguments: ["--count", "0"], status: 2, says: "--count"),
    Refusal(name: "surplus word", arguments: ["WAN-Download-1"], status: 2, says: "WAN-Download-1"),
  ])
  func eachRefusalSaysWhatToDo(refusal: Refusal) throws {
    let run = try run(refusal.arguments, refusal.config)
    #expect(run.status == refusal.status, "\(run.remarks)")
    #expect(run.remarks.contains(refusal.says), "\(run.remarks)")
    #expect(run.output.isEmpty && !run.remarks.contains(SetqRouter.password))
  }

  @Test func failedReadingsAreToldByTheStatus() throws {
    let child = try start(["--interval", "0.5", "--count", "4"], .init(timeout: 1))
    try wait(for: child) { !$0.isEmpty }
    try router.post("/fault", #"{"fault":"T1"}"#)
    #expect(child.waitUntilExit(within: 30) == 1, "\(child.remarks)")
  }
}
