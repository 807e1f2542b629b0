public import Model
public import Platform

/// Where the probes of one target go.
struct ProbeTarget {
  var address: SocketAddress
  /// Counts the addresses that it had before.
  var generation = 0
}

/// The socket of one address family, and when it was last tried to open it anew.
struct ProbeFamily {
  var socket: ICMPSocket?
  var mustReopen = false
  var lastAttempt: MonotonicTime?
}

/// Probes a set of targets by ICMP echo over IPv4 and IPv6 and times the answers by the kernel's
/// clock readings.
///
/// Each probe that was sent has exactly one outcome, from `send`, `receive` or `expire`. One thread
/// owns the prober; it never waits, takes no lock, and allocates nothing per probe.
public final class ICMPProber {
  /// What is known of an answer beside its outcome.
  public struct ReceivedInfo: Sendable, Equatable {
    /// Length of the ICMP message, as ping(8) and fping(8) tell it.
    public var bytes: Int
  }

  /// A socket whose interface went is opened anew at most this often.
  public static let reopenInterval = Milliseconds(1000)

  public let timeout: Milliseconds
  public internal(set) var counters = ProbeCounters()
  /// Changes whenever a socket was opened anew: the descriptors are others then.
  public internal(set) var descriptorGeneration = 0

  let options: ProbeOptions
  let clock: ProbeClock
  /// Random, and on raw sockets in every probe.
  let identifier: UInt16
  let cookie: UInt64
  var targets: [ProbeTarget]
  var v4 = ProbeFamily()
  var v6 = ProbeFamily()
  var table: ProbeTable
  let request: UnsafeMutableRawBufferPointer
  let buffer: UnsafeMutableRawBufferPointer

  /// Opens a socket for each family among the targets.
  ///
  /// - Parameters:
  ///   - targets: an outcome's `target` is an index into these.
  ///   - timeout: after this a probe is lost.
  /// - Throws: when a socket cannot be had; a missing interface or source address alone does not
  ///   count with `waitsForInterface`.
  public convenience init(
    targets: [IPAddress], timeout: Milliseconds, options: ProbeOptions = ProbeOptions()
  ) throws(MeasureError) {
    try self.init(targets: targets, timeout: timeout, options: options, clock: .system)
  }

  init(
    targets: [IPAddress], timeout: Milliseconds, options: ProbeOptions, clock: ProbeClock
  ) throws(MeasureError) {
    self.timeout = timeout
    self.options = options
    self.clock = clock
    self.targets = targets.map { ProbeTarget(address: SocketAddress($0)) }
    identifier = .random(in: .min ... .max)
    cookie = .random(in: .min ... .max)
    table = ProbeTable(capacity: options.maximumInFlight)
    request = .allocate(byteCount: EchoPacket.bytes, alignment: 8)
    buffer = .allocate(byteCount: 2048, alignment: 8)
    for target in targets {
      try options.check(target)
      guard self[family: target.isV6].socket == nil else { continue }
      do throws(MeasureError) {
        self[family: target.isV6].socket = try ICMPSocket(
          isV6: target.isV6, identifier: identifier, options: options)
      } catch .socket(let error, let advice) {
        guard options.waitsForInterface, options.isMissing(error) else {
          throw .socket(error, advice: advice)
        }
        self[family: target.isV6].mustReopen = true
      }
    }
  }

  deinit {
    request.deallocate()
    buffer.deallocate()
  }

  /// Lends the sockets, to be waited for (readable). They change with `descriptorGeneration`.
  public func withDescriptors(_ body: (CInt) -> Void) {
    if let socket = v4.socket { body(socket.rawValue) }
    if let socket = v6.socket { body(socket.rawValue) }
  }

  /// When the next probe is lost unless it is answered; nil when none is under way.
  public var nextDeadline: MonotonicTime? { table.first()?.deadline }

  /// Whether probes leave by a raw socket, not the unprivileged kind; nil without any socket.
  public var isRaw: Bool? { (v4.socket ?? v6.socket)?.isRaw }

  // MARK: - Sending

  /// Sends one probe to each target.
  ///
  /// - Parameters:
  ///   - sentAt: the caller's time, for the outcomes; the latency is measured by the kernel's.
  ///   - now: the caller's monotonic time, that deadlines count from.
  ///   - deliver: gets the probes that could not be sent, at once.
  public func send(
    seq: Int, sentAt: UnixTime, now: MonotonicTime, deliver: (ProbeOutcome) -> Void
  ) {
    let offset = clock.offset()
    for target in targets.indices {
      send(
        target, seq: seq, sentAt: sentAt, now: now, clockOffset: offset, deliver: deliver)
    }
    readErrorQueues(now: now, deliver: deliver)
  }

