import Measure
import Model
import Platform

/// The probes beside the loop: the gateway once a second all the time, the TCP targets from the
/// first lost round on, at once and then every second, until a round is answered.
///
/// Owned by the control thread; nothing here blocks.
final class FallbackProber {
  static let period = Milliseconds(1000)

  private let gateway: ICMPProber?
  private let targets: [SocketAddress?]
  private let options: ProbeOptions
  private var handshakes: [TCPProbe?]
  private var gatewaySeq = 0
  private var tcpSeq = 0
  private var nextGateway: MonotonicTime?
  private var nextHandshakes: MonotonicTime?
  private var isLost = false

  /// - Parameter targets: one per configured TCP target; nil = its name was not found.
  init(gateway: ICMPProber?, targets: [SocketAddress?], options: ProbeOptions) {
    self.gateway = gateway
    self.targets = targets
    self.options = options
    handshakes = Array(repeating: nil, count: targets.count)
  }

  /// Changes when the gateway's socket is another one.
  var descriptorGeneration: Int { gateway?.descriptorGeneration ?? 0 }

  /// Lends the gateway's socket, to be waited for. Handshakes need no wake-up of their own: the
  /// kernel measures them, and a tick is soon enough to read that.
  func withDescriptors(_ body: (CInt) -> Void) { gateway?.withDescriptors(body) }

  /// Tells whether the newest round was answered.
  func noteRound(answered: Bool) {
    if answered { nextHandshakes = nil }
    isLost = !answered
  }

  /// Sends what is due.
  func send(at time: UnixTime, now: MonotonicTime, deliver: (ProbeOutcome) -> Void) {
    if let gateway, now >= nextGateway ?? now {
      nextGateway = now + Self.period
      gateway.send(seq: gatewaySeq, sentAt: time, now: now) { deliver(Self.asGateway($0)) }
      gatewaySeq += 1
    }
    guard isLost, now >= nextHandshakes ?? now else { return }
    nextHandshakes = now + Self.period
    for index in targets.indices where handshakes[index] == nil {
      guard let target = targets[index] else { continue }
      handshakes[index] = TCPProbe(
        to: target, target: index, seq: tcpSeq, sentAt: time, now: now, options: options)
    }
    tcpSeq += 1
  }

  /// Takes what has come and what has timed out.
  func receive(now: MonotonicTime, deliver: (ProbeOutcome) -> Void) {
    if let gateway {
      gateway.receive(now: now) { outcome, _ in deliver(Self.asGateway(outcome)) }
      gateway.expire(now: now) { deliver(Self.asGateway($0)) }
    }
    for index in handshakes.indices {
      guard let outcome = handshakes[index]?.finish(now: now) else { continue }
      handshakes[index] = nil
      deliver(outcome)
    }
  }

  private static func asGateway(_ outcome: ProbeOutcome) -> ProbeOutcome {
    var outcome = outcome
    outcome.method = .gateway
    return outcome
  }
}
