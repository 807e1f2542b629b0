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

  private let socket: UnixDatagrams?

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
    socket =
      if let name = environment("NOTIFY_SOCKET") { try UnixDatagrams(to: name) } else { nil }
  }

  /// Whether somebody listens.
  public var isEnabled: Bool { socket != nil }

  /// Sends all of `messages` in one datagram.
  /// - Throws: `EAGAIN` when the service manager does not keep up, `ECONNREFUSED` when it is gone.
  public func send(_ messages: Message...) throws(SystemError) {
    try socket?.send(
      Array(messages.map(\.text).joined(separator: "\n").utf8), name: "NOTIFY_SOCKET")
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
