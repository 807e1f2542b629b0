/// The bytes of an ICMP echo request of ours and of the reply to it (RFC 792, RFC 4443).
///
/// Type, code, checksum, identifier and sequence are followed by 56 bytes as ping(8) sends them:
/// eight of a random cookie, which a sender who did not see the request cannot know; the number of
/// the probe, which unlike the 16 bits of the sequence never comes again; and filling.
struct EchoPacket {
  static let headerBytes = 8
  static let bytes = 64
  /// As much as identifies a probe.
  private static let identifiedBytes = 24

  /// The part of a reply that says which probe it answers.
  struct Echo: Equatable {
    var number: UInt64
    /// Length of the ICMP message.
    var bytes: Int
  }

  /// What a packet turned out to be.
  enum Arrival: Equatable {
    case reply(Echo)
    /// For another program, or no echo reply.
    case foreign
    case truncated
    case wrongChecksum
    /// Has our identifier, but is not what we sent.
    case forged
  }

  /// What the kernel says an ICMP error or a transmit stamp is about.
  enum Quote: Equatable {
    case number(UInt64)
    /// Routers need to quote no more than the header.
    case sequence(UInt16)
  }

  let isV6: Bool
  let cookie: UInt64

  private var requestType: UInt8 { isV6 ? 128 : 8 }
  private var replyType: UInt8 { isV6 ? 129 : 0 }

  /// Writes the request for a probe; `buffer` holds 64 bytes.
  ///
  /// The checksum is ours to make on a raw IPv4 socket; elsewhere the kernel overwrites it.
  func writeRequest(
    number: UInt64, identifier: UInt16, into buffer: UnsafeMutableRawBufferPointer
  ) {
    buffer[0] = requestType
    buffer[1] = 0
    Self.store(UInt16(0), in: buffer, at: 2)
    Self.store(identifier, in: buffer, at: 4)
    Self.store(UInt16(truncatingIfNeeded: number), in: buffer, at: 6)
    Self.store(cookie, in: buffer, at: 8)
    Self.store(number, in: buffer, at: 16)
    for index in Self.identifiedBytes..<Self.bytes { buffer[index] = UInt8(index) }
    let sum = Self.checksum(UnsafeRawBufferPointer(buffer))
    Self.store(isV6 ? 0 : sum, in: buffer, at: 2)
  }

  /// Reads what a socket received.
  ///
  /// - Parameters:
  ///   - hasIPHeader: as a raw IPv4 socket delivers packets; such a socket also gets those with a
  ///     wrong checksum.
  ///   - isCut: the packet did not fit into the buffer.
  func read(
    _ packet: UnsafeRawBufferPointer, identifier: UInt16, hasIPHeader: Bool, isCut: Bool
  ) -> Arrival {
    var message = packet
    if hasIPHeader {
      guard packet.count >= 20, packet[0] >> 4 == 4, packet[9] == 1 else { return .foreign }
      let header = Int(packet[0] & 0xf) * 4
      guard header >= 20, packet.count >= header else { return .foreign }
      message = UnsafeRawBufferPointer(rebasing: packet[header...])
    }
    guard message.count >= Self.headerBytes, message[0] == replyType, message[1] == 0 else {
      return .foreign
    }
    guard Self.load(UInt16.self, from: message, at: 4) == identifier else { return .foreign }
    if isCut { return .forged }
    // The sum over a message with its own checksum is 0.
    if hasIPHeader, Self.checksum(message) != 0 { return .wrongChecksum }
    if message.count < Self.bytes { return .truncated }
    let number = Self.load(UInt64.self, from: message, at: 16)
    guard message.count == Self.bytes,
      Self.load(UInt64.self, from: message, at: 8) == cookie,
      Self.load(UInt16.self, from: message, at: 6) == UInt16(truncatingIfNeeded: number),
      (Self.identifiedBytes..<Self.bytes).allSatisfy({ message[$0] == UInt8($0) })
    else { return .forged }
    return .reply(Echo(number: number, bytes: message.count))
  }

  /// Reads the request that an ICMP error quotes: the entry of the error queue begins with it.
  func readQuote(_ packet: UnsafeRawBufferPointer, identifier: UInt16) -> Quote? {
    guard packet.count >= Self.headerBytes, packet[0] == requestType,
      Self.load(UInt16.self, from: packet, at: 4) == identifier
    else { return nil }
    let sequence = Self.load(UInt16.self, from: packet, at: 6)
    guard packet.count >= Self.identifiedBytes else { return .sequence(sequence) }
    let number = Self.load(UInt64.self, from: packet, at: 16)
    guard Self.load(UInt64.self, from: packet, at: 8) == cookie,
      UInt16(truncatingIfNeeded: number) == sequence
    else { return nil }
    return .number(number)
  }

  /// Reads the request that a transmit stamp belongs to: it ends the packet as it went to the
  /// device, behind the headers of lower layers.
  func readTransmitted(_ packet: UnsafeRawBufferPointer, identifier: UInt16) -> UInt64? {
    guard packet.count >= Self.bytes else { return nil }
    let message = UnsafeRawBufferPointer(rebasing: packet[(packet.count - Self.bytes)...])
    guard case .number(let number) = readQuote(message, identifier: identifier) else { return nil }
    return number
  }

  /// The Internet checksum (RFC 1071) in host order.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
    var sum: UInt64 = 0
    var index = 0
    while index + 1 < bytes.count {
      sum &+= UInt64(bytes[index]) << 8 | UInt64(bytes[index + 1])
      index += 2
    }
    if index < bytes.count { sum &+= UInt64(bytes[index]) << 8 }
    while sum >> 16 != 0 { sum = sum & 0xffff &+ sum >> 16 }
    return ~UInt16(truncatingIfNeeded: sum)
  }

  private static func load<Value: FixedWidthInteger>(
    _ type: Value.Type, from bytes: UnsafeRawBufferPointer, at offset: Int
  ) -> Value {
    Value(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }

  private static func store<Value: FixedWidthInteger>(
    _ value: Value, in bytes: UnsafeMutableRawBufferPointer, at offset: Int
  ) {
    bytes.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
  }
}
