import Foundation

/// A program that a test started, with its output in files, so that it never blocks on us.
final class ChildProcess {
  private let process = Process()
  private let outputFile: URL
  private let remarksFile: URL

  init(_ command: [String], folder: URL, environment: [String: String] = [:]) throws {
    let name = UUID().uuidString
    outputFile = folder.appending(path: "\(name).out")
    remarksFile = folder.appending(path: "\(name).err")
    try Data().write(to: outputFile)
    try Data().write(to: remarksFile)
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: remarksFile)
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  var processID: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
  var remarks: String { (try? String(contentsOf: remarksFile, encoding: .utf8)) ?? "" }

  func terminate() { kill(process.processIdentifier, SIGTERM) }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// The exit status; nil when the time is up, and then the process is killed.
  func waitUntilExit(within seconds: Double) -> Int32? {
    guard eventually(within: seconds, { !process.isRunning }) else {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      return nil
    }
    return process.terminationStatus
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

  static func simulator(_ name: String) -> String {
    root.appending(path: "Tests/Sim/.build/debug/\(name)").path
  }
}
