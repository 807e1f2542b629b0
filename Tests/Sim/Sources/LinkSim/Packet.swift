/// An IP packet that the line knows an answer to, taken apart just as far as the answer needs.
struct Packet {
  enum Kind: Equatable {
    case echo
    /// ICMP type 13 (IPv4 only).
    case timestamp
    case connect
    /// Something that belongs to a connection which the line does not keep.
    case segment
    case ignored
  }

  let kind: Kind
  /// The last four bytes of the destination, in host byte order; IPv4: the whole address.
  let destination: UInt32
  let isIPv6: Bool
  private let bytes: [UInt8]
  private let payload: Int

  /// What nobody would answer.
  static let ignored = Packet()

  private init() {
    kind = .ignored
    destination = 0
    isIPv6 = false
    bytes = []
    payload = 0
  }

  /// nil when nobody would answer.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return nil }
    let transport: UInt8
    switch first >> 4 {
    case 4:
      payload = Int(first & 0xF) * 4
      guard payload >= 20, bytes.count >= payload + 8 else { return nil }
      // Fragments are not put together.
      guard bytes[6] & 0x3F == 0, bytes[7] == 0 else { return nil }
      transport = bytes[9]
      isIPv6 = false
    case 6:
      payload = 40
      guard bytes.count >= payload + 8 else { return nil }
      transport = bytes[6]
      isIPv6 = true
    default: return nil
    }
    switch (transport, bytes[payload]) {
    case (1, 8) where !isIPv6: kind = .echo
    case (1, 13) where !isIPv6 && bytes.count >= payload + 20: kind = .timestamp
    case (58, 128) where isIPv6: kind = .echo
    case (6, _) where bytes.count >= payload + 20:
      let flags = bytes[payload + 13]
      if flags & Self.reset != 0 { return nil }
      if flags & (Self.synchronize | Self.acknowledge) == Self.synchronize {
        kind = .connect
      } else if flags & Self.finish != 0 {
        kind = .segment
      } else {
        return nil
      }
    default: return nil
    }
    let end = isIPv6 ? 40 : 20
    destination = (end - 4..<end).reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
    self.bytes = Array(bytes)
  }

  private static let finish: UInt8 = 1
  private static let synchronize: UInt8 = 2
  private static let reset: UInt8 = 4
  private static let acknowledge: UInt8 = 16

  /// The answer to an echo or a timestamp request.
  /// - Parameter arrival: when it is at the reflector, in ms since midnight UTC.
  func echoReply(arrival: Double = 0) -> [UInt8] {
    var reply = turned(bytes)
    reply[payload] = isIPv6 ? 129 : kind == .timestamp ? 14 : 0
    if kind == .timestamp {
      let time = UInt32(max(0, arrival).truncatingRemainder(dividingBy: 86_400_000))
      for offset in [8, 12] { reply.set(time, at: payload + offset) }
    }
    reply.set(UInt16(0), at: payload + 2)
    reply.set(checksum(reply, from: payload, protocolNumber: isIPv6 ? 58 : nil), at: payload + 2)
    return reply
  }

  /// SYN-ACK, or RST where `refusing` and for segments of a connection that is over.
  func tcpReply(refusing: Bool) -> [UInt8] {
    var reply = turned(Array(bytes[..<(payload + 20)]))
    reply.replaceSubrange(payload..<(payload + 2), with: bytes[(payload + 2)..<(payload + 4)])
    reply.replaceSubrange((payload + 2)..<(payload + 4), with: bytes[payload..<(payload + 2)])
    let sequence = bytes.uint32(at: payload + 4)
    let acknowledged = bytes.uint32(at: payload + 8)
    let accepts = kind == .connect && !refusing
    reply.set(kind == .connect ? 1 : acknowledged, at: payload + 4)
    reply.set(sequence &+ 1, at: payload + 8)
    reply[payload + 12] = 5 << 4
    reply[payload + 13] = Self.acknowledge | (accepts ? Self.synchronize : Self.reset)
    reply.set(UInt16(accepts ? 65_535 : 0), at: payload + 14)
    reply.set(UInt32(0), at: payload + 16)
    reply.set(checksum(reply, from: payload, protocolNumber: 6), at: payload + 16)
    return reply
  }

  /// The packet on its way back: addresses exchanged, lengths and header checksum made right.
  private func turned(_ packet: [UInt8]) -> [UInt8] {
    var reply = packet
    let (source, size) = isIPv6 ? (8, 16) : (12, 4)
    let target = source + size
    reply.replaceSubrange(source..<target, with: packet[target..<(target + size)])
    reply.replaceSubrange(target..<(target + size), with: packet[source..<target])
    if isIPv6 {
      reply.set(UInt16(truncatingIfNeeded: packet.count - 40), at: 4)
      reply[7] = 64
    } else {
      reply.set(UInt16(truncatingIfNeeded: packet.count), at: 2)
      reply[8] = 64
      reply.set(UInt16(0), at: 10)
      reply.set(Self.fold(Self.sum(reply[..<payload])), at: 10)
    }
    return reply
  }

  /// The checksum of RFC 1071; with a protocol number over the pseudo header too.
  private func checksum(_ reply: [UInt8], from offset: Int, protocolNumber: UInt8?) -> UInt16 {
    var sum = Self.sum(reply[offset...])
    if let protocolNumber {
      sum += Self.sum(reply[(isIPv6 ? 8 : 12)..<(isIPv6 ? 40 : 20)])
      sum += UInt32(protocolNumber) + UInt32(reply.count - offset)
    }
    return Self.fold(sum)
  }

  private static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      sum &+= UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
      index += 2
    }
    if index < bytes.endIndex { sum &+= UInt32(bytes[index]) << 8 }
    return sum
  }

  private static func fold(_ sum: UInt32) -> UInt16 {
    var sum = sum
    while sum > 0xFFFF { sum = (sum & 0xFFFF) + (sum >> 16) }
    return ~UInt16(sum)
  }
}

extension [UInt8] {
  /// Network byte order.
  fileprivate mutating func set(_ value: some FixedWidthInteger, at offset: Int) {
    Swift.withUnsafeBytes(of: value.bigEndian) {
      replaceSubrange(offset..<(offset + $0.count), with: $0)
    }
  }

  fileprivate func uint32(at offset: Int) -> UInt32 {
    self[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
