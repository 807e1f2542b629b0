import Foundation
import Glibc
import Testing

/// `wanctl-loop simulate`, the real binary: what it prints, and what it does to a terminal.
@Suite struct SimulateTests {
  private struct Run {
    var status: Int32
    var output: String
    var remarks: String
  }

  private func simulate(_ arguments: [String]) throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "simulate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = try ChildProcess(
      [Binaries.tool("wanctl-loop"), "simulate"] + arguments, folder: folder)
    let status = try #require(process.waitUntilExit(within: 60))
    return Run(status: status, output: process.output, remarks: process.remarks)
  }

  private var repository: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  @Test func theReportSaysHowItWent() throws {
    let run = try simulate(["--scenario", "halves", "--seed", "7"])
    #expect(run.status == 0 && run.remarks.isEmpty)
    #expect(run.output.hasPrefix("scenario   halves: "))
    #expect(run.output.contains("\nverdict    good: "))
    #expect(try simulate(["--scenario", "halves", "--seed", "7"]).output == run.output)
    #expect(try simulate(["--scenario", "halves", "--seed", "8"]).output != run.output)
  }

  @Test func theMachineFormIsOneObject() throws {
    let run = try simulate(["--json", "--duration", "10"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(object["cycles"] as? Int == 200)
  }

  @Test(arguments: ["cable", "dsl", "fibre", "lte", "starlink"])
  func aConfigurationIsTriedOut(name: String) throws {
    let file = repository.appending(path: "Examples/\(name).yaml").path
    let run = try simulate(["--config", file, "--scenario", "evening"])
    #expect(run.status == 0, "\(run.remarks)")
    #expect(run.output.contains("2400 cycles") || run.output.contains("2399 cycles"))
  }

  @Test(arguments: [
    (["--scenario", "nowhere"], Int32(2), "neither a built-in scenario (demo, steady,"),
    (["--duration", "0"], 2, "--duration: 0.0 is not from 0 to 604800 seconds"),
    (["--write-latency", "-1"], 2, "--write-latency"),
    (["--speed", "fast"], 2, "--speed"),
    (["--config", "/nonexistent.yaml"], 78, "/nonexistent.yaml"),
  ])
  func aMistakeIsNamed(arguments: [String], status: Int32, remark: String) throws {
    let run = try simulate(arguments)
    #expect(run.status == status)
    #expect(run.remarks.contains(remark), "\(run.remarks)")
    #expect(run.output.isEmpty)
  }

  @Test func thePictureOfTheReadmeIsWhatIsDrawn() throws {
    let picture = try simulate(["--picture", "svg"])
    let file = repository.appending(path: "docs/demo.svg")
    #expect(
      try String(contentsOf: file, encoding: .utf8) == picture.output,
      "wanctl-loop simulate --picture svg > docs/demo.svg")
    let lines = try simulate(["--picture", "text"]).output.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 25 && lines.allSatisfy { $0.count <= 80 })
  }

  @Test func withoutATerminalThereAreLines() throws {
    let run = try simulate(["--tui", "--speed", "20", "--duration", "4"])
    let lines = run.output.split(separator: "\n")
    #expect(
      lines.prefix(4).map { $0.prefix(8) } == ["1 s  rtt", "2 s  rtt", "3 s  rtt", "4 s  rtt"])
    #expect(lines.dropFirst(4).first?.hasPrefix("scenario   demo") == true)
    #expect(!run.output.contains("\u{1B}"))
  }

  @Test func aKeyEndsTheViewAndTheTerminalIsGivenBack() throws {
    let terminal = try PseudoTerminal()
    let process = try terminal.start([Binaries.tool("wanctl-loop"), "simulate", "--tui"])
    #expect(terminal.read(until: "any key ends"))
    #expect(terminal.localFlags & tcflag_t(ICANON | ECHO) == 0)
    terminal.type("q")
    #expect(terminal.read(until: "verdict    "))
    #expect(terminal.waitForExit(of: process) == 0)
    #expect(terminal.localFlags & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO))
    #expect(terminal.text.contains("\u{1B}[?1049l"))
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGSEGV])
  func aSignalGivesTheTerminalBackToo(signal: Int32) throws {
    let terminal = try PseudoTerminal()
    let process = try terminal.start([Binaries.tool("wanctl-loop"), "simulate", "--tui"])
    #expect(terminal.read(until: "any key ends"))
    kill(process, signal)
    #expect(terminal.waitForExit(of: process) == 128 + signal)
    #expect(terminal.text.hasSuffix("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"))
    #expect(terminal.localFlags & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO))
  }
}

/// A terminal of 80 by 24 and what is written to it.
private final class PseudoTerminal {
  private let master: Int32
  private let slave: Int32
  private(set) var text = ""

  init() throws {
    // What unlockpt and ptsname do; Swift's Glibc module does not have them.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: Int32 = 0
    try #require(
      ioctl(master, 0x4004_5431, &unlocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(slave >= 0)
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
  }

  deinit {
    close(slave)
    close(master)
  }

  var localFlags: tcflag_t {
    var attributes = termios()
    tcgetattr(slave, &attributes)
    return attributes.c_lflag
  }

  /// Starts a program on the terminal, with no signal blocked: the test process blocks some.
  func start(_ command: [String]) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in 0..<Int32(3) {
      posix_spawn_file_actions_adddup2(&actions, slave, descriptor)
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    let variables = ["TERM=xterm-256color", "SWIFT_BACKTRACE=enable=no", "PATH=/usr/bin:/bin"]
    var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for pointer in arguments + environment { free(pointer) } }
    var process: pid_t = 0
    let code = posix_spawn(
      &process, command[0], &actions, &attributes, &arguments, &environment)
    try #require(code == 0)
    return process
  }

  func type(_ key: String) { _ = key.withCString { write(master, $0, strlen($0)) } }

  /// Reads what is written until it contains `words`.
  func read(until words: String) -> Bool {
    eventually(within: 20) {
      drain()
      return text.contains(words)
    }
  }

  /// The exit status as a shell tells it, with everything read that was written; nil when it did
  /// not end in time.
  func waitForExit(of process: pid_t) -> Int32? {
    var status: Int32 = 0
    let ended = eventually(within: 20) {
      drain()
      return waitpid(process, &status, WNOHANG) == process
    }
    drain()
    guard ended else {
      kill(process, SIGKILL)
      waitpid(process, &status, 0)
      return nil
    }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  private func drain() {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, 0) > 0 {
      let count = Glibc.read(master, &bytes, bytes.count)
      if count <= 0 { return }
      text += String(decoding: bytes[..<count], as: UTF8.self)
    }
  }
}
