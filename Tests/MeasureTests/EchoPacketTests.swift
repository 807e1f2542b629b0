import TestSupport
import Testing

@testable import Measure

/// The bytes of a reply as a socket delivers them.
struct PacketBytes {
  static let cookie: UInt64 = 0x1122_3344_5566_7788
  static let identifier: UInt16 = 0xabcd

  /// A request of ours.
  static func request(
    number: UInt64, isV6: Bool = false, cookie: UInt64 = cookie, identifier: UInt16 = identifier
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xee, count: EchoPacket.bytes)
    bytes.withUnsafeMutableBytes {
      EchoPacket(isV6: isV6, cookie: cookie).writeRequest(
        number: number, identifier: identifier, into: $0)
    }
    return bytes
  }

  /// The reply to it, with a right checksum.
  static func reply(
    number: UInt64, isV6: Bool = false, cookie: UInt64 = cookie, identifier: UInt16 = identifier
  ) -> [UInt8] {
    var bytes = request(number: number, isV6: isV6, cookie: cookie, identifier: identifier)
    bytes[0] = isV6 ? 129 : 0
    return withChecksum(bytes)
  }

  static func withChecksum(_ message: [UInt8]) -> [UInt8] {
    var bytes = message
    bytes[2] = 0
    bytes[3] = 0
    let sum = bytes.withUnsafeBytes { EchoPacket.checksum($0) }
    bytes[2] = UInt8(sum >> 8)
    bytes[3] = UInt8(sum & 0xff)
    return bytes
  }

  /// Behind an IPv4 header with `options` bytes of options, as a raw socket delivers it.
  static func behindHeader(_ message: [UInt8], options: Int = 0) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 20 + options)
    header[0] = 0x40 | UInt8(header.count / 4)
    header[9] = 1
    return header + message
  }
}

@Suite struct EchoPacketTests {
  private func read(_ packet: [UInt8], raw: Bool = true, isV6: Bool = false, isCut: Bool = false)
    -> EchoPacket.Arrival
  {
    packet.withUnsafeBytes {
      EchoPacket(isV6: isV6, cookie: PacketBytes.cookie).read(
        $0, identifier: PacketBytes.identifier, hasIPHeader: raw && !isV6, isCut: isCut)
    }
  }

  private func quote(_ packet: [UInt8], isV6: Bool = false) -> EchoPacket.Quote? {
    packet.withUnsafeBytes {
      EchoPacket(isV6: isV6, cookie: PacketBytes.cookie).readQuote(
        $0, identifier: PacketBytes.identifier)
    }
  }

