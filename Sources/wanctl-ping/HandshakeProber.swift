import Measure
import Model
import Platform

/// TCP handshakes with many hosts at once.
struct HandshakeProber {
  let addresses: [SocketAddress]
  let timeout: Milliseconds
  let options: ProbeOptions
  private var underWay: [TCPProbe] = []

  init(addresses: [SocketAddress], timeout: Milliseconds, options: ProbeOptions) {
    self.addresses = addresses
    self.timeout = timeout
    self.options = options
  }

  var nextDeadline: MonotonicTime? { underWay.map(\.deadline).min() }

  /// - Parameter wait: is told the descriptor that becomes writable.
  mutating func send(
    target: Int, seq: Int, sentAt: UnixTime, now: MonotonicTime,
    wait: (CInt) throws(SystemError) -> Void
  ) throws(SystemError) {
    let probe = TCPProbe(
      to: addresses[target], target: target, seq: seq, sentAt: sentAt, now: now, timeout: timeout,
      options: options)
    if let descriptor = probe.descriptor { try wait(descriptor) }
    underWay.append(probe)
  }

  /// Hands out what is known by now. A socket that is done with is closed, which ends the wait.
  mutating func finish(now: MonotonicTime, deliver: (ProbeOutcome) -> Void) {
    underWay.removeAll { probe in
      guard let outcome = probe.finish(now: now) else { return false }
      deliver(outcome)
      return true
    }
  }
}
