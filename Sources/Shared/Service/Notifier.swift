import Glibc
public import Model
public import Platform

/// Tells the service manager how the daemon is, as sd_notify(3) describes.
///
/// One datagram per message to the socket that `NOTIFY_SOCKET` names: a path, or `@` and a name in
/// the abstract namespace. Without the variable nothing is sent. Sending never blocks.
public final class Notifier: Sendable {
  /// What is told.
  public enum Message: Sendable, Equatable {
    case ready
    /// One line for `systemctl status`.
    case status(String)
    case stopping
    /// The configuration is being read again; `ready` ends it.
    case reloading(at: MonotonicTime)
    /// Still alive. To be sent every `watchdogInterval`.
    case watchdog

    /// The line of the protocol.
    var text: String {
      switch self {
      case .ready: "READY=1"
      case .status(let status):
        "STATUS=" + String(status.map { $0.isNewline ? " " : $0 })
      case .stopping: "STOPPING=1"
      case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time.rawValue / 1000)"
      case .watchdog: "WATCHDOG=1"
      }
    }
  }

  /// Where datagrams go, and a socket to send them by.
  private final class Channel: Sendable {
    let address: [UInt8]
    let socket: FileDescriptor

    init(address: [UInt8]) throws(SystemError) {
      self.address = address
      let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
      socket = FileDescriptor(
        owning: try systemCall("socket(AF_UNIX)") { Glibc.socket(AF_UNIX, type, 0) })
    }
  }

  private let channel: Channel?

  /// How often the service manager wants to hear `watchdog`: half of `WATCHDOG_USEC`. nil when it
  /// does not, or wants it of another process.
  public let watchdogInterval: Milliseconds?

  /// - Parameters:
  ///   - environment: gives `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
  ///   - processID: what `WATCHDOG_PID` must be; nil = this process.
  /// - Throws: when `NOTIFY_SOCKET` is set and no socket can be made.
  public init(
    environment: (String) -> String? = EnvironmentVariable.value, processID: Int32? = nil
  ) throws(SystemError) {
    watchdogInterval = Self.watchdogInterval(environment, processID ?? getpid())
    guard let address = environment("NOTIFY_SOCKET").flatMap(Self.address) else {
      channel = nil
      return
    }
    channel = try Channel(address: address)
  }

  /// Whether somebody listens.
  public var isEnabled: Bool { channel != nil }

  /// Sends all of `messages` in one datagram.
  /// - Throws: `EAGAIN` when the service manager does not keep up, `ECONNREFUSED` when it is gone.
  public func send(_ messages: Message...) throws(SystemError) {
    guard let channel else { return }
    let text = Array(messages.map(\.text).joined(separator: "\n").utf8)
    try systemCall("sendto NOTIFY_SOCKET") {
      channel.address.withUnsafeBytes { address in
        sendto(
          channel.socket.rawValue, text, text.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT),
          address.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(address.count))
      }
    }
  }

  /// A `sockaddr_un` in its exact length; nil for what is no address of ours.
  private static func address(_ name: String) -> [UInt8]? {
    var path = Array(name.utf8)
    guard path.count > 1, path[0] == UInt8(ascii: "/") || path[0] == UInt8(ascii: "@") else {
      return nil
    }
    let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
    if path[0] == UInt8(ascii: "@") { path[0] = 0 } else { path.append(0) }
    guard path.count <= capacity else { return nil }
    return withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + path
  }

  private static func watchdogInterval(
    _ environment: (String) -> String?, _ processID: Int32
  ) -> Milliseconds? {
    guard let period = environment("WATCHDOG_USEC").flatMap({ Int64($0) }), period > 0 else {
      return nil
    }
    if let wanted = environment("WATCHDOG_PID"), wanted != "\(processID)" { return nil }
    return Milliseconds(Double(period) / 2000)
  }
}
