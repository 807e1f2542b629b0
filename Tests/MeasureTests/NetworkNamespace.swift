import Glibc
import Platform
import Synchronization
import Testing

/// Runs code on a thread of its own in a network namespace of its own, where nobody else is and
/// nothing leaves: hosts can be silent there, interfaces come and go, rights be given up.
enum NetworkNamespace {
  struct Failure: Error {
    var reason: String
  }

  /// Needs CAP_SYS_ADMIN. As another user run the tests by `unshare -rn swift test`.
  static let isAvailable = (try? run { true }) == true
  static let need: Comment = "needs root, or swift test below unshare -rn"

  static func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) throws -> Result {
    let result = Mutex<Swift.Result<Result, any Error>?>(nil)
    let thread = try Thread(name: "namespace") {
      let outcome = Swift.Result { () throws -> Result in
        guard unshareNetwork() == 0 else { throw SystemError("unshare", code: errno) }
        try shell("ip link set lo up")
        return try body()
      }
      result.withLock { $0 = outcome }
    }
    thread.join()
    guard let outcome = result.withLock({ $0 }) else { throw Failure(reason: "no result") }
    return try outcome.get()
  }

  /// Runs commands in the namespace of the calling thread.
  static func shell(_ commands: String) throws {
    let status = system("set -e; " + commands)
    guard status == 0 else { throw Failure(reason: "\(commands): status \(status)") }
  }

  /// Hosts of this namespace do not answer pings any more.
  static func silence() throws {
    try shell("echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all")
  }

  /// Swift's Glibc module does not show what only GNU has.
  private static func unshareNetwork() -> CInt {
    typealias Unshare = @convention(c) (CInt) -> CInt
    guard let symbol = dlsym(nil, "unshare") else { return -1 }
    return unsafeBitCast(symbol, to: Unshare.self)(0x4000_0000)
  }
}
