import Glibc
import Model
import Platform

/// Has the kernel stamp packets for as long as it lives.
///
/// The first socket of a host that asks for stamps has the kernel switch them on a little later:
/// a test that wants them from its first packet on begins with one of these.
public final class KernelStamps {
  public struct NoStamps: Error {}

  private let receiver: FileDescriptor
  private let sender: FileDescriptor

  /// Returns when a packet over loopback came with a stamp.
  public init() throws {
    receiver = try Socket.open(AF_INET, type: CInt(SOCK_DGRAM.rawValue), protocol: 0)
    sender = try Socket.open(AF_INET, type: CInt(SOCK_DGRAM.rawValue), protocol: 0)
    let (to, from) = (receiver.rawValue, sender.rawValue)
    try Socket.bind(to, to: SocketAddress(.loopback4))
    try Socket.enableTimestamps(to, ofTransmission: false)
    guard let address = try Socket.localAddress(to) else { throw NoStamps() }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 8)
    defer { buffer.deallocate() }
    let poller = try Poller()
    try poller.add(to, token: 1)
    let deadline = Clock.monotonic() + Milliseconds(20_000)
    var areOn = false
    while !areOn {
      guard Clock.monotonic() < deadline else { throw NoStamps() }
      try systemCall("sendto") { address.withSockaddr { sendto(from, [1], 1, 0, $0, $1) } }
      guard try poller.wait(upTo: Milliseconds(5000)) == 1 else { throw NoStamps() }
      while let (_, facts) = try Socket.receivePacket(to, into: buffer) {
        areOn = areOn || facts.stamp != nil
      }
    }
  }
}
