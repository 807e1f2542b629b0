import Foundation
import Platform
import Service
import Testing

/// Lock files that the original met, and whether it started.
@Suite struct LockVectors {
  static let files = VectorFile.all("statefile").filter { $0.header["kind"] as? String == "lock" }

  /// The original refuses these for `lock_timeout` seconds.
  static let takenOver: Set<String> = [
    "garbage_recent", "empty_recent", "float_pid", "pid_with_text",
  ]

  @Test func thereAreRecordings() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func startsAsRecorded(file: VectorFile) throws {
    for row in file.rows {
      let input = try #require(row["in"] as? VectorFile.Object)
      let output = try #require(row["out"] as? VectorFile.Object)
      let name = try #require(input["case"] as? String)
      var acquires = Recorded.flag(output, "acquired")
      if Self.takenOver.contains(name) {
        exclude("\(file.testDescription), \(name)", because: "only a living wanctl keeps a lock")
        acquires = true
      }

      let folder = try ScratchFolder()
      let path = folder.file("wan1.lock")
      let original = try RunningOriginal()
      let content = (input["content"] as? String)?.replacingOccurrences(
        of: "SELF", with: "\(original.processID)")
      if let content {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        let age = Recorded.number(input, "age_s")
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
      }
      let lock = try? InstanceLock(path: path)
      #expect((lock != nil) == acquires, "\(name)")
      let after = try String(contentsOfFile: path, encoding: .utf8)
      #expect(after == (acquires ? "\(getpid())\n" : content), "\(name)")
      #expect((lock?.takeover != nil) == (acquires && content != nil), "\(name)")
    }
  }
}

/// A live process with `wanctl` in its command line. It ends with its last reference.
private final class RunningOriginal {
  let processID: pid_t
  private let input: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try systemCall("pipe") { pipe(&ends) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addclose(&actions, ends[1])
    // The shell waits in read; the last words are without effect.
    let words = ["sh", "-c", "read line", "sh", "wanctl"]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var processID: pid_t = 0
    let status = posix_spawn(&processID, "/bin/sh", &actions, nil, &arguments, nil)
    close(ends[0])
    guard status == 0 else { throw SystemError("posix_spawn", code: status) }
    self.processID = processID
    input = ends[1]
  }

  deinit {
    close(input)
    kill(processID, SIGKILL)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
  }
}
