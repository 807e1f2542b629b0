import Glibc

/// The login shell of every user of the router: `RouterSim -c LINE`, as sshd calls it. It gives the
/// line to the router over a socket in its home and writes what comes back. RouterOS's status is
/// always 0.
enum ConsoleClient {
  static let option = "-c"
  static let socketName = "console"
  /// Tells which connection this belongs to; set by sshd.
  static let connectionVariable = "ROUTERSIM_CONNECTION"

  static func run(line: String) -> Never {
    let server = connect()
    let request: JSON = [
      "connection": .string(variable(connectionVariable)), "user": .string(variable("USER")),
      "line": .string(line),
    ]
    send(Array((request.encoded + "\n").utf8), to: server)
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(server, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      // The connection or the router is gone.
      guard count > 0 else { exit(0) }
      received += buffer.prefix(count)
      while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        follow(Array(received[..<end]))
        received.removeSubrange(...end)
      }
    }
  }

  private static func follow(_ bytes: [UInt8]) {
    guard let message = try? JSONParser.parse(bytes) else { exit(0) }
    if let text = message["out"]?.text { send(Array(text.utf8), to: 1) }
    switch message["end"]?.text {
    case "exit": exit(0)
    // A process that dies of a signal has no status that sshd could tell.
    case "kill": kill(getpid(), SIGKILL)
    default: break
    }
  }

  private static func variable(_ name: String) -> String {
    getenv(name).map { String(cString: $0) } ?? ""
  }

  /// By a relative path, because a socket's must be short and the home may be deep.
  private static func connect() -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketName.utf8) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard descriptor >= 0, status == 0 else {
      Remark.write("no router behind \(socketName): \(String(cString: strerror(errno)))")
      exit(1)
    }
    return descriptor
  }

  private static func send(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { exit(0) }
      rest = rest.dropFirst(count)
    }
  }
}
