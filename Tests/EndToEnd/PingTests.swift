import Foundation
import Model
import Platform
import TestSupport
import Testing

/// The real `wanctl-ping` on loopback and in network namespaces of its own.
@Suite struct PingTests {
  struct Run {
    var status: Int32?
    var output: String
    var remarks: String

    var lines: [Substring] { output.split(separator: "\n") }
  }

  static let ping = Binaries.tool("wanctl-ping")
  static let manual = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../man/wanctl-ping.8")
  static let folder = FileManager.default.temporaryDirectory

  /// What stands before the program: nothing where this user may send ICMP, else a namespace of
  /// its own, where everybody may.
  static let prefix: [String] = {
    let child = try? ChildProcess([ping, "-q", "-c1", "127.0.0.1"], folder: folder)
    if child?.waitUntilExit(within: 30) == 0 { return [] }
    return ["unshare", "-rn", "sh", "-c", "ip link set lo up; exec \"$0\" \"$@\""]
  }()

  func start(_ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(Self.prefix + [Self.ping] + arguments, folder: Self.folder)
  }

  func run(_ arguments: String...) throws -> Run { try finish(start(arguments)) }

  func finish(_ child: ChildProcess) throws -> Run {
    let status = child.waitUntilExit(within: 30)
    return Run(status: status, output: child.output, remarks: child.remarks)
  }

