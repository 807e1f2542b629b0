public import Glibc

/// An address and a port, as the calls on sockets take and give it.
public struct SocketAddress: Sendable, Hashable, BitwiseCopyable {
  public var address: IPAddress
  /// 0 where there are no ports, as with ICMP.
  public var port: UInt16

  public init(_ address: IPAddress, port: UInt16 = 0) {
    self.address = address
    self.port = port
  }

  /// What a call on a socket stored; nil for a family other than IPv4 and IPv6.
  public init?(_ storage: sockaddr_storage) {
    let value: SocketAddress? = withUnsafeBytes(of: storage) { bytes in
      switch CInt(storage.ss_family) {
      case AF_INET:
        let v4 = bytes.loadUnaligned(as: sockaddr_in.self)
        return Self(
          .v4(UInt32(bigEndian: v4.sin_addr.s_addr)), port: UInt16(bigEndian: v4.sin_port))
      case AF_INET6:
        let v6 = bytes.loadUnaligned(as: sockaddr_in6.self)
        return Self(
          IPAddress(v6.sin6_addr, scope: v6.sin6_scope_id), port: UInt16(bigEndian: v6.sin6_port))
      default: return nil
      }
    }
    guard let value else { return nil }
    self = value
  }

  /// Lends the address as C wants it; nothing is allocated.
  public func withSockaddr<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    switch address {
    case .v4(let bits):
      var v4 = sockaddr_in()
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      v4.sin_addr.s_addr = bits.bigEndian
      return Self.lend(&v4, body)
    case .v6(let first, let last, let scope):
      var v6 = sockaddr_in6()
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      v6.sin6_addr = IPAddress.in6(first, last)
      v6.sin6_scope_id = scope
      return Self.lend(&v6, body)
    }
  }

  private static func lend<Address, Result>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafeBytes(of: &address) { bytes in
      // Of a local variable: there is an address.
      bytes.withMemoryRebound(to: sockaddr.self) {
        body($0.baseAddress!, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `192.0.2.1:443`, `[2001:db8::1]:443`.
  public var description: String {
    address.isV6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
