public import Model
import Platform

extension ICMPProber {
  /// The most packets that one call takes from a socket, so that a flood cannot hold the caller.
  private static let packetsPerCall = 4096

  /// Takes everything that has come, without waiting.
  ///
  /// - Parameter deliver: gets the probes that were answered, and those that an ICMP error or a
  ///   step of the clock ended.
  public func receive(now: MonotonicTime, deliver: (ProbeOutcome, ReceivedInfo?) -> Void) {
    // Transmit stamps first: the answers are timed from them.
    if options.usesTransmitStamps { readErrorQueues(now: now) { deliver($0, nil) } }
    var offset: Int64?
    var hasErrors = false
    if let socket = v4.socket {
      readReplies(of: socket, now: now, clockOffset: &offset, deliver: deliver)
      hasErrors = socket.takeErrorNotice()
    }
    if let socket = v6.socket {
      readReplies(of: socket, now: now, clockOffset: &offset, deliver: deliver)
      hasErrors = socket.takeErrorNotice() || hasErrors
    }
    if hasErrors { readErrorQueues(now: now) { deliver($0, nil) } }
  }

  // MARK: - Replies

  private func readReplies(
    of socket: ICMPSocket, now: MonotonicTime, clockOffset: inout Int64?,
    deliver: (ProbeOutcome, ReceivedInfo?) -> Void
  ) {
    let format = EchoPacket(isV6: socket.isV6, cookie: cookie)
    for _ in 0..<Self.packetsPerCall {
      guard let (bytes, facts) = socket.receive(into: buffer, fromErrorQueue: false) else { return }
      let packet = UnsafeRawBufferPointer(rebasing: buffer[..<min(bytes, buffer.count)])
      switch format.read(
        packet, identifier: socket.identifier, hasIPHeader: socket.isRaw && !socket.isV6,
        isCut: facts.isCut)
      {
      case .foreign: counters.foreign += 1
      case .truncated: counters.truncated += 1
      case .wrongChecksum: counters.wrongChecksum += 1
      case .forged: counters.forged += 1
      case .reply(let echo):
        if clockOffset == nil { clockOffset = clock.offset() }
        take(echo, facts, now: now, clockOffset: clockOffset ?? 0, deliver: deliver)
      }
    }
  }

  private func take(
    _ echo: EchoPacket.Echo, _ facts: PacketFacts, now: MonotonicTime, clockOffset: Int64,
    deliver: (ProbeOutcome, ReceivedInfo?) -> Void
  ) {
    guard let probe = table[echo.number] else {
      // The cookie is ours, so that it is an answer to a probe long forgotten, or one never sent.
      if echo.number < table.next { counters.late += 1 } else { counters.forged += 1 }
      return
    }
    let target = targets[probe.target]
    guard target.generation == probe.generation else {
      counters.late += 1
      return
    }
    guard facts.address?.isSender(of: target.address.address) == true else {
      counters.forged += 1
      return
    }
    switch probe.state {
    case .answered:
      counters.duplicates += 1
    case .lost:
      counters.late += 1
    case .underWay:
      guard abs(clockOffset - probe.offset) <= ProbeClock.stepNanoseconds,
        let (rtt, source) = latency(of: probe, arrival: facts.stamp)
      else {
        end(echo.number, .lost(.clockStep, waited: now - probe.sentNow)) { deliver($0, nil) }
        return
      }
      guard rtt <= timeout else {
        // Came before its loss was noticed; `expire` is about to.
        counters.late += 1
        return
      }
      if probe.transmitted != 0 { counters.transmitStamps += 1 }
      end(echo.number, .answered(rtt, source)) { deliver($0, ReceivedInfo(bytes: echo.bytes)) }
    }
  }

  /// From the best knowledge of when it left to the best of when the answer came; nil when that
  /// would be negative, which only a step of the clock makes.
  func latency(
    of probe: SentProbe, arrival: Int64?
  ) -> (Milliseconds, TimestampSource)? {
    guard let arrival else {
      let elapsed = clock.monotonic() - probe.monotonic
      return elapsed < 0 ? nil : (Milliseconds(nanoseconds: elapsed), .user)
    }
    // A stamp from before the call that sent it belongs to a clock that was set since.
    let departure = probe.transmitted >= probe.wall ? probe.transmitted : probe.wall
    let elapsed = arrival - departure
    return elapsed < 0 ? nil : (Milliseconds(nanoseconds: elapsed), .kernel)
  }

  // MARK: - The error queue

  func readErrorQueues(now: MonotonicTime, deliver: (ProbeOutcome) -> Void) {
    if let socket = v4.socket { readErrorQueue(of: socket, now: now, deliver: deliver) }
    if let socket = v6.socket { readErrorQueue(of: socket, now: now, deliver: deliver) }
  }

  /// Takes transmit stamps and ICMP errors.
  ///
  /// - Returns: whether there was anything.
  @discardableResult
  func readErrorQueue(
    of socket: ICMPSocket, now: MonotonicTime, deliver: (ProbeOutcome) -> Void
  ) -> Bool {
    let format = EchoPacket(isV6: socket.isV6, cookie: cookie)
    for count in 0..<Self.packetsPerCall {
      guard let (bytes, facts) = socket.receive(into: buffer, fromErrorQueue: true) else {
        return count > 0
      }
      let packet = UnsafeRawBufferPointer(rebasing: buffer[..<min(bytes, buffer.count)])
      switch facts.entry {
      case .transmitted:
        if let stamp = facts.stamp,
          let number = format.readTransmitted(packet, identifier: socket.identifier)
        {
          table.noteTransmission(of: number, at: stamp)
        }
      case .icmpError(let type, let code):
        guard Self.isFinal(type: type, code: code, isV6: socket.isV6) else { continue }
        takeError(
          format.readQuote(packet, identifier: socket.identifier), about: facts.address, now: now,
          deliver: deliver)
      case .packet, .other: continue
      }
    }
    return true
  }

  private func takeError(
    _ quote: EchoPacket.Quote?, about destination: IPAddress?, now: MonotonicTime,
    deliver: (ProbeOutcome) -> Void
  ) {
    let number: UInt64? =
      switch quote {
      case .number(let number): number
      case .sequence(let sequence): table.number(endingIn: sequence)
      case nil: nil
      }
    guard let number, let probe = table[number], probe.state == .underWay else { return }
    let target = targets[probe.target]
    guard target.generation == probe.generation,
      destination?.isSender(of: target.address.address) == true
    else { return }
    end(number, .lost(.unreachable, waited: now - probe.sentNow), deliver)
  }

  /// Whether an ICMP error says that the probe has not arrived: unreachable, time exceeded,
  /// parameter problem. A message about size does not concern packets of ours.
  private static func isFinal(type: UInt8, code: UInt8, isV6: Bool) -> Bool {
    isV6 ? type == 1 || type == 3 || type == 4 : type == 3 && code != 4 || type == 11 || type == 12
  }
}

extension IPAddress {
  /// Whether a packet from here can answer one to `target`. Only a link-local address has a scope,
  /// and the kernel tells it even where the target was named without.
  fileprivate func isSender(of target: IPAddress) -> Bool {
    switch (self, target) {
    case (.v4(let own), .v4(let other)): own == other
    case (.v6(let first, let last, let scope), .v6(let otherFirst, let otherLast, let wanted)):
      first == otherFirst && last == otherLast && (wanted == 0 || scope == wanted)
    default: false
    }
  }
}
