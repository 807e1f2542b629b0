import Glibc
import Model
import Platform

/// Sends datagrams to a socket of this host that is named by its path, or by `@` and its name in the
/// abstract namespace.
final class UnixDatagrams: Sendable {
  /// A `sockaddr_un` in its exact length.
  private let address: [UInt8]
  private let socket: FileDescriptor

  /// - Returns: nil when `name` is no address of a socket.
  init?(to name: String) throws(SystemError) {
    guard let address = Self.address(name) else { return nil }
    self.address = address
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    socket = FileDescriptor(
      owning: try systemCall("socket(AF_UNIX)") { Glibc.socket(AF_UNIX, type, 0) })
  }

  /// How long `send` with `waits` waits for a receiver that does not keep up.
  func limitWaiting(to limit: Milliseconds) throws(SystemError) {
    let microseconds = Int(limit.rawValue * 1000)
    var time = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
    try systemCall("setsockopt SO_SNDTIMEO") {
      setsockopt(
        socket.rawValue, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// - Throws: `EAGAIN` when the receiver does not keep up, `ECONNREFUSED` or `ENOENT` when it is
  ///   gone, `EMSGSIZE` when it is too much for one datagram.
  func send(
    _ bytes: [UInt8], waits: Bool = false, name: @autoclosure () -> String
  ) throws(SystemError) {
    let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
    try systemCall("sendto \(name())") {
      address.withUnsafeBytes { address in
        sendto(
          socket.rawValue, bytes, bytes.count, flags,
          address.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(address.count))
      }
    }
  }

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
}
