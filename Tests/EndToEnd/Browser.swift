import Foundation

/// A browser without a window, told what to do over its debugging pipe.
final class Browser {
  struct Failure: Error { var message: String }

  private let process: pid_t
  private let commands: Int32
  private let answers: Int32
  private let folder: URL
  private var number = 0
  private var session: String?
  private var pending: [UInt8] = []

  /// Starts Chromium and opens a page.
  init(_ address: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var toBrowser: [Int32] = [0, 0]
    var fromBrowser: [Int32] = [0, 0]
    guard pipe(&toBrowser) == 0, pipe(&fromBrowser) == 0 else {
      throw Failure(message: "pipe: \(String(cString: strerror(errno)))")
    }
    for descriptor in toBrowser + fromBrowser { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    commands = toBrowser[1]
    answers = fromBrowser[0]
    process = try Self.start(
      folder: folder, input: toBrowser[0], output: fromBrowser[1])
    close(toBrowser[0])
    close(fromBrowser[1])
    let target = try call("Target.createTarget", ["url": "about:blank"])["targetId"]
    let attached = try call(
      "Target.attachToTarget", ["targetId": target ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    _ = try call("Page.navigate", ["url": address])
  }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    close(commands)
    close(answers)
    try? FileManager.default.removeItem(at: folder)
  }

  /// What an expression of JavaScript is worth in the page; nil for null, undefined and errors.
  func evaluate(_ expression: String) throws -> Any? {
    let answer = try call(
      "Runtime.evaluate",
      ["expression": expression, "returnByValue": true, "awaitPromise": true])
    let value = (answer["result"] as? [String: Any])?["value"]
    return value is NSNull ? nil : value
  }

  private func call(_ method: String, _ parameters: [String: Any]) throws -> [String: Any] {
    number += 1
    var message: [String: Any] = ["id": number, "method": method, "params": parameters]
    message["sessionId"] = session
    let bytes = Array(try JSONSerialization.data(withJSONObject: message)) + [0]
    guard write(commands, bytes, bytes.count) == bytes.count else {
      throw Failure(message: "\(method): the browser has ended")
    }
    let deadline = Date(timeIntervalSinceNow: 60)
    while let answer = try read(until: deadline) {
      guard answer["id"] as? Int == number else { continue }
      if let error = answer["error"] { throw Failure(message: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
    throw Failure(message: "\(method): no answer")
  }

  /// The next message; nil when the time is up or the browser has ended.
  private func read(until deadline: Date) throws -> [String: Any]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let end = pending.firstIndex(of: 0) {
        let message = Data(pending[..<end])
        pending.removeFirst(end + 1)
        return try JSONSerialization.jsonObject(with: message) as? [String: Any]
      }
      var entry = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      let rest = deadline.timeIntervalSinceNow
      guard rest > 0, poll(&entry, 1, Int32(rest * 1000) + 1) > 0 else { return nil }
      let count = Glibc.read(answers, &buffer, buffer.count)
      guard count > 0 else { return nil }
      pending += buffer[..<count]
    }
  }

  private static func start(folder: URL, input: Int32, output: Int32) throws -> pid_t {
    let words = [
      "/usr/bin/env", "chromium", "--headless", "--no-sandbox", "--disable-gpu",
      "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
      "--user-data-dir=\(folder.path)", "about:blank",
    ]
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
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for descriptor in [1, 2] as [Int32] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    // Away from 3 and 4 first, whichever numbers they have.
    posix_spawn_file_actions_adddup2(&actions, input, 200)
    posix_spawn_file_actions_adddup2(&actions, output, 201)
    posix_spawn_file_actions_adddup2(&actions, 200, 3)
    posix_spawn_file_actions_adddup2(&actions, 201, 4)
    for descriptor in 5..<256 as Range<Int32> {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    let arguments = words.map { strdup($0) }
    let settings = ProcessInfo.processInfo.environment
      .merging(["HOME": folder.path]) { $1 }.map { strdup("\($0.key)=\($0.value)") }
    defer { (arguments + settings).forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawn(
      &child, words[0], &actions, &attributes, arguments + [nil], settings + [nil])
    guard code == 0 else { throw Failure(message: String(cString: strerror(code))) }
    return child
  }
}
