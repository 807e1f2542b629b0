import Glibc
import Platform

extension ProbeOptions {
  /// Sets interface and mark of a socket. Its address is bound by whoever opens it.
  func apply(to socket: CInt) throws(SystemError) {
    if let interface { try Socket.bind(socket, toInterface: interface) }
    if let mark {
      try Socket.set(
        socket, SOL_SOCKET, SO_MARK, to: CInt(bitPattern: mark), name: "SO_MARK \(mark)")
    }
  }

  /// Throws when the source address cannot reach `target`.
  func check(_ target: IPAddress) throws(MeasureError) {
    guard let source, source.isV6 != target.isV6 else { return }
    throw .sourceFamily(source: source, target: target)
  }

  /// What to do about an option that the kernel refused.
  func advice(for error: SystemError) -> String? {
    switch error.code {
    case EPERM where error.call.contains("SO_MARK"):
      "a mark needs CAP_NET_ADMIN or, from Linux 5.17 on, CAP_NET_RAW"
    case EPERM where error.call.contains("SO_BINDTODEVICE"):
      "binding to an interface needs CAP_NET_RAW"
    case ENODEV: "there is no such interface: see ip link"
    case EADDRNOTAVAIL: "no interface has this address: see ip address"
    default: nil
    }
  }

  /// Whether the interface or the address is not there, which may change.
  func isMissing(_ error: SystemError) -> Bool {
    isBound && [ENODEV, EADDRNOTAVAIL, ENETDOWN, ENXIO].contains(error.code)
  }
}
