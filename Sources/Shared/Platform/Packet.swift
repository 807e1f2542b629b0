import CPlatform
import Glibc

/// What the kernel tells about a packet beside its bytes.
public struct PacketFacts: Sendable {
  /// Where it came from: which queue of the socket, and why.
  public enum Entry: Sendable, Equatable {
    /// A packet that was received.
    case packet
    /// An ICMP error about a packet that was sent; the bytes are what it quotes of that.
    case icmpError(type: UInt8, code: UInt8)
    /// A packet that was sent, back with its transmit stamp.
    case transmitted
    /// Anything else in the error queue, as an error of the host itself.
    case other
  }

  public var entry: Entry
  /// Who sent it; of an ICMP error, where the packet that it is about was going.
  public var address: IPAddress?
  /// When the kernel received it or gave it to the device: nanoseconds of `CLOCK_REALTIME`; nil
  /// where the kernel does not tell.
  public var stamp: Int64?
  /// Whether it was longer than the buffer.
  public var isCut: Bool
}

extension Socket {
  /// Takes the next packet, or the next entry of the error queue (`MSG_ERRQUEUE`), without waiting.
  ///
  /// - Returns: its length and the facts; nil when there is none.
  public static func receivePacket(
    _ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, fromErrorQueue: Bool = false
  ) throws(SystemError) -> (bytes: Int, facts: PacketFacts)? {
    var facts = wanctl_packet_facts()
    let length = try nonBlockingCall("recvmsg") {
      wanctl_receive_packet(
        descriptor, buffer.baseAddress, buffer.count, fromErrorQueue ? 1 : 0, &facts)
    }
    guard let length else { return nil }
    let entry: PacketFacts.Entry =
      switch facts.entry {
      case WANCTL_ENTRY_NONE: fromErrorQueue ? .other : .packet
      case WANCTL_ENTRY_ICMP: .icmpError(type: facts.error_type, code: facts.error_code)
      case WANCTL_ENTRY_TRANSMITTED: .transmitted
      default: .other
      }
    let address = withUnsafeBytes(of: &facts.address) { $0.load(as: sockaddr_storage.self) }
    return (
      Int(length),
      PacketFacts(
        entry: entry, address: SocketAddress(address)?.address,
        stamp: facts.stamp_nanoseconds > 0 ? facts.stamp_nanoseconds : nil,
        isCut: facts.is_cut != 0)
    )
  }

  /// Asks for the kernel's stamps of received packets, and of sent ones too where wanted.
  public static func enableTimestamps(
    _ descriptor: CInt, ofTransmission: Bool
  ) throws(SystemError) {
    try systemCall("setsockopt SO_TIMESTAMPING") {
      wanctl_enable_timestamps(descriptor, ofTransmission ? 1 : 0)
    }
  }

  /// Lets only echo replies through a raw ICMP socket (`ICMP_FILTER`, `ICMP6_FILTER`).
  public static func passOnlyEchoReplies(_ descriptor: CInt, isV6: Bool) throws(SystemError) {
    try systemCall("setsockopt ICMP_FILTER") { wanctl_pass_echo_replies(descriptor, isV6 ? 1 : 0) }
  }

  /// Lets only ICMP messages with this identifier through a raw ICMP socket, which else sees, and is
  /// woken by, every ping of the host.
  public static func passOnly(
    identifier: UInt16, _ descriptor: CInt, isV6: Bool
  ) throws(SystemError) {
    try systemCall("setsockopt SO_ATTACH_FILTER") {
      wanctl_pass_identifier(descriptor, isV6 ? 1 : 0, identifier)
    }
  }

  /// How long the handshake of a connection took by the kernel's own measurement (`TCP_INFO`), in
  /// microseconds; nil when a segment had to be repeated or the kernel did not measure.
  public static func handshakeMicroseconds(_ descriptor: CInt) -> Int64? {
    var rtt: UInt32 = 0
    var repeats: UInt32 = 0
    guard wanctl_handshake_rtt(descriptor, &rtt, &repeats) == 0, rtt > 0, repeats == 0 else {
      return nil
    }
    return Int64(rtt)
  }
}
