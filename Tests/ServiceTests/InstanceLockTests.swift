import Foundation
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite struct InstanceLockTests {
  let folder: TemporaryFolder
  let path: String
  let own = "\(getpid())\n"

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("wan1.lock")
  }

  @Test func holdsItsProcessID() throws {
    let lock = try InstanceLock(path: path)
    #expect(lock.takeover == nil)
    #expect(try folder.text(of: "wan1.lock") == own)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode.map { $0 & 0o133 } == 0)
    try lock.release()
    #expect(try folder.names().isEmpty)
    try lock.release()
  }

  @Test func goesWithItsLastReference() throws {
    _ = try InstanceLock(path: path)
    #expect(try folder.names().isEmpty)
  }

  @Test func isHeldOnce() throws {
    let lock = try InstanceLock(path: path)
    #expect(throws: InstanceLock.Failure.held(path: path, processID: getpid())) {
      try InstanceLock(path: path)
    }
    #expect(try folder.text(of: "wan1.lock") == own)
    try lock.release()
    try InstanceLock(path: path).release()
  }

  @Test(arguments: [
    ("", "it is empty"), (" \n", "it is empty"), ("abc", "it holds no process ID"),
    ("12.5", "it holds no process ID"), ("1 wanctl", "it holds no process ID"),
    ("999999999999\n", "it holds no process ID"), ("\u{0}\u{0}", "it holds no process ID"),
    ("999999999\n", "process 999999999 is gone"), ("0", "process 0 is gone"),
    ("-1\n", "process -1 is gone"),
  ])
  func takesOverWhatDoesNotCount(content: String, reason: String) throws {
    try folder.write(content, to: "wan1.lock")
    let lock = try InstanceLock(path: path)
    #expect(lock.takeover == "took over \(path): \(reason)")
    #expect(try folder.text(of: "wan1.lock") == own)
  }

  @Test func takesOverItsOwnNumber() throws {
    try folder.write(own, to: "wan1.lock")
    let takeover = try InstanceLock(path: path).takeover
    #expect(takeover == "took over \(path): process \(getpid()) is gone")
  }

  @Test func respectsARunningOriginal() throws {
    let original = try Helper(arguments: ["wanctl", "--config", "/etc/wanctl/wan1.yaml"])
    defer { original.end() }
    try folder.write(" \(original.processID)\n\n", to: "wan1.lock")
    let failure = try #require(throws: InstanceLock.Failure.self) { try InstanceLock(path: path) }
    guard case .running(path, original.processID, let command) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(command.hasSuffix("wanctl --config /etc/wanctl/wan1.yaml"))
    #expect(failure.description.contains("\(original.processID)"))
    #expect(try folder.text(of: "wan1.lock") == " \(original.processID)\n\n")
  }

  @Test func aRunningProcessIsSeenWithoutTheLock() throws {
    let loop = try Helper(arguments: ["wanctl-loop"])
    let stranger = try Helper(arguments: ["something-else"])
    defer {
      loop.end()
      stranger.end()
    }
    #expect(InstanceLock.runningProcess(lockFile: path) == nil)
    for (content, process) in [
      ("\(loop.processID)\n", loop.processID), ("\(stranger.processID)\n", nil), ("", nil),
      (own, nil), ("junk", nil),
    ] {
      try folder.write(content, to: "wan1.lock")
      #expect(InstanceLock.runningProcess(lockFile: path) == process)
      #expect(try folder.text(of: "wan1.lock") == content)
    }
  }

  @Test func takesOverFromAnotherProgram() throws {
    let stranger = try Helper(arguments: ["something-else"])
    defer { stranger.end() }
    try folder.write("\(stranger.processID)\n", to: "wan1.lock")
    let takeover = try #require(try InstanceLock(path: path).takeover)
    #expect(
      takeover.hasPrefix("took over \(path): process \(stranger.processID) is another program"))
  }

  @Test func takesOverFromTheDeadAndUnburied() throws {
    let zombie = try Helper(arguments: ["wanctl"])
    zombie.end(burying: false)
    try folder.write("\(zombie.processID)\n", to: "wan1.lock")
    let takeover = try InstanceLock(path: path).takeover
    #expect(takeover == "took over \(path): process \(zombie.processID) is gone")
    zombie.bury()
  }

  @Test func leavesAFileThatSomebodyElsePutThere() throws {
    let lock = try InstanceLock(path: path)
    try FileManager.default.removeItem(atPath: path)
    try folder.write("1\n", to: "wan1.lock")
    try lock.release()
    #expect(try folder.text(of: "wan1.lock") == "1\n")
  }

  @Test func refusesASymbolicLink() throws {
    try folder.write("precious", to: "target")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: folder.file("target"))
    let failure = try #require(throws: InstanceLock.Failure.self) { try InstanceLock(path: path) }
    guard case .system(let error) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(error.code == ELOOP)
    #expect(try folder.text(of: "target") == "precious")
  }

  @Test func namesAMissingFolder() throws {
    let missing = folder.file("missing/wan1.lock")
    let failure = try #require(throws: InstanceLock.Failure.self) {
      try InstanceLock(path: missing)
    }
    #expect(failure.description.contains(missing))
  }

  /// However many take and release it, no two have it at a time, and no file is left.
  @Test func excludesUnderContention() throws {
    let holders = Atomic(0)
    let taken = Atomic(0)
    let overlaps = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<200 {
        guard let lock = try? InstanceLock(path: path) else { continue }
        if holders.add(1, ordering: .sequentiallyConsistent).newValue != 1 {
          overlaps.add(1, ordering: .relaxed)
        }
        taken.add(1, ordering: .relaxed)
        holders.subtract(1, ordering: .sequentiallyConsistent)
        try? lock.release()
      }
    }
    #expect(overlaps.load(ordering: .relaxed) == 0)
    #expect(taken.load(ordering: .relaxed) > 0)
    #expect(try folder.names().isEmpty)
  }

  /// Any bytes in the file are an answer, never a crash.
  @Test func survivesAnyContent() throws {
    var random = SeededGenerator(seed: 12)
    for round in 0..<300 {
      let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let lock = try InstanceLock(path: path)
      #expect(try folder.text(of: "wan1.lock") == own, "round \(round)")
      try lock.release()
    }
  }
}

/// A process that waits until it is told to end, with arguments of our choice.
final class Helper {
  let processID: pid_t
  private let input: Int32
  private var isOver = false

  init(arguments: [String]) throws {
    var ends: [Int32] = [0, 0]
    try systemCall("pipe") { pipe(&ends) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addclose(&actions, ends[1])
    posix_spawn_file_actions_addclose(&actions, ends[0])
    // The shell waits in read; the rest are parameters of no effect.
    let strings = ["sh", "-c", "read line", "sh"] + arguments
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var processID: pid_t = 0
    let status = posix_spawn(&processID, "/bin/sh", &actions, nil, &pointers, nil)
    close(ends[0])
    guard status == 0 else { throw SystemError("posix_spawn", code: status) }
    self.processID = processID
    input = ends[1]
  }

  func end(burying: Bool = true) {
    guard !isOver else { return }
    isOver = true
    close(input)
    kill(processID, SIGKILL)
    var information = siginfo_t()
    waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT)
    if burying { bury() }
  }

  func bury() {
    var status: Int32 = 0
    waitpid(processID, &status, 0)
  }
}
