import Glibc
import Model
import Platform
import Synchronization

@testable import Measure

extension ICMPProber {
  /// Whether this user may send ICMP at all.
  static let isAllowed =
    (try? ICMPProber(targets: [.loopback4], timeout: Milliseconds(1))) != nil

  /// Waits until so many probes have ended, or five seconds.
  func outcomes(_ count: Int) throws -> [ProbeOutcome] {
    var outcomes: [ProbeOutcome] = []
    try wait { prober in
      prober.receive(now: Clock.monotonic()) { outcome, _ in outcomes.append(outcome) }
      return outcomes.count >= count
    }
    return outcomes
  }

  /// Takes what comes until `condition` holds; it must not end any probe.
  func counters(when condition: (ProbeCounters) -> Bool) throws -> ProbeCounters {
    var unexpected: [ProbeOutcome] = []
    try wait { prober in
      prober.receive(now: Clock.monotonic()) { outcome, _ in unexpected.append(outcome) }
      return condition(prober.counters)
    }
    guard unexpected.isEmpty else {
      throw NetworkNamespace.Failure(reason: "unexpected \(unexpected)")
    }
    return counters
  }

  private func wait(until isDone: (ICMPProber) -> Bool) throws {
    let deadline = Clock.monotonic() + Milliseconds(5000)
    while !isDone(self), Clock.monotonic() < deadline {
      let poller = try Poller()
      var descriptors: [CInt] = []
      withDescriptors { descriptors.append($0) }
      for descriptor in descriptors { try poller.add(descriptor, token: 1) }
      _ = try poller.wait(upTo: deadline - Clock.monotonic())
    }
  }

  /// Sends a round and returns the outcomes that are known at once.
  @discardableResult
  func sendRound(_ seq: Int = 0, now: MonotonicTime = Clock.monotonic()) -> [ProbeOutcome] {
    var outcomes: [ProbeOutcome] = []
    send(seq: seq, sentAt: UnixTime(seconds: Double(seq)), now: now) { outcomes.append($0) }
    return outcomes
  }

  func expired(now: MonotonicTime) -> [ProbeOutcome] {
    var outcomes: [ProbeOutcome] = []
    expire(now: now) { outcomes.append($0) }
    return outcomes
  }
}

extension ProbeOutcome {
  var loss: ProbeLoss? {
    if case .lost(let loss, _) = result { loss } else { nil }
  }

  var isFromKernel: Bool {
    if case .answered(_, .kernel) = result { true } else { false }
  }
}

/// Clocks that a test sets.
final class SettableClock: Sendable {
  /// What is added to the real readings.
  private let wallAhead = Atomic<Int64>(0)

  func stepWall(by nanoseconds: Int64) { wallAhead.wrappingAdd(nanoseconds, ordering: .relaxed) }

  var clock: ProbeClock {
    ProbeClock(
      realtime: { Clock.realtimeNanoseconds() &+ self.wallAhead.load(ordering: .relaxed) },
      monotonic: { Clock.monotonic().rawValue })
  }
}

/// Readings of a clock, one after the other; the last is repeated.
final class Readings: Sendable {
  private let values: [Int64]
  private let state: Mutex<(index: Int, current: Int64)>

  init(_ values: [Int64]) {
    self.values = values
    state = Mutex((0, values[0]))
  }

  /// The reading that was taken last.
  var current: Int64 {
    get { state.withLock { $0.current } }
    set { state.withLock { $0.current = newValue } }
  }

  func next() -> Int64 {
    state.withLock { state in
      state.current = values[min(state.index, values.count - 1)]
      state.index += 1
      return state.current
    }
  }
}

/// Puts packets of any content on the loopback of a namespace.
struct Injector: ~Copyable {
  private let socket: FileDescriptor

  init(from source: IPAddress = .loopback4) throws {
    let socket = try Socket.open(
      AF_INET, type: CInt(SOCK_RAW.rawValue), protocol: CInt(IPPROTO_ICMP))
    try Socket.bind(socket.rawValue, to: SocketAddress(source))
    self.socket = socket
  }

  func send(_ message: [UInt8]) throws {
    let descriptor = socket.rawValue
    try systemCall("sendto") {
      SocketAddress(.loopback4).withSockaddr {
        sendto(descriptor, message, message.count, 0, $0, $1)
      }
    }
  }

  /// An ICMP error that quotes `packet`, sent to `destination` before, as a router sends it.
  func sendError(
    type: UInt8, code: UInt8, quoting packet: [UInt8], to destination: [UInt8] = [127, 0, 0, 1]
  ) throws {
    var header = [UInt8](repeating: 0, count: 20)
    header[0] = 0x45
    header[3] = UInt8(20 + packet.count)
    header[8] = 1
    header[9] = 1
    header.replaceSubrange(12..<16, with: [127, 0, 0, 1])
    header.replaceSubrange(16..<20, with: destination)
    let sum = header.withUnsafeBytes { EchoPacket.checksum($0) }
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 0xff)
    try send(PacketBytes.withChecksum([type, code, 0, 0, 0, 0, 0, 0] + header + packet))
  }
}