  /// Puts T for each time, since those are never the same.
  func masked(_ text: String) -> String {
    let number = /[0-9.]+ ms \([0-9.]+ avg/
    let list = /(min\/avg\/max|p50\/p95\/p99) = [0-9.]+\/[0-9.]+\/[0-9.]+/
    return text.replacing(number, with: "T ms (T avg").replacing(list) { "\($0.output.1) = T/T/T" }
  }

  // MARK: - Output

  @Test func theLinesAreThoseOfFping() throws {
    let run = try run("-c", "2", "-p", "20", "127.0.0.1", "127.0.0.100")
    #expect(run.status == 0)
    #expect(
      masked(run.output) == """
        127.0.0.1   : [0], 64 bytes, T ms (T avg, 0% loss)
        127.0.0.100 : [0], 64 bytes, T ms (T avg, 0% loss)
        127.0.0.1   : [1], 64 bytes, T ms (T avg, 0% loss)
        127.0.0.100 : [1], 64 bytes, T ms (T avg, 0% loss)

        """)
    #expect(
      masked(run.remarks) == """

        127.0.0.1   : xmt/rcv/%loss = 2/2/0%, min/avg/max = T/T/T, p50/p95/p99 = T/T/T
        127.0.0.100 : xmt/rcv/%loss = 2/2/0%, min/avg/max = T/T/T, p50/p95/p99 = T/T/T

        """)
  }

  @Test func quietIsTheSummaryAlone() throws {
    let run = try run("-q", "-c1", "-p10", "::1")
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(
      masked(run.remarks)
        == "::1 : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T, p50/p95/p99 = T/T/T\n")
  }

  @Test func linesCanBeginWithTheirTime() throws {
    let run = try run("-D", "-c", "1", "127.0.0.1")
    let match = try #require(run.output.wholeMatch(of: /\[(\d+\.\d{5})\] 127\.0\.0\.1 : .*\n/))
    #expect(abs((Double(match.output.1) ?? 0) - Date().timeIntervalSince1970) < 60)
  }

  @Test func recordsAreWhatTheOtherToolsRead() throws {
    let stamps = try KernelStamps()
    defer { withExtendedLifetime(stamps) {} }
    let run = try run("--json", "-c", "5", "-p", "10", "127.0.0.1", "::1")
    #expect(run.status == 0)
    var seen: [String: [Int]] = [:]
    var times: [UnixTime] = []
    for line in run.lines {
      guard case .record(.rtt(let record)) = try RecordReader().read(line.utf8) else {
        Issue.record("\(line)")
        continue
      }
      seen[record.host, default: []].append(record.seq)
      times.append(record.time)
      #expect(record.method == .icmp && record.clock == .kernel && record.wan == nil)
      #expect((record.rtt?.rawValue ?? 0) > 0)
      #expect(record.loss == nil && record.waited == nil)
    }
    #expect(seen.mapValues { $0.sorted() } == ["127.0.0.1": Array(0..<5), "::1": Array(0..<5)])
    #expect(Set(times).count == 5, "the probes of a round have the same time")
    #expect(run.remarks.contains("xmt/rcv/%loss"))
  }

  @Test func hostsCanBeApart() throws {
    let run = try run("--json", "-c", "1", "-i", "20", "127.0.0.1", "127.0.0.2", "127.0.0.3")
    let times = try run.lines.map { line -> Double in
      guard case .record(.rtt(let record)) = try RecordReader().read(line.utf8) else { return 0 }
      return record.time.seconds
    }
    #expect(times.count == 3)
    // A busy machine may be late with any of them, but they are not sent as one.
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 > $0 })
  }

  @Test func eachAnswerIsWrittenAtOnce() throws {
    let child = try start(["--json", "-p", "60000", "127.0.0.1"])
    #expect(eventually(within: 10) { child.output.hasSuffix("}\n") })
    #expect(child.isRunning)
    child.terminate()
    #expect(try finish(child).status == 0)
  }

  // MARK: - TCP

  @Test func handshakesAreTimed() throws {
    let listener = try Socket.open(AF_INET, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
    try Socket.bind(listener.rawValue, to: SocketAddress(.loopback4))
    let descriptor = listener.rawValue
    try systemCall("listen") { listen(descriptor, 16) }
    let port = try #require(try Socket.localAddress(descriptor)).port
    let arguments = ["--method", "tcp", "--port", "\(port)", "-c", "3", "-p", "20"]
    // Needs no right, but the listener of this process.
    func handshakes(_ more: String...) throws -> Run {
      try finish(ChildProcess([Self.ping] + arguments + more, folder: Self.folder))
    }
    let text = try handshakes("127.0.0.1")
    #expect(text.status == 0)
    #expect(masked(text.output).hasPrefix("127.0.0.1 : [0], T ms (T avg, 0% loss)\n"))
    // Nobody listens on the second address; with an interval the hosts go one by one.
    let json = try handshakes("-i", "2", "--json", "127.0.0.1", "127.0.0.2")
    #expect(json.status == 1)
    let records = try json.lines.map { try RecordReader().read($0.utf8) }
    #expect(records.count == 6)
    for case .record(.rtt(let record)) in records {
      #expect(record.method == .tcp)
      #expect(record.loss == (record.host == "127.0.0.2" ? .unreachable : nil))
    }
  }

  // MARK: - Mistakes

  @Test func namesThatAreNotFound() throws {
    let run = try run("-c1", "127.0.0.1", "nosuch.invalid", "", "--", "-x")
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    let remarks = run.remarks.split(separator: "\n")
    try #require(remarks.count == 3)
    #expect(remarks[0].hasPrefix("wanctl-ping: nosuch.invalid: "))
    #expect(remarks[1] == "wanctl-ping: : not a host name")
    #expect(remarks[2].hasPrefix("wanctl-ping: -x: "))
    #expect(
      try self.run("-6", "127.0.0.1").remarks == "wanctl-ping: 127.0.0.1: not an IPv6 address\n")
  }

  @Test func aHostIsProbedOnce() throws {
    let run = try run("-c1", "127.0.0.1", "127.0.0.1")
    #expect(run.status == 0 && run.lines.count == 1)
    #expect(run.remarks.hasPrefix("wanctl-ping: 127.0.0.1 is named twice\n"))
  }

  @Test(
    arguments: [
      ([], "Missing expected argument '<host> ...'"),
      (["--nosuch", "x"], "Unknown option '--nosuch'"),
      (["-p", "x", "h"], "'x' is invalid for '-p <ms>'"),
      (["-p", "0", "h"], "-p 0.0: must be 1 to 86400000 ms"),
      (["-p", "nan", "h"], "-p NaN: must be 1 to 86400000 ms"),
      (["-p", "1e300", "h"], "-p 1e+300: must be 1 to 86400000 ms"),
      (["-t", "-5", "h"], "-t"),
      (["-i", "inf", "h"], "-i Infinity: must be 0 to 86400000 ms"),
      (
        ["-p", "100", "-i", "60", "a", "b"],
        "-i 60.0: 2 hosts take longer than the period of 100.0 ms"
      ),
      (["-c", "0", "h"], "-c 0: must be at least 1"),
      (["-4", "-6", "h"], "-4 and -6 exclude each other"),
      (["-S", "somewhere", "h"], "-S somewhere: not an address"),
      (["-4", "-S", "::1", "h"], "-S ::1: not an IPv4 address"),
      (["-I", "a-name-of-16-byte", "h"], "-I \"a-name-of-16-byte\": not the name of an interface"),
      (["--mark", "0x1ffffffff", "h"], "--mark 0x1ffffffff: not a number of 32 bits"),
      (["--method", "udp", "h"], "'udp' is invalid for '--method <method>'"),
      (["--port", "80", "h"], "--port needs --method tcp"),
      (["--method", "tcp", "--port", "0", "h"], "--port 0: must be 1 to 65535"),
      (["--method", "tcp", "--port", "65536", "h"], "'65536' is invalid for '--port <number>'"),
    ] as [([String], String)])
  func mistakesOnTheCommandLine(arguments: [String], text: String) throws {
    let run = try finish(start(arguments))
    #expect(run.status == 3)
    #expect(run.output.isEmpty)
    #expect(run.remarks.contains(text), "\(run.remarks)")
  }

  @Test func failuresOfTheSystem() throws {
    let run = try run("-c1", "-I", "nosuch0", "127.0.0.1")
    #expect(run.status == 4)
    #expect(
      run.remarks == "wanctl-ping: setsockopt SO_BINDTODEVICE nosuch0: No such device (errno 19):"
        + " there is no such interface: see ip link\n")
  }

  // MARK: - Signals and pipes

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalEndsWithTheSummary(signal: Int32) throws {
    let child = try start(["-p", "10", "127.0.0.1"])
    #expect(eventually(within: 10) { child.output.contains("[2]") })
    child.send(signal)
    let run = try finish(child)
    #expect(run.status == 0)
    let match = try #require(run.remarks.firstMatch(of: /xmt\/rcv\/%loss = (\d+)\/(\d+)\/0%/))
    #expect(Int(match.output.1) == run.lines.count)
  }

  @Test func aSignalTellsTheSummarySoFar() throws {
    let child = try start(["-p", "10", "127.0.0.1"])
    #expect(eventually(within: 10) { child.output.contains("[2]") })
    #expect(
      eventually(within: 10) {
        child.send(SIGQUIT)
        return child.remarks.split(separator: "\n").count >= 4
      })
    #expect(child.isRunning)
    let lines = child.remarks.split(separator: "\n")
    #expect(lines.first?.wholeMatch(of: /\[\d\d:\d\d:\d\d\]/) != nil)
    #expect(lines.dropFirst().first?.hasPrefix("127.0.0.1 : xmt/rcv/%loss = ") == true)
    child.terminate()
    #expect(try finish(child).status == 0)
  }

  @Test func aReaderThatGoesIsNoFailure() throws {
    for option in ["--json", "-D"] {
      let child = try ChildProcess(
        Self.prefix + [
          "sh", "-c", "{ '\(Self.ping)' \(option) -p 5 127.0.0.1; echo $? >&2; } | head -n 1",
        ],
        folder: Self.folder)
      let run = try finish(child)
      #expect(run.lines.count == 1)
      #expect(run.remarks == "0\n")
    }
  }

  // MARK: - Documentation

  @Test func versionAndHelp() throws {
    #expect(try run("--version").output == "wanctl-ping \(wanctlVersion)\n")
    let help = try run("--help")
    #expect(help.status == 0 && help.remarks.isEmpty)
    let manual = try String(contentsOf: Self.manual, encoding: .utf8)
    var options = 0
    for match in help.output.matches(of: /--([a-z0-9]+)/) {
      options += 1
      #expect(manual.contains("Fl -\(match.output.1)"), "--\(match.output.1) is not in the manual")
    }
    #expect(options > 10)
  }
}
