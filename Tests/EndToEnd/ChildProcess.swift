import Foundation
import Testing

/// A program that a test started, with its output in files, so that it never blocks on us.
///
/// Not Foundation's `Process`: that learns of an end through a socket, which whatever another test
/// starts at the same moment inherits and keeps open.
final class ChildProcess {
  let processID: pid_t
  private let outputFile: URL
  private let remarksFile: URL
  /// As waitpid gave it; nil as long as it runs.
  private var ending: Int32?

  struct Failure: Error { var message: String }

  /// - Parameter input: what it reads on its standard input; nothing if nil.
  init(
    _ command: [String], folder: URL, environment: [String: String] = [:], input: URL? = nil
  ) throws {
    let name = UUID().uuidString
    outputFile = folder.appending(path: "\(name).out")
    remarksFile = folder.appending(path: "\(name).err")
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Signals may be blocked in the process of the tests, and a child would inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input?.path ?? "/dev/null", O_RDONLY, 0)
    for (descriptor, file) in [(1, outputFile), (2, remarksFile)] as [(Int32, URL)] {
      try Data().write(to: file)
      posix_spawn_file_actions_addopen(&actions, descriptor, file.path, O_WRONLY | O_APPEND, 0)
    }
    // What other tests have open is none of its business. Closing what is not open does no harm.
    for descriptor in 3..<256 as Range<Int32> {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    let variables = Self.inherited.merging(environment) { $1 }
    let words = (["/usr/bin/env"] + command).map { strdup($0) }
    let settings = variables.map { strdup("\($0.key)=\($0.value)") }
    defer { (words + settings).forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawn(
      &child, "/usr/bin/env", &actions, &attributes, words + [nil], settings + [nil])
    guard code == 0 else {
      throw Failure(message: "\(command): \(String(cString: strerror(code)))")
    }
    processID = child
  }

  /// The environment of the tests. When coverage is counted, children have a folder of their own for
  /// it: one that is killed as it writes its profile leaves a part of one, and `swift test` fails on
  /// that; scripts/coverage does not.
  private static let inherited: [String: String] = {
    var variables = ProcessInfo.processInfo.environment
    if let file = variables["LLVM_PROFILE_FILE"], let slash = file.lastIndex(of: "/") {
      variables["LLVM_PROFILE_FILE"] = file[..<slash] + "/children/%m_%p.profraw"
    }
    return variables
  }()

  deinit {
    guard isRunning else { return }
    kill(processID, SIGKILL)
    wait()
  }

  var isRunning: Bool {
    if ending != nil { return false }
    var status: Int32 = 0
    if waitpid(processID, &status, WNOHANG) == processID { ending = status }
    return ending == nil
  }

  var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
  var remarks: String { (try? String(contentsOf: remarksFile, encoding: .utf8)) ?? "" }

  func terminate() { send(SIGTERM) }

  func send(_ signal: Int32) {
    if isRunning { kill(processID, signal) }
  }

  /// The exit status, or the number of the signal that ended it; nil when the time is up, and then
  /// the process is killed.
  func waitUntilExit(within seconds: Double) -> Int32? {
    guard eventually(within: seconds, { !isRunning }), let ending else {
      kill(processID, SIGKILL)
      wait()
      return nil
    }
    let signal = ending & 0x7f
    return signal == 0 ? ending >> 8 & 0xff : signal
  }

  private func wait() {
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
    ending = status
  }
}

/// Looks until `condition` holds or the time is up; returns whether it held.
func eventually(within seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = Date(timeIntervalSinceNow: seconds)
  while true {
    if try condition() { return true }
    if Date() > deadline { return false }
    usleep(20_000)
  }
}

/// Where the tools and simulators are that the tests run.
enum Binaries {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of the test bundle; our tools are beside it.
  static let tools: URL =
    Bundle.allBundles.map(\.bundleURL).first {
      $0.pathExtension == "xctest"
    }?.deletingLastPathComponent() ?? Bundle.main.bundleURL

  static func tool(_ name: String) -> String { tools.appending(path: name).path }

  /// Copies one of our tools. A program of its own does: what we hold open for writing ourselves, the
  /// children that other tests start at this moment hold too, and such a file cannot be run.
  static func copy(_ name: String, to file: URL, mode: String = "0755") throws {
    let copying = try ChildProcess(
      ["install", "-m", mode, tool(name), file.path], folder: file.deletingLastPathComponent())
    try #require(copying.waitUntilExit(within: 60) == 0, "\(copying.remarks)")
  }

  static func simulator(_ name: String) -> String {
    root.appending(path: "Tests/Sim/.build/debug/\(name)").path
  }
}
