import Glibc
public import Platform

/// Why a server does not listen.
public enum HTTPListenerError: Error, Sendable, CustomStringConvertible {
  case host(ResolverError)
  case system(SystemError)
  /// The library gave up; it does not say why.
  case server(address: String)

  public var description: String {
    switch self {
    case .host(let error): "\(error)"
    case .system(let error): "\(error)"
    case .server(let address): "the server on \(address) did not start"
    }
  }
}

/// A socket that listens.
struct HTTPListener: ~Copyable {
  private static let backlog: CInt = 128

  let socket: FileDescriptor
  /// With the port that the kernel chose, where that was 0.
  let address: SocketAddress

  /// - Parameter host: an address or a name, of which the first address counts.
  init(host: String, port: UInt16) throws(HTTPListenerError) {
    let candidates: [IPAddress]
    do { candidates = try Resolver.addresses(of: host) } catch { throw .host(error) }
    // The original knows IPv4 alone: `localhost` means what it meant there.
    let wanted = SocketAddress(
      candidates.first { !$0.isV6 } ?? candidates[0], port: port)
    do throws(SystemError) {
      let socket = try Socket.open(
        wanted.address.isV6 ? AF_INET6 : AF_INET, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
      try Socket.set(
        socket.rawValue, SOL_SOCKET, SO_REUSEADDR, to: 1, name: "SO_REUSEADDR")
      try Socket.bind(socket.rawValue, to: wanted)
      let descriptor = socket.rawValue
      try systemCall("listen \(wanted)") { listen(descriptor, Self.backlog) }
      address = try Socket.localAddress(descriptor) ?? wanted
      self.socket = socket
    } catch {
      throw .system(error)
    }
  }
}
