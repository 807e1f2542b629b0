import Glibc
import Model
import Platform
import Testing

@testable import Measure

/// What others send, in a namespace whose hosts are silent: every answer there is one of ours.
@Suite(.enabled(if: NetworkNamespace.isAvailable, NetworkNamespace.need))
struct ForgeryTests {
  private static let timeout = Milliseconds(60_000)

  /// A prober with one probe under way, number 0, and what a test does with it.
  private func withSilentHost<Result: Sendable>(
    usesTransmitStamps: Bool = true,
    _ body: @escaping @Sendable (ICMPProber, borrowing Injector) throws -> Result
  ) throws -> Result {
    try NetworkNamespace.run {
      try NetworkNamespace.silence()
      let prober = try ICMPProber(
        targets: [.loopback4], timeout: Self.timeout,
        options: ProbeOptions(usesTransmitStamps: usesTransmitStamps))
      guard prober.sendRound().isEmpty else {
        throw NetworkNamespace.Failure(reason: "not sent")
      }
      return try body(prober, try Injector())
    }
  }

  @Test func theRightAnswerAndItsDuplicates() throws {
    let (outcomes, counters) = try withSilentHost { prober, injector in
      let reply = PacketBytes.reply(
        number: 0, cookie: prober.cookie, identifier: prober.identifier)
      try injector.send(reply)
      let outcomes = try prober.outcomes(1)
      try injector.send(reply)
      try injector.send(reply)
      return (outcomes, try prober.counters { $0.duplicates == 2 })
    }
    #expect(outcomes.count == 1 && outcomes[0].isFromKernel)
    #expect(counters.duplicates == 2 && counters.answered == 1 && counters.late == 0)
  }

  @Test func whatIsNotOursIsCounted() throws {
    let (counters, lost) = try withSilentHost { prober, injector in
      func reply(
        _ number: UInt64 = 0, cookie: UInt64? = nil, identifier: UInt16? = nil
      ) -> [UInt8] {
        PacketBytes.reply(
          number: number, cookie: cookie ?? prober.cookie,
          identifier: identifier ?? prober.identifier)
      }
      try injector.send(reply(cookie: prober.cookie ^ 1))
      try injector.send(reply(1))
      try injector.send(reply(.max))
      let other = try Injector(from: .v4(0x7f00_0002))
      try other.send(reply())
      try injector.send(PacketBytes.withChecksum(Array(reply()[..<30])))
      try injector.send(reply(identifier: prober.identifier ^ 1))
      var broken = reply()
      broken[40] ^= 1
      try injector.send(broken)
      let counters = try prober.counters { $0.wrongChecksum == 1 }
      return (counters, prober.expired(now: MonotonicTime(nanoseconds: .max)))
    }
    #expect(counters.forged == 4)
    #expect(counters.truncated == 1)
    #expect(counters.wrongChecksum == 1)
    #expect(counters.foreign == 0, "the kernel keeps the replies to other programs away")
    #expect(lost.map(\.loss) == [.timeout])
  }

  @Test(arguments: [(3, 0), (3, 1), (3, 13), (11, 0), (12, 0)] as [(UInt8, UInt8)])
  func anICMPErrorEndsTheProbe(type: UInt8, code: UInt8) throws {
    for (quoted, usesTransmitStamps) in [(8, true), (64, true), (64, false)] {
      let (outcomes, afterwards) = try withSilentHost(
        usesTransmitStamps: usesTransmitStamps
      ) { prober, injector in
        let request = PacketBytes.request(
          number: 0, cookie: prober.cookie, identifier: prober.identifier)
        try injector.sendError(type: type, code: code, quoting: Array(request[..<quoted]))
        let outcomes = try prober.outcomes(1)
        // The error that waits on the socket is not the next probe's.
        try injector.sendError(type: type, code: code, quoting: request)
        return (outcomes, prober.sendRound(1))
      }
      #expect(outcomes.map(\.loss) == [.unreachable], "\(quoted) bytes quoted")
      #expect(afterwards.isEmpty)
    }
  }

  @Test func otherICMPErrorsAreNothing() throws {
    let lost = try withSilentHost { prober, injector in
      func quote(cookie: UInt64? = nil, identifier: UInt16? = nil, number: UInt64 = 0) -> [UInt8] {
        PacketBytes.request(
          number: number, cookie: cookie ?? prober.cookie,
          identifier: identifier ?? prober.identifier)
      }
      try injector.sendError(type: 3, code: 4, quoting: quote())
      try injector.sendError(type: 3, code: 1, quoting: quote(cookie: 1))
      try injector.sendError(type: 3, code: 1, quoting: quote(identifier: prober.identifier ^ 1))
      try injector.sendError(type: 3, code: 1, quoting: quote(number: 1))
      try injector.sendError(type: 3, code: 1, quoting: quote(), to: [127, 0, 0, 9])
      // Comes last, so that the others have been read when it is.
      try injector.send(
        PacketBytes.reply(number: 0, cookie: 1, identifier: prober.identifier))
      _ = try prober.counters { $0.forged == 1 }
      return prober.expired(now: MonotonicTime(nanoseconds: .max))
    }
    #expect(lost.map(\.loss) == [.timeout])
  }

  @Test func anAnswerToAForgottenProbeIsLate() throws {
    let counters = try withSilentHost { prober, injector in
      for seq in 1...2000 {
        prober.sendRound(seq)
        _ = prober.expired(now: MonotonicTime(nanoseconds: .max))
      }
      try injector.send(
        PacketBytes.reply(number: 0, cookie: prober.cookie, identifier: prober.identifier))
      return try prober.counters { $0.late == 1 }
    }
    #expect(counters.late == 1 && counters.forged == 0)
  }
}
