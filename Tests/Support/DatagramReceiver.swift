import Glibc
import Platform

/// A socket of this host that datagrams are sent to, as the service manager's or the journal's.
public final class DatagramReceiver {
  private let descriptor: FileDescriptor

  /// - Parameter name: a path, or `@` and a name in the abstract namespace.
  public init(_ name: String) throws {
    let socket = try systemCall("socket") { Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) }
    descriptor = FileDescriptor(owning: socket)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 } else { bytes.append(0) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    try systemCall("bind") {
      withUnsafeBytes(of: &address) {
        bind(
          socket, $0.assumingMemoryBound(to: sockaddr.self).baseAddress,
          socklen_t(2 + bytes.count))
      }
    }
  }

  /// What was sent first of what was not taken yet.
  /// - Throws: `EAGAIN` when there is nothing.
  public func receive() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    let count = try systemCall("recv") {
      recv(descriptor.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    }
    return Array(buffer.prefix(count))
  }

  public func receiveText() throws -> String {
    String(decoding: try receive(), as: UTF8.self)
  }
}
