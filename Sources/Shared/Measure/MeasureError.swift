public import Platform

/// Why no probe can be sent, with the way out.
public enum MeasureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kernel allows neither a raw ICMP socket nor an unprivileged one.
  case notPermitted(raw: SystemError, datagram: SystemError)
  /// The source address is of the other family than a target's.
  case sourceFamily(source: IPAddress, target: IPAddress)
  /// There is no socket, or an option of it was refused.
  case socket(SystemError, advice: String?)

  public var description: String {
    switch self {
    case .notPermitted(let raw, let datagram):
      "no permission to send ICMP (raw \(raw); datagram \(datagram)): give the program CAP_NET_RAW"
        + " (setcap cap_net_raw+ep PROGRAM, or AmbientCapabilities=CAP_NET_RAW in its unit), or put"
        + " its group into the sysctl net.ipv4.ping_group_range"
    case .sourceFamily(let source, let target):
      "the source address \(source) cannot reach \(target): one is IPv4, the other IPv6"
    case .socket(let error, let advice):
      "\(error)" + (advice.map { ": \($0)" } ?? "")
    }
  }
}
