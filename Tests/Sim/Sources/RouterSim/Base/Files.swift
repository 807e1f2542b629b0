import Glibc

/// Files and child processes, for the certificates and for SSH.
enum Files {
  struct Failure: Error { var message: String }

  static func write(_ text: String, to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("open", path) }
    defer { close(file) }
    var rest = ArraySlice(Array(text.utf8))
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("write", path)
      }
      rest = rest.dropFirst(count)
    }
  }

  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("open", path) }
    defer { close(file) }
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { return out }
      out += buffer.prefix(count)
    }
  }

  static func makeDirectory(_ path: String) throws(Failure) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir", path) }
  }

  static func makeTemporaryDirectory() throws(Failure) -> String {
    var template = Array("/tmp/routersim.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw failure("mkdtemp", "/tmp") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes a directory and what is in it; what is left over does no harm.
  static func removeDirectory(_ path: String) {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let inner = path + "/" + name
      if unlink(inner) != 0 && errno == EISDIR { removeDirectory(inner) }
    }
    closedir(directory)
    rmdir(path)
  }

  static func remove(_ path: String) {
    unlink(path)
  }

  /// Puts a file in the place of another.
  static func move(_ path: String, to target: String) throws(Failure) {
    guard rename(path, target) == 0 else { throw failure("rename \(path) to", target) }
  }

  /// A program in the folder of this one.
  static func sibling(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let own = String(
      decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { return name }
    return own[...slash] + name
  }

  private static func failure(_ call: String, _ path: String) -> Failure {
    Failure(message: "\(call) \(path): \(String(cString: strerror(errno)))")
  }

  /// Runs a program to its end, with no signal blocked and nothing on its input; what it says is
  /// appended to the file `log`.
  static func run(_ program: String, _ arguments: [String], log: String) throws(Failure) {
    let child = try start(program, arguments, log: log)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw failure("waitpid", program) }
    }
    guard status == 0 else {
      throw Failure(message: "\(program) \(arguments.joined(separator: " ")) failed, see \(log)")
    }
  }

  /// Starts a program with no signal blocked. Its input is `socket`, and then its output too, or
  /// nothing; what it says otherwise is appended to the file `log`.
  static func start(
    _ program: String, _ arguments: [String], socket: Int32? = nil, log: String
  ) throws(Failure) -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var empty = sigset_t()
    sigemptyset(&empty)
    posix_spawnattr_setsigmask(&attributes, &empty)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    if let socket {
      posix_spawn_file_actions_adddup2(&actions, socket, 0)
      posix_spawn_file_actions_adddup2(&actions, socket, 1)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_adddup2(&actions, 2, 1)
    }
    let words = ([program] + arguments).map { strdup($0) }
    defer { words.forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, program, &actions, &attributes, words + [nil], environ)
    guard code == 0 else {
      throw Failure(message: "\(program): \(String(cString: strerror(code)))")
    }
    return child
  }
}
