import Foundation
import Testing

/// `wanctl-loop` and `wanctl-setq` at 20 Hz on a router that misbehaves now and then.
@Suite(.serialized) struct SoakTests {
  /// `SOAK_SECONDS`; `make soak` takes an hour.
  private static let seconds =
    ProcessInfo.processInfo.environment["SOAK_SECONDS"].flatMap { Double($0) } ?? 20

  /// One every two seconds.
  private static let faults = [
    #"{"fault":"T3","match":{"method":"PATCH"}}"#,
    #"{"fault":"T4"}"#,
    #"{"fault":"E1","match":{"method":"PATCH"}}"#,
    #"{"fault":"T7","args":{"kind":"huge"}}"#,
    #"{"fault":"S3","match":{"service":"ssh"}}"#,
    #"{"fault":"Q2"}"#,
    #"{"fault":"T5"}"#,
    #"{"fault":"E2"}"#,
    #"{"fault":"T1","args":{"service":"www-ssl","ms":500}}"#,
    #"{"fault":"V1"}"#,
    #"{"fault":"T2"}"#,
  ]

  /// What a process holds.
  struct Holding: Sendable {
    var residentKilobytes: Int
    var descriptors: Int
    var threads: Int

    init?(of process: pid_t) {
      let folder = "/proc/\(process)"
      guard let status = try? String(contentsOfFile: folder + "/status", encoding: .utf8),
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder + "/fd"),
        let resident = status.firstMatch(of: /VmRSS:\s+([0-9]+) kB/).flatMap({ Int($0.output.1) }),
        let threads = status.firstMatch(of: /Threads:\s+([0-9]+)/).flatMap({ Int($0.output.1) })
      else { return nil }
      residentKilobytes = resident
      descriptors = names.count
      self.threads = threads
    }
  }

  struct Course: Sendable {
    var name: String
    var holdings: [Holding] = []
    var remarks = ""

    /// Median of the samples of one of two equal parts, the beginning left out.
    private func medians(_ value: (Holding) -> Int) -> (first: Int, last: Int) {
      let settled = holdings.dropFirst(holdings.count / 4)
      let half = settled.count / 2
      func median(_ part: ArraySlice<Holding>) -> Int { part.map(value).sorted()[part.count / 2] }
      return (median(settled.prefix(half)), median(settled.suffix(half)))
    }

    func growth(_ value: (Holding) -> Int) -> Int {
      let (first, last) = medians(value)
      return last - first
    }

    var text: String {
      func line(_ name: String, _ value: (Holding) -> Int) -> String {
        let (first, last) = medians(value)
        return
          "\(self.name) \(name): \(first), later \(last), at most \(holdings.map(value).max() ?? 0)"
      }
      return [
        line("resident kB", \.residentKilobytes), line("descriptors", \.descriptors),
        line("threads", \.threads),
      ].joined(separator: "\n")
    }
  }

  @Test func nothingGrows() async throws {
    let (courses, writes) = try await aside { try Soak().run(for: Self.seconds, Self.faults) }
    for course in courses {
      try #require(course.holdings.count > 8, "\(course.name) ended: \(course.remarks)")
      #expect(course.growth(\.residentKilobytes) < 2048, "\(course.text)")
      #expect(course.growth(\.descriptors) <= 2, "\(course.text)")
      #expect(course.growth(\.threads) <= 1, "\(course.text)")
      if Self.seconds >= 60 { print(course.text) }
    }
    #expect(Double(writes) > Self.seconds, "hardly anything was written")
  }
}

/// The two tools, each on a WAN of its own of one simulated router.
private final class Soak {
  private let router: SimulatedRouter
  private let loop: ChildProcess
  private let setq: ChildProcess
  /// Where the records for `wanctl-setq` go.
  private let records: Int32

  init() throws {
    router = try SimulatedRouter(["--ssh-profile", "ed25519"])
    let router = router
    let folder = router.folder
    let home = try router.makeHome()
    let pipe = folder.appending(path: "records")
    try #require(mkfifo(pipe.path, 0o600) == 0)
    // Open for both directions, so that neither end waits for the other.
    records = open(pipe.path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    func start(_ tool: String, _ arguments: [String], wan: Int, input: URL?) throws -> ChildProcess
    {
      let configuration = WANConfiguration(
        wan: wan,
        router: [
          ("port", "\(router.ports.https)"), ("user", SimulatedRouter.user),
          ("password", "${SOAK_PASSWORD}"), ("ca_file", router.ports.ca),
          ("ssh_port", "\(router.ports.ssh)"), ("ssh_key", folder.path + "/key"),
          ("write_budget", "{burst: 100000, per_minute: 100000}"),
          ("increase_interval_sec", "0.05"),
        ], extra: "timeouts: {ssh_command: 1}\nstorage: {db_path: \(folder.path)/metrics.db}")
      return try ChildProcess(
        [Binaries.tool(tool)] + arguments + ["--config", try configuration.write(to: folder)],
        folder: folder,
        environment: [
          "SOAK_PASSWORD": SimulatedRouter.password, "HOME": home,
          "WANCTL_LOG_FORMAT": "",
        ], input: input)
    }
    loop = try start("wanctl-loop", ["run"], wan: 1, input: nil)
    setq = try start("wanctl-setq", ["-"], wan: 2, input: pipe)
  }

  deinit {
    close(records)
    loop.terminate()
    setq.terminate()
  }

  /// - Returns: what the tools held, twice a second, and how many limits were written.
  func run(
    for seconds: Double, _ faults: [String]
  ) throws -> (courses: [SoakTests.Course], writes: Int) {
    var loopCourse = SoakTests.Course(name: "wanctl-loop")
    var setqCourse = SoakTests.Course(name: "wanctl-setq")
    var writes = 0
    var last = 0
    for tick in 0..<Int(seconds * 20) {
      let rate = 150_000_000 - tick % 40 * 1_000_000
      let line = #"{"type":"set","queue":"WAN-Download-2","max_limit_bps":\#(rate)}"# + "\n"
      // What does not fit is not missed: the newest target counts.
      _ = line.withCString { write(records, $0, line.utf8.count) }
      usleep(50_000)
      if tick % 40 == 20 { try router.post("/fault", faults[tick / 40 % faults.count]) }
      guard tick % 10 == 0 else { continue }
      SoakTests.Holding(of: loop.processID).map { loopCourse.holdings.append($0) }
      SoakTests.Holding(of: setq.processID).map { setqCourse.holdings.append($0) }
      guard tick % 200 == 0 else { continue }
      let requests = try ContractBench.requests(of: router, since: last)
      last = requests.last?.number ?? last
      writes += requests.count { $0.isWrite }
    }
    loopCourse.remarks = String(loop.remarks.suffix(2000))
    setqCourse.remarks = String(setq.remarks.suffix(2000))
    writes += try ContractBench.requests(of: router, since: last).count { $0.isWrite }
    return ([loopCourse, setqCourse], writes)
  }
}
