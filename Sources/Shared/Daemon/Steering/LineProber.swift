import Measure
import Model
import Platform

/// The probes of one line that steering measures itself. Owned by the control thread; nothing here
/// blocks.
final class LineProber {
  /// How a probe ended, as far as steering cares.
  enum Outcome {
    case answered(Milliseconds, at: UnixTime)
    case lost(at: UnixTime)
  }

  private let options: ProbeOptions
  private let timeout: Milliseconds
  private var prober: ICMPProber?
  private var address: IPAddress?
  private var overdue: OverdueProbes
  private var seq = 0
  private var watchedGeneration: Int?

  /// Opens the socket.
  ///
  /// - Parameters:
  ///   - address: nil while the name of the host is not found; then nothing is sent.
  ///   - timeout: an answer that takes longer counts for nothing.
  ///   - overdueAfter: after this a probe counts as lost; it may still be answered.
  init(
    _ probe: SteeringSettings.Probe, address: IPAddress?, timeout: Milliseconds,
    overdueAfter: Milliseconds
  ) throws(MeasureError) {
    self.timeout = timeout
    options = ProbeOptions(
      source: probe.sourceAddress.flatMap { IPAddress($0) }, waitsForInterface: true,
      usesTransmitStamps: false)
    overdue = OverdueProbes(patience: min(overdueAfter, timeout))
    if let address { try open(address) }
  }

  private func open(_ address: IPAddress) throws(MeasureError) {
    prober = try ICMPProber(targets: [address], timeout: timeout, options: options)
    self.address = address
    watchedGeneration = nil
  }

  /// Sends to another address from now on.
  func use(_ new: IPAddress) throws(MeasureError) {
    guard new != address else { return }
    guard let prober else { return try open(new) }
    try prober.replaceTarget(0, by: new)
    address = new
  }

  /// Hands out the descriptors to wait for, when they are not those of the last time.
  func withNewDescriptors(
    _ body: (CInt) throws(SystemError) -> Void
  ) throws(SystemError) {
    guard let prober, prober.descriptorGeneration != watchedGeneration else { return }
    watchedGeneration = prober.descriptorGeneration
    var failure: SystemError?
    prober.withDescriptors { descriptor in
      do throws(SystemError) { try body(descriptor) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  func send(at time: UnixTime, now: MonotonicTime, deliver: (Outcome) -> Void) {
    guard let prober else { return }
    overdue.sent(seq: seq, at: time)
    prober.send(seq: seq, sentAt: time, now: now) { take($0, deliver) }
    seq += 1
  }

  /// Takes what has come, and what is overdue.
  func receive(at time: UnixTime, now: MonotonicTime, deliver: (Outcome) -> Void) {
    guard let prober else { return }
    prober.receive(now: now) { outcome, _ in take(outcome, deliver) }
    prober.expire(now: now) { take($0, deliver) }
    overdue.expire(by: time) { deliver(.lost(at: $0)) }
  }

  /// When to look again if nothing comes.
  var nextDeadline: UnixTime? { overdue.deadline }

  /// The clock was set: of what is under way nobody can tell how long it took.
  func restart() { overdue.clear() }

  private func take(_ outcome: ProbeOutcome, _ deliver: (Outcome) -> Void) {
    let isNew = overdue.ended(seq: outcome.seq)
    if let rtt = outcome.rtt {
      deliver(.answered(rtt, at: outcome.time))
    } else if isNew {
      deliver(.lost(at: outcome.time))
    }
  }
}