  /// Sends a probe to one target; otherwise as `send`.
  public func sendOne(
    target: Int, seq: Int, sentAt: UnixTime, now: MonotonicTime, deliver: (ProbeOutcome) -> Void
  ) {
    send(
      target, seq: seq, sentAt: sentAt, now: now, clockOffset: clock.offset(), deliver: deliver)
    readErrorQueues(now: now, deliver: deliver)
  }

  private func send(
    _ index: Int, seq: Int, sentAt: UnixTime, now: MonotonicTime, clockOffset: Int64,
    deliver: (ProbeOutcome) -> Void
  ) {
    let target = targets[index]
    let isV6 = target.address.address.isV6
    reopenIfNeeded(isV6: isV6, now: now)
    guard let socket = self[family: isV6].socket, !table.isFull else {
      counters.sendFailed += 1
      deliver(
        ProbeOutcome(
          target: index, method: .icmp, seq: seq, sentAt: sentAt,
          result: .lost(.sendFailed, waited: .zero)))
      return
    }
    let number = table.next
    EchoPacket(isV6: isV6, cookie: cookie).writeRequest(
      number: number, identifier: socket.identifier, into: request)
    table.add(
      SentProbe(
        number: number, target: index, generation: target.generation, seq: seq, sentAt: sentAt,
        sentNow: now, deadline: now + timeout, wall: clock.realtime(),
        monotonic: clock.monotonic(), offset: clockOffset))
    var code = socket.send(UnsafeRawBufferPointer(request), to: target.address)
    if code != 0, readErrorQueue(of: socket, now: now, deliver: deliver) {
      // That was the error of an earlier probe, which waited on the socket.
      code = socket.send(UnsafeRawBufferPointer(request), to: target.address)
    }
    if code == 0 {
      counters.sent += 1
    } else {
      if options.isBound { self[family: isV6].mustReopen = true }
      end(number, .lost(.sendFailed, waited: .zero), deliver)
    }
  }

  // MARK: - Ending

  /// Gives up the probes whose time is over.
  public func expire(now: MonotonicTime, deliver: (ProbeOutcome) -> Void) {
    while let probe = table.first(), probe.deadline <= now {
      end(probe.number, .lost(.timeout, waited: timeout), deliver)
    }
  }

  /// Sends the probes of a target to another address from now on, as after a new look-up of its
  /// name. Those under way to the old one end as lost at their deadline.
  public func replaceTarget(_ index: Int, by address: IPAddress) throws(MeasureError) {
    try options.check(address)
    targets[index] = ProbeTarget(
      address: SocketAddress(address), generation: targets[index].generation + 1)
    if self[family: address.isV6].socket == nil { self[family: address.isV6].mustReopen = true }
  }
  /// The one outcome of a probe under way.
  func end(_ number: UInt64, _ result: ProbeOutcome.Result, _ deliver: (ProbeOutcome) -> Void) {
    guard let probe = table[number] else { return }
    switch result {
    case .answered: counters.answered += 1
    case .lost(.timeout, _), .lost(.late, _): counters.timeouts += 1
    case .lost(.unreachable, _): counters.unreachable += 1
    case .lost(.clockStep, _): counters.clockSteps += 1
    case .lost(.sendFailed, _): counters.sendFailed += 1
    }
    table.end(number, as: result.isAnswer ? .answered : .lost)
    deliver(
      ProbeOutcome(
        target: probe.target, method: .icmp, seq: probe.seq, sentAt: probe.sentAt, result: result))
  }

  // MARK: - Sockets

  subscript(family isV6: Bool) -> ProbeFamily {
    get { isV6 ? v6 : v4 }
    set {
      if isV6 { v6 = newValue } else { v4 = newValue }
    }
  }

  /// Opens a socket anew whose interface may have gone: another of the same name is another for
  /// the kernel. The old one stays until a new one is there.
  private func reopenIfNeeded(isV6: Bool, now: MonotonicTime) {
    let family = self[family: isV6]
    guard family.mustReopen else { return }
    if let last = family.lastAttempt, now < last + Self.reopenInterval { return }
    self[family: isV6].lastAttempt = now
    guard let socket = try? ICMPSocket(isV6: isV6, identifier: identifier, options: options) else {
      return
    }
    self[family: isV6].socket = socket
    self[family: isV6].mustReopen = false
    counters.reopened += 1
    descriptorGeneration += 1
  }
}

extension ProbeOutcome.Result {
  fileprivate var isAnswer: Bool {
    if case .answered = self { true } else { false }
  }
}
