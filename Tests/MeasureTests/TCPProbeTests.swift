import Glibc
import Model
import Platform
import Testing

@testable import Measure

/// A socket that listens on loopback.
private struct Listener: ~Copyable {
  private let socket: FileDescriptor
  let address: SocketAddress

  init(_ address: IPAddress = .loopback4, backlog: CInt = 8) throws {
    let socket = try Socket.open(
      address.isV6 ? AF_INET6 : AF_INET, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
    let descriptor = socket.rawValue
    try Socket.bind(descriptor, to: SocketAddress(address))
    try systemCall("listen") { listen(descriptor, backlog) }
    self.address = try #require(try Socket.localAddress(descriptor))
    self.socket = socket
  }
}

@Suite struct TCPProbeTests {
  private let sentAt = UnixTime(seconds: 5)

  private func probe(
    _ address: SocketAddress, now: MonotonicTime = Clock.monotonic(),
    options: ProbeOptions = ProbeOptions()
  ) -> TCPProbe {
    TCPProbe(to: address, target: 3, seq: 9, sentAt: sentAt, now: now, options: options)
  }

  /// Waits for the descriptor, five seconds at most.
  private func outcome(of probe: TCPProbe, now: MonotonicTime) throws -> ProbeOutcome? {
    if let descriptor = probe.descriptor {
      let poller = try Poller()
      try poller.add(descriptor, token: 1, interest: .write)
      _ = try poller.wait(upTo: Milliseconds(5000))
    }
    return probe.finish(now: now)
  }

  @Test(arguments: [IPAddress.loopback4, .loopback6])
  func aHandshakeIsTimedByTheKernel(address: IPAddress) throws {
    let listener = try Listener(address)
    let now = Clock.monotonic()
    let probe = probe(listener.address, now: now)
    #expect(probe.deadline == now + TCPProbe.defaultTimeout)
    let outcome = try #require(try outcome(of: probe, now: now))
    #expect(outcome.target == 3 && outcome.seq == 9 && outcome.sentAt == sentAt)
    #expect(outcome.method == .tcp && outcome.isFromKernel)
    #expect((outcome.rtt?.rawValue ?? 0) > 0)
    #expect(probe.finish(now: now) == nil, "an outcome is given once")
  }

  @Test func aClosedPortIsUnreachable() throws {
    // A port that was ours until now.
    let address = try Listener().address
    let now = Clock.monotonic()
    #expect(try outcome(of: probe(address, now: now), now: now)?.loss == .unreachable)
  }

  @Test func aBlackHoleIsATimeout() throws {
    // A full backlog: the kernel drops what comes on top.
    let listener = try Listener(backlog: 0)
    let now = MonotonicTime(nanoseconds: 1_000_000_000)
    var fillers: [TCPProbe] = []
    var hole: TCPProbe?
    for _ in 0..<8 where hole == nil {
      let filler = probe(listener.address, now: now)
      let descriptor = try #require(filler.descriptor)
      let poller = try Poller()
      try poller.add(descriptor, token: 1, interest: .write)
      if try poller.wait(upTo: Milliseconds(100)) == 0 {
        hole = filler
      } else {
        fillers.append(filler)
      }
    }
    let probe = try #require(hole)
    #expect(probe.finish(now: now + Milliseconds(499)) == nil)
    let lost = probe.finish(now: now + Milliseconds(500))
    #expect(lost?.result == .lost(.timeout, waited: Milliseconds(500)))
  }

  @Test func aLateHandshakeIsATimeout() throws {
    let listener = try Listener()
    let now = Clock.monotonic()
    let probe = TCPProbe(
      to: listener.address, target: 0, seq: 0, sentAt: sentAt, now: now,
      timeout: Milliseconds(1e-6))
    #expect(try outcome(of: probe, now: now)?.loss == .timeout)
  }

  @Test func optionsAreApplied() throws {
    let listener = try Listener()
    let now = Clock.monotonic()
    let source = try #require(IPAddress("127.7.7.7"))
    let bound = probe(listener.address, now: now, options: ProbeOptions(source: source))
    let own = try Socket.localAddress(try #require(bound.descriptor))
    #expect(own?.address == source)
    #expect(try outcome(of: bound, now: now)?.rtt != nil)

    let nowhere = probe(listener.address, now: now, options: ProbeOptions(interface: "nosuch0"))
    #expect(nowhere.descriptor == nil)
    #expect(nowhere.finish(now: now)?.result == .lost(.sendFailed, waited: .zero))
    #expect(nowhere.finish(now: now) == nil)
  }

  @Test(.enabled(if: NetworkNamespace.isAvailable, NetworkNamespace.need))
  func withoutARouteItIsUnreachable() throws {
    let outcome = try NetworkNamespace.run {
      let now = Clock.monotonic()
      return TCPProbe(
        to: SocketAddress(.v4(0xc000_0201), port: 443), target: 0, seq: 0,
        sentAt: UnixTime(seconds: 0), now: now
      ).finish(now: now)
    }
    #expect(outcome?.loss == .unreachable)
  }
}
