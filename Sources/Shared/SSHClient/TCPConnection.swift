import CPlatform
import Glibc
import Model
import Platform

/// Opens the TCP connection that SSH runs over.
enum TCPConnection {
  /// The kernel asks an idle connection after this time whether it still stands, and gives it up
  /// when three questions go unanswered. It does so while no thread of ours looks at it.
  static let keepAliveSeconds: CInt = 15

  /// Tries a host's addresses in the resolver's order.
  static func open(
    _ server: SSHServer, until deadline: MonotonicTime, canceller: SSHCanceller
  ) throws(SSHFailure) -> FileDescriptor {
    guard let port = UInt16(exactly: server.port), port > 0 else {
      throw SSHFailure(.unusable, detail: "\(server.port) is no port")
    }
    let deadline = min(deadline, Clock.monotonic() + server.connectTimeout)
    let addresses = try NameLookup.addresses(
      of: server.host, until: deadline, canceller: canceller)
    var failure = SSHFailure(.nameNotFound, detail: server.host)
    for (index, address) in addresses.enumerated() {
      // Each gets its share of what time is left.
      let rest = deadline - Clock.monotonic()
      let share = Milliseconds(rest.rawValue / Double(addresses.count - index))
      do throws(SSHFailure) {
        return try connect(
          to: SocketAddress(address, port: port), until: Clock.monotonic() + share,
          canceller: canceller)
      } catch {
        if error.kind == .cancelled { throw error }
        failure = error
      }
    }
    throw failure
  }

  private static func connect(
    to address: SocketAddress, until deadline: MonotonicTime, canceller: SSHCanceller
  ) throws(SSHFailure) -> FileDescriptor {
    let socket: FileDescriptor
    do throws(SystemError) { socket = try begin(address) } catch { throw failure(error) }
    let descriptor = socket.rawValue
    try canceller.wait(for: descriptor, events: CInt(POLLOUT), until: deadline)
    do throws(SystemError) {
      let code = try Socket.pendingError(descriptor)
      guard code == 0 else { throw SystemError("connect \(address)", code: code) }
    } catch { throw failure(error) }
    return socket
  }

  private static func begin(_ address: SocketAddress) throws(SystemError) -> FileDescriptor {
    let socket = try Socket.open(
      address.address.isV6 ? AF_INET6 : AF_INET, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
    let descriptor = socket.rawValue
    let tcp = CInt(IPPROTO_TCP)
    try Socket.set(descriptor, tcp, TCP_NODELAY, to: 1, name: "TCP_NODELAY")
    try Socket.set(descriptor, SOL_SOCKET, SO_KEEPALIVE, to: 1, name: "SO_KEEPALIVE")
    try Socket.set(
      descriptor, tcp, TCP_KEEPIDLE, to: keepAliveSeconds, name: "TCP_KEEPIDLE")
    try Socket.set(descriptor, tcp, TCP_KEEPINTVL, to: 5, name: "TCP_KEEPINTVL")
    try Socket.set(descriptor, tcp, TCP_KEEPCNT, to: 3, name: "TCP_KEEPCNT")
    do throws(SystemError) {
      try systemCall("connect \(address)") {
        address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
      }
    } catch {
      guard error.code == EINPROGRESS else { throw error }
    }
    return socket
  }

  private static func failure(_ error: SystemError) -> SSHFailure {
    let kind: SSHFailure.Kind =
      switch error.code {
      case ECONNREFUSED: .refused
      case ETIMEDOUT: .timeout
      case ECONNRESET, EPIPE: .reset
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: .unusable
      default: .unreachable
      }
    return SSHFailure(kind, detail: "\(error)")
  }
}