  @Test func theChecksumIsThatOfRFC1071() {
    // The example of the RFC's section 3: the sum is ddf2.
    let example: [UInt8] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]
    #expect(example.withUnsafeBytes { EchoPacket.checksum($0) } == ~0xddf2)
    #expect([UInt8(0x12)].withUnsafeBytes { EchoPacket.checksum($0) } == ~0x1200)
    #expect([UInt8]().withUnsafeBytes { EchoPacket.checksum($0) } == 0xffff)
  }

  @Test func aRequestHasItsPlaces() {
    let bytes = PacketBytes.request(number: 0x0102_0304_0506_0708)
    #expect(bytes.count == 64)
    #expect(bytes[..<2] == [8, 0])
    #expect(bytes[4..<8] == [0xab, 0xcd, 0x07, 0x08])
    #expect(
      bytes[8..<24] == [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 1, 2, 3, 4, 5, 6, 7, 8])
    #expect(bytes.withUnsafeBytes { EchoPacket.checksum($0) } == 0)
    #expect(PacketBytes.request(number: 1, isV6: true)[..<4] == [128, 0, 0, 0])
  }

  @Test(arguments: [0, 1, 65_535, 65_536, UInt64.max])
  func theReplyIsRecognized(number: UInt64) {
    let expected = EchoPacket.Arrival.reply(.init(number: number, bytes: 64))
    let reply = PacketBytes.reply(number: number)
    #expect(read(PacketBytes.behindHeader(reply)) == expected)
    #expect(read(PacketBytes.behindHeader(reply, options: 40)) == expected)
    #expect(read(reply, raw: false) == expected)
    #expect(read(PacketBytes.reply(number: number, isV6: true), isV6: true) == expected)
  }

  @Test func everythingElseIsTold() {
    let reply = PacketBytes.reply(number: 5)
    func raw(_ message: [UInt8]) -> EchoPacket.Arrival {
      read(PacketBytes.behindHeader(PacketBytes.withChecksum(message)))
    }
    #expect(raw(PacketBytes.request(number: 5)) == .foreign)
    #expect(raw(PacketBytes.reply(number: 5, identifier: 1)) == .foreign)
    #expect(raw(PacketBytes.reply(number: 5, cookie: 1)) == .forged)
    #expect(raw(Array(reply[..<40])) == .truncated)
    #expect(raw(Array(reply[..<8])) == .truncated)
    #expect(raw(reply + [0, 0]) == .forged)
    var otherSequence = reply
    otherSequence[7] ^= 1
    #expect(raw(otherSequence) == .forged)
    var otherFilling = reply
    otherFilling[63] ^= 1
    #expect(raw(otherFilling) == .forged)
    #expect(read(PacketBytes.behindHeader(otherFilling)) == .wrongChecksum)
    #expect(read(PacketBytes.behindHeader(reply), isCut: true) == .forged)
    // No ICMP, no IPv4, a header that is longer than the packet or shorter than a header.
    var packet = PacketBytes.behindHeader(reply)
    packet[9] = 17
    #expect(read(packet) == .foreign)
    packet = PacketBytes.behindHeader(reply)
    packet[0] = 0x65
    #expect(read(packet) == .foreign)
    packet[0] = 0x44
    #expect(read(packet) == .foreign)
    #expect(read(Array(PacketBytes.behindHeader(reply, options: 40)[..<40])) == .foreign)
  }

  @Test func noChangedReplyIsAccepted() {
    for seed in 0..<UInt64(3000) {
      var generator = SeededGenerator(seed: seed)
      let isV6 = Bool.random(using: &generator)
      let reply = PacketBytes.reply(number: seed, isV6: isV6)
      var message = reply
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: message = Array(message.dropLast(.random(in: 1...64, using: &generator)))
        case 1: message.append(.random(in: .min ... .max, using: &generator))
        default:
          guard let index = message.indices.randomElement(using: &generator) else { continue }
          message[index] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
        }
      }
      // The checksum alone may have been changed where the kernel checks it, not we.
      var same = message
      if isV6, same.count >= 4 { same.replaceSubrange(2..<4, with: reply[2..<4]) }
      if same == reply { continue }
      // Somebody who forges a packet makes its checksum right.
      if !isV6, message.count >= 4, Bool.random(using: &generator) {
        message = PacketBytes.withChecksum(message)
        if message == reply { continue }
      }
      let packet = isV6 ? message : PacketBytes.behindHeader(message)
      // Another number is a reply to another probe: the table knows whether there is one.
      if case .reply(let echo) = read(packet, isV6: isV6), echo.number == seed {
        Issue.record("seed \(seed): accepted \(packet)")
      }
    }
  }

  @Test func noBytesAreACrash() {
    for seed in 0..<UInt64(3000) {
      var generator = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...100, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      for raw in [false, true] {
        for isV6 in [false, true] {
          if case .reply = read(bytes, raw: raw, isV6: isV6) { Issue.record("seed \(seed)") }
          #expect(quote(bytes, isV6: isV6) == nil, "seed \(seed)")
        }
      }
    }
  }

  @Test func quotesNameTheProbe() {
    let request = PacketBytes.request(number: 0x1_0007)
    #expect(quote(request) == .number(0x1_0007))
    #expect(quote(Array(request[..<24])) == .number(0x1_0007))
    #expect(quote(Array(request[..<8])) == .sequence(7))
    #expect(quote(Array(request[..<7])) == nil)
    #expect(quote(PacketBytes.reply(number: 7)) == nil)
    #expect(quote(PacketBytes.request(number: 7, cookie: 1)) == nil)
    #expect(quote(PacketBytes.request(number: 7, identifier: 1)) == nil)
    #expect(quote(PacketBytes.request(number: 7, isV6: true), isV6: true) == .number(7))
  }

  @Test func whatWasSentIsFoundBehindLowerHeaders() {
    let format = EchoPacket(isV6: false, cookie: PacketBytes.cookie)
    func number(_ bytes: [UInt8]) -> UInt64? {
      bytes.withUnsafeBytes { format.readTransmitted($0, identifier: PacketBytes.identifier) }
    }
    let request = PacketBytes.request(number: 9)
    #expect(number(request) == 9)
    #expect(number([UInt8](repeating: 0, count: 34) + request) == 9)
    #expect(number(Array(request.dropFirst())) == nil)
    #expect(number(request + [0]) == nil)
  }
}
