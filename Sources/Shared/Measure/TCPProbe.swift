import Glibc
public import Model
public import Platform

/// Times one TCP handshake without waiting: open, wait for `descriptor` to be writable or for
/// `deadline`, then `finish`.
///
/// The latency is the kernel's own measurement from SYN to SYN-ACK where it has one. A refused
/// connection (RST) counts as `.unreachable`: the host is alive, but the target as configured does
/// not do its service.
public final class TCPProbe {
  public static let defaultTimeout = Milliseconds(500)

  public let deadline: MonotonicTime
  /// To be waited for (writable); nil when there is nothing to wait for: `finish` knows at once.
  public let descriptor: CInt?

  private var socket: FileDescriptor?
  private var failure: ProbeLoss?
  private var isFinished = false
  private let target: Int
  private let seq: Int
  private let sentAt: UnixTime
  private let startedNow: MonotonicTime
  private let started: Int64
  private let timeout: Milliseconds
  private let clock: ProbeClock

  /// Begins the handshake.
  ///
  /// - Parameters:
  ///   - target: for the outcome.
  ///   - sentAt: the caller's time, for the outcome.
  ///   - now: the caller's monotonic time, that the deadline counts from.
  public convenience init(
    to address: SocketAddress, target: Int, seq: Int, sentAt: UnixTime, now: MonotonicTime,
    timeout: Milliseconds = TCPProbe.defaultTimeout, options: ProbeOptions = ProbeOptions()
  ) {
    self.init(
      to: address, target: target, seq: seq, sentAt: sentAt, now: now, timeout: timeout,
      options: options, clock: .system)
  }

  init(
    to address: SocketAddress, target: Int, seq: Int, sentAt: UnixTime, now: MonotonicTime,
    timeout: Milliseconds, options: ProbeOptions, clock: ProbeClock
  ) {
    self.target = target
    self.seq = seq
    self.sentAt = sentAt
    self.timeout = timeout
    self.clock = clock
    startedNow = now
    deadline = now + timeout
    started = clock.monotonic()
    do throws(SystemError) {
      let socket = try Self.connect(to: address, options)
      descriptor = socket.rawValue
      self.socket = consume socket
    } catch {
      descriptor = nil
      failure = Self.loss(error.code)
    }
  }

  private static func connect(
    to address: SocketAddress, _ options: ProbeOptions
  ) throws(SystemError) -> FileDescriptor {
    let socket = try Socket.open(
      address.address.isV6 ? AF_INET6 : AF_INET, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
    let descriptor = socket.rawValue
    try options.apply(to: descriptor)
    if let source = options.source { try Socket.bind(descriptor, to: SocketAddress(source)) }
    do throws(SystemError) {
      try systemCall("connect \(address)") {
        address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
      }
    } catch {
      guard error.code == EINPROGRESS else { throw error }
    }
    return socket
  }

  /// The outcome, once; nil while the handshake is under way.
  public func finish(now: MonotonicTime) -> ProbeOutcome? {
    guard !isFinished, let result = result(now: now) else { return nil }
    isFinished = true
    socket = nil
    return ProbeOutcome(target: target, method: .tcp, seq: seq, sentAt: sentAt, result: result)
  }

  private func result(now: MonotonicTime) -> ProbeOutcome.Result? {
    if let failure { return .lost(failure, waited: .zero) }
    guard let descriptor, Self.isReady(descriptor) else {
      return now >= deadline ? .lost(.timeout, waited: timeout) : nil
    }
    let code = (try? Socket.pendingError(descriptor)) ?? EIO
    guard code == 0 else { return .lost(Self.loss(code), waited: now - startedNow) }
    let rtt: Milliseconds
    let source: TimestampSource
    if let microseconds = Socket.handshakeMicroseconds(descriptor) {
      (rtt, source) = (Milliseconds(nanoseconds: microseconds * 1000), .kernel)
    } else {
      (rtt, source) = (Milliseconds(nanoseconds: clock.monotonic() - started), .user)
    }
    return rtt <= timeout ? .answered(rtt, source) : .lost(.timeout, waited: timeout)
  }

  private static func isReady(_ descriptor: CInt) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  private static func loss(_ code: CInt) -> ProbeLoss {
    switch code {
    case ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN: .unreachable
    case ETIMEDOUT: .timeout
    default: .sendFailed
    }
  }
}
