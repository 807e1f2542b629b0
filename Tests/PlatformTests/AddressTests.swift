import Glibc
import Model
import Platform
import TestSupport
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ("::1", "::1"), ("::", "::"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
    ("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%lo", "fe80::1%lo"), ("fe80::1%1", "fe80::1%lo"),
    ("fe80::1%4000000000", "fe80::1%4000000000"),
  ])
  func addressesAreReadAndWritten(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect("\(address)" == canonical)
    #expect(IPAddress(canonical) == address)
    #expect(address.isV6 == canonical.contains(":"))
  }

  @Test(arguments: [
    "", " ", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4x", "1.2.3.4 ", "localhost", ":::",
    "1::2::3", "12345::", "::1%", "::1%nosuchinterface", "127.0.0.1%lo", "%", "::1\u{0}",
  ])
  func everythingElseIsRefused(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func loopbacks() {
    #expect(IPAddress.loopback4 == IPAddress("127.0.0.1"))
    #expect(IPAddress.loopback6 == IPAddress("::1"))
  }

  @Test func addressesPassThroughTheirCForm() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let address: IPAddress =
        Bool.random(using: &generator)
        ? .v4(.random(in: .min ... .max))
        : .v6(.random(in: 1 ... .max), .random(in: .min ... .max), scope: .random(in: 0...9))
      let original = SocketAddress(address, port: .random(in: .min ... .max))
      let storage = original.withSockaddr { pointer, length in
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
          $0.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: Int(length)))
        }
        return storage
      }
      #expect(SocketAddress(storage) == original)
    }
    #expect(SocketAddress(sockaddr_storage()) == nil)
  }

  @Test func textWithAPort() {
    #expect("\(SocketAddress(.loopback4, port: 443))" == "127.0.0.1:443")
    #expect("\(SocketAddress(.loopback6, port: 443))" == "[::1]:443")
  }
}

@Suite struct SocketTests {
  @Test func optionsAndAddresses() throws {
    let socket = try Socket.open(AF_INET, type: CInt(SOCK_DGRAM.rawValue), protocol: 0)
    let descriptor = socket.rawValue
    #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    try Socket.bind(descriptor, to: SocketAddress(.loopback4))
    let own = try #require(try Socket.localAddress(descriptor))
    #expect(own.address == .loopback4 && own.port != 0)
    #expect(try Socket.pendingError(descriptor) == 0)
    #expect(Socket.handshakeMicroseconds(descriptor) == nil)
    try Socket.set(descriptor, SOL_SOCKET, SO_RCVBUF, to: 4096, name: "SO_RCVBUF")
    #expect(throws: SystemError("setsockopt X", code: ENOPROTOOPT)) {
      try Socket.set(descriptor, SOL_SOCKET, 9999, to: 1, name: "X")
    }
    #expect(throws: SystemError("bind 127.0.0.1:54321", code: EINVAL)) {
      try Socket.bind(descriptor, to: SocketAddress(.loopback4, port: 54_321))
    }
    #expect(throws: SystemError("setsockopt SO_BINDTODEVICE nosuch0", code: ENODEV)) {
      try Socket.bind(descriptor, toInterface: "nosuch0")
    }
    #expect(throws: SystemError.self) { try Socket.passOnlyEchoReplies(-1, isV6: false) }
    #expect(throws: SystemError("socket", code: EAFNOSUPPORT)) {
      _ = try Socket.open(-1, type: 0, protocol: 0)
    }
  }

  @Test func packetsComeWithTheirSenderAndTheKernelsStamp() throws {
    let stamps = try KernelStamps()
    defer { withExtendedLifetime(stamps) {} }
    let receiver = try Socket.open(AF_INET6, type: CInt(SOCK_DGRAM.rawValue), protocol: 0)
    let sender = try Socket.open(AF_INET6, type: CInt(SOCK_DGRAM.rawValue), protocol: 0)
    let (to, from) = (receiver.rawValue, sender.rawValue)
    try Socket.bind(to, to: SocketAddress(.loopback6))
    try Socket.enableTimestamps(to, ofTransmission: false)
    try Socket.enableTimestamps(from, ofTransmission: true)
    let address = try #require(try Socket.localAddress(to))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 8)
    defer { buffer.deallocate() }
    #expect(try Socket.receivePacket(to, into: buffer) == nil)

    let before = Clock.realtimeNanoseconds()
    for payload in [[1, 2, 3], [1, 2, 3, 4, 5]] as [[UInt8]] {
      try systemCall("sendto") {
        address.withSockaddr { sendto(from, payload, payload.count, 0, $0, $1) }
      }
    }
    var received: [PacketFacts] = []
    var sizes: [Int] = []
    let poller = try Poller()
    try poller.add(to, token: 1)
    while received.count < 2 {
      #expect(try poller.wait(upTo: Milliseconds(5000)) == 1)
      while let (bytes, facts) = try Socket.receivePacket(to, into: buffer) {
        sizes.append(bytes)
        received.append(facts)
      }
    }
    #expect(sizes == [3, 4])
    #expect(received.map(\.isCut) == [false, true])
    #expect(received.allSatisfy { $0.entry == .packet && $0.address == .loopback6 })
    let times = received.compactMap(\.stamp)
    #expect(times.count == 2)
    #expect(times.allSatisfy { $0 >= before && $0 <= Clock.realtimeNanoseconds() })

    let sent = try #require(
      try Socket.receivePacket(from, into: buffer, fromErrorQueue: true))
    #expect(sent.facts.entry == .transmitted)
    #expect((sent.facts.stamp ?? 0) >= before)
  }
}
