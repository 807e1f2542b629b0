import Measure
import Model
import Platform

/// All probes of one WAN: the reflectors of each round, and beside them the gateway and the TCP
/// targets. Owned by the control thread; nothing here blocks.
final class WANProbes {
  private let reflectors: ICMPProber
  /// Indices of the reflectors whose names were found, in the order of the prober's targets.
  private let found: [Int]
  private let missing: [Int]
  private let fallback: FallbackProber
  private var watchedGeneration: Int?

  /// Opens the sockets.
  init(_ settings: LoopSettings, addresses: ProbeAddresses) throws(MeasureError) {
    // No transmit stamps: each would wake this thread, for some microseconds of a latency that is
    // judged by the millisecond.
    let options = ProbeOptions(
      source: settings.probe.sourceAddress.flatMap { IPAddress($0) },
      interface: settings.probe.interface, mark: settings.probe.mark, waitsForInterface: true,
      usesTransmitStamps: false)
    found = addresses.reflectors.indices.filter { addresses.reflectors[$0] != nil }
    missing = addresses.reflectors.indices.filter { addresses.reflectors[$0] == nil }
    reflectors = try ICMPProber(
      targets: addresses.reflectors.compactMap { $0 }, timeout: settings.probe.timeout,
      options: options)
    let gateway = try addresses.gateway.map { address throws(MeasureError) in
      try ICMPProber(targets: [address], timeout: settings.probe.timeout, options: options)
    }
    fallback = FallbackProber(gateway: gateway, targets: addresses.tcpTargets, options: options)
  }

  /// Hands out the descriptors to wait for, when they are not those of the last time.
  func withNewDescriptors(
    _ body: (CInt) throws(SystemError) -> Void
  ) throws(SystemError) {
    let generation = reflectors.descriptorGeneration &+ fallback.descriptorGeneration
    guard generation != watchedGeneration else { return }
    watchedGeneration = generation
    var failure: SystemError?
    let watch = { (descriptor: CInt) in
      do throws(SystemError) { try body(descriptor) } catch { failure = error }
    }
    reflectors.withDescriptors(watch)
    fallback.withDescriptors(watch)
    if let failure { throw failure }
  }

  /// Tells whether the newest round was answered.
  func noteRound(answered: Bool) { fallback.noteRound(answered: answered) }

  /// Sends the probes of a round, and those beside it that are due.
  func send(seq: Int, at time: UnixTime, now: MonotonicTime, deliver: (ProbeOutcome) -> Void) {
    reflectors.send(seq: seq, sentAt: time, now: now) { deliver(named($0)) }
    for target in missing {
      deliver(
        ProbeOutcome(
          target: target, method: .icmp, seq: seq, sentAt: time,
          result: .lost(.sendFailed, waited: .zero)))
    }
    fallback.send(at: time, now: now, deliver: deliver)
  }

  /// Takes what has come and what has timed out.
  func receive(now: MonotonicTime, deliver: (ProbeOutcome) -> Void) {
    reflectors.receive(now: now) { outcome, _ in deliver(named(outcome)) }
    reflectors.expire(now: now) { deliver(named($0)) }
    fallback.receive(now: now, deliver: deliver)
  }

  private func named(_ outcome: ProbeOutcome) -> ProbeOutcome {
    var outcome = outcome
    outcome.target = found[outcome.target]
    return outcome
  }
}
