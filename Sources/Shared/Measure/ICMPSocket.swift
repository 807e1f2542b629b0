import Glibc
import Platform

/// A socket for ICMP echo over IPv4 or IPv6: raw, or where that is not allowed the datagram kind,
/// which needs no privilege (icmp(7), `ping_group_range`) and whose identifier the kernel chooses.
final class ICMPSocket {
  let isV6: Bool
  let isRaw: Bool
  let identifier: UInt16
  private let socket: FileDescriptor
  private var hasError = false

  var rawValue: CInt { socket.rawValue }

  /// - Parameter identifier: what a raw socket shall use.
  init(isV6: Bool, identifier: UInt16, options: ProbeOptions) throws(MeasureError) {
    self.isV6 = isV6
    let refusal: SystemError
    do throws(SystemError) {
      socket = try Self.open(isV6: isV6, identifier: identifier, options)
      isRaw = true
      self.identifier = identifier
      return
    } catch {
      guard error.call == "socket", error.code == EPERM || error.code == EACCES else {
        throw .socket(error, advice: options.advice(for: error))
      }
      refusal = error
    }
    do throws(SystemError) {
      socket = try Self.open(isV6: isV6, identifier: nil, options)
      isRaw = false
      // The kernel chose the identifier; it stands in the place of the port.
      self.identifier = try Socket.localAddress(socket.rawValue)?.port ?? 0
    } catch {
      guard error.call == "socket" else {
        throw .socket(error, advice: options.advice(for: error))
      }
      throw .notPermitted(raw: refusal, datagram: error)
    }
  }

  /// - Parameter identifier: of a raw socket; nil = the datagram kind.
  private static func open(
    isV6: Bool, identifier: UInt16?, _ options: ProbeOptions
  ) throws(SystemError) -> FileDescriptor {
    let isRaw = identifier != nil
    let socket = try Socket.open(
      isV6 ? AF_INET6 : AF_INET, type: CInt(isRaw ? SOCK_RAW.rawValue : SOCK_DGRAM.rawValue),
      protocol: CInt(isV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
    let descriptor = socket.rawValue
    if let identifier {
      try Socket.passOnlyEchoReplies(descriptor, isV6: isV6)
      try Socket.passOnly(identifier: identifier, descriptor, isV6: isV6)
    }
    // Errors come through the error queue, with the request that they are about.
    try Socket.set(
      descriptor, CInt(isV6 ? IPPROTO_IPV6 : IPPROTO_IP), isV6 ? IPV6_RECVERR : IP_RECVERR, to: 1,
      name: "IP_RECVERR")
    try Socket.enableTimestamps(descriptor, ofTransmission: options.usesTransmitStamps)
    // For bursts of many hosts; the kernel takes what it allows.
    try Socket.set(descriptor, SOL_SOCKET, SO_RCVBUF, to: 1 << 20, name: "SO_RCVBUF")
    try options.apply(to: descriptor)
    // Also gives a datagram socket its identifier.
    if options.source != nil || !isRaw {
      let any: IPAddress = isV6 ? .v6(0, 0, scope: 0) : .v4(0)
      try Socket.bind(descriptor, to: SocketAddress(options.source ?? any))
    }
    return socket
  }

  /// - Returns: 0, or why the kernel did not take the packet (`errno`).
  func send(_ packet: UnsafeRawBufferPointer, to address: SocketAddress) -> CInt {
    let descriptor = socket.rawValue
    do throws(SystemError) {
      try systemCall("sendto") {
        address.withSockaddr {
          sendto(descriptor, packet.baseAddress, packet.count, CInt(MSG_DONTWAIT), $0, $1)
        }
      }
      return 0
    } catch {
      return error.code
    }
  }

  /// The next packet, or the next entry of the error queue; nil when there is none.
  func receive(
    into buffer: UnsafeMutableRawBufferPointer, fromErrorQueue: Bool
  ) -> (bytes: Int, facts: PacketFacts)? {
    // An error that waits on the socket is told once, by whichever call comes next. It is none of
    // that call's own, and its entry is in the error queue.
    for _ in 0..<2 {
      do throws(SystemError) {
        return try Socket.receivePacket(
          socket.rawValue, into: buffer, fromErrorQueue: fromErrorQueue)
      } catch {
        hasError = true
      }
    }
    return nil
  }

  /// Whether a call failed since this was last asked: an ICMP error, whose entry is in the error
  /// queue. (A transmit stamp comes there without a notice.)
  func takeErrorNotice() -> Bool {
    defer { hasError = false }
    return hasError
  }
}
