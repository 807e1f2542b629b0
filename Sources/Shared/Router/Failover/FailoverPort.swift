public import Model
import Synchronization

/// A router with two ways to it, of which one is used at a time.
///
/// An operation that fails is never repeated here: the other way is used from the next one on, and
/// whoever asked reads the router before anything is written again. The failure's `transport` is
/// then another one than the port's. While the fallback is used the primary is probed beside it,
/// and two good probes in a row bring it back between two operations.
public final class FailoverPort: RouterPort {
  private let ways: TransportChoice.Pair<any RouterPort>
  private var choice: TransportChoice
  private let prober: any PrimaryProbe
  private let now: () -> MonotonicTime
  private var isProbing = false
  private let interruption = Interruption()

  /// Set when the program ends: what fails then says nothing about a way.
  private final class Interruption: Sendable {
    let isSet = Atomic<Bool>(false)
  }

  init(
    primary: any RouterPort, fallback: any RouterPort, choice: TransportChoice,
    probe: any PrimaryProbe, now: @escaping () -> MonotonicTime
  ) {
    ways = TransportChoice.Pair(primary: primary, fallback: fallback)
    self.choice = choice
    prober = probe
    self.now = now
  }

  private var active: any RouterPort { ways[choice.active] }

  public var transport: Transport { active.transport }

  public var notBefore: MonotonicTime? {
    [choice.notBefore, active.notBefore].compactMap { $0 }.max()
  }

  /// What `notBefore` says is all: each way has its own back-off.
  public func pause(after failure: RouterFailure, failures: Int) -> Milliseconds { .zero }

  /// Looks after the probes of the primary.
  public func attend() -> MonotonicTime? {
    let now = now()
    if isProbing {
      guard let isGood = prober.take() else { return now + Self.probePatience }
      isProbing = false
      if choice.probed(isGood: isGood, at: now) { ways.fallback.disconnect() }
    }
    if choice.isProbeDue(at: now) {
      choice.beginProbe()
      prober.begin()
      isProbing = true
      return now + Self.probePatience
    }
    return choice.probeAt
  }

  /// How often the answer to a probe is looked for when nothing else happens.
  private static let probePatience = Milliseconds(250)

  public func disconnect() {
    ways.primary.disconnect()
    ways.fallback.disconnect()
  }

  public var interrupter: @Sendable () -> Void {
    let all = [ways.primary.interrupter, ways.fallback.interrupter, prober.interrupter]
    return { [interruption] in
      interruption.isSet.store(true, ordering: .releasing)
      for interrupt in all { interrupt() }
    }
  }

  private func perform<Answer>(
    _ operation: (any RouterPort) throws(RouterFailure) -> Answer
  ) throws(RouterFailure) -> Answer {
    _ = attend()
    do {
      let answer = try operation(active)
      choice.answered()
      return answer
    } catch {
      if interruption.isSet.load(ordering: .acquiring) { throw error }
      let old = active
      let resting = TransportChoice.Pair(
        primary: ways.primary.notBefore, fallback: ways.fallback.notBefore)
      if choice.failed(error.failureClass, at: now(), resting: resting) {
        old.disconnect()
        if isProbing {
          prober.abandon()
          isProbing = false
        }
      }
      throw error
    }
  }
}

extension FailoverPort {
  public func probe() throws(RouterFailure) -> RouterIdentity {
    try perform { port throws(RouterFailure) in try port.probe() }
  }

  public func readResource() throws(RouterFailure) -> RouterResource {
    try perform { port throws(RouterFailure) in try port.readResource() }
  }

  public func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
    try perform { port throws(RouterFailure) in try port.readQueues(names) }
  }

  public func queueNames() throws(RouterFailure) -> [String] {
    try perform { port throws(RouterFailure) in try port.queueNames() }
  }

  public func leafKind(ofType queueType: String) throws(RouterFailure) -> String? {
    try perform { port throws(RouterFailure) in try port.leafKind(ofType: queueType) }
  }

  public func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {
    try perform { port throws(RouterFailure) in try port.setLimit(limit, of: queue) }
  }

  public func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
    try perform { port throws(RouterFailure) in try port.ruleStatus(comment) }
  }

  public func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
    try perform { port throws(RouterFailure) in try port.setRule(comment, enabled: enabled) }
  }

  public func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
    try perform { port throws(RouterFailure) in try port.flushConnections(ports: ports) }
  }

  public func readRows(
    _ menu: RouterMenu, properties: [String]
  ) throws(RouterFailure) -> [RouterRow] {
    try perform { port throws(RouterFailure) in try port.readRows(menu, properties: properties) }
  }
}
