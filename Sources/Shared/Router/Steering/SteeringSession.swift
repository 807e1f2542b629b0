public import Model

/// Talks to a router for steering: switches rules, reads queues, and looks how the rules stand
/// whenever that is in doubt.
///
/// It is driven from outside, one operation at a time, and holds no thread and no clock of its own.
/// While the router is left alone after a failure, what is ordered fails at once: by the time that
/// it could be done it may not be wanted any more, and whoever still wants it orders it again.
public final class SteeringSession {
  /// How often the rules are read when nothing is in doubt: somebody may switch them by hand.
  static let rulesInterval = Milliseconds(seconds: 60)

  private let port: any RouterPort
  private let rules: [RuleComment]
  private let queues: [Identifier?]
  private let flushedPorts: [UInt16]
  private let clock: RouterSession.Clock
  private let emit: (SteeringRouterEvent) -> Void
  private var orders: [SteeringOrder] = []
  private var contact = RouterContact()
  private var knowledge = RouterKnowledge()
  private var way: WayTold
  private var pauseUntil: MonotonicTime?
  private var lastFailure: RouterFailure?
  private var failedReads = 0
  /// nil = at once.
  private var rulesDue: MonotonicTime?
  private var mustFlush = false

  /// - Parameters:
  ///   - rules: one per target.
  ///   - queues: whose rows are read; nil for a line whose queue is not read.
  ///   - flushedPorts: see `RouterPort.flushConnections`.
  ///   - emit: hears of everything that happens, within `step`.
  public init(
    port: any RouterPort, rules: [RuleComment], queues: [Identifier?], flushedPorts: [UInt16],
    transport: Transport, clock: RouterSession.Clock,
    emit: @escaping (SteeringRouterEvent) -> Void
  ) {
    self.port = port
    self.rules = rules
    self.queues = queues
    self.flushedPorts = flushedPorts
    self.clock = clock
    self.emit = emit
    way = WayTold(transport)
  }

  /// Takes an order. A reading that is ordered while one waits is the same one.
  public func submit(_ order: SteeringOrder) {
    guard order != .readQueues || !orders.contains(.readQueues) else { return }
    orders.append(order)
  }

  /// Does what is ordered next, or what is due; blocks until that has ended.
  public func step() -> RouterSession.Pause {
    let attention = port.attend()
    noteWay()
    if let order = nextOrder() {
      perform(order)
      return .none
    }
    let now = clock.monotonic()
    if let pause, now < pause { return .until(pause) }
    if mustFlush {
      flush()
      return .none
    }
    guard let due = rulesDue, now < due else {
      readRules()
      return .none
    }
    return .until([due, attention].compactMap { $0 }.min() ?? due)
  }

  /// What switches rules goes before what only reads.
  private func nextOrder() -> SteeringOrder? {
    let index = orders.firstIndex { $0 != .readQueues } ?? orders.indices.first
    return index.map { orders.remove(at: $0) }
  }

  /// No operation is begun before this.
  private var pause: MonotonicTime? { [pauseUntil, port.notBefore].compactMap { $0 }.max() }

  /// Why nothing can be done now; nil when something can.
  private func obstacle(to operation: String) -> RouterFailure? {
    let now = clock.monotonic()
    guard let pause, now < pause else { return nil }
    let reason = lastFailure.map { ": \($0.message)" } ?? ""
    return RouterFailure(
      lastFailure?.failureClass ?? .busy, transport: port.transport, operation: operation,
      message: "the router is left alone for \(fixed((pause - now).seconds, digits: 1)) s more"
        + reason)
  }

  private func perform(_ order: SteeringOrder) {
    switch order {
    case .readQueues: readQueues()
    case .act(let action, let decidedAt):
      let failure = carryOut(action)
      emit(
        .actionEnded(
          SteeringRouterEvent.ActionEnd(
            action: action, failure: failure, time: clock.wall(),
            age: clock.monotonic() - decidedAt)))
    case .disable(let targets):
      for target in targets where switchRule(target, isEnabled: false) == nil {
        emit(.ruleDisabled(target: target))
      }
    }
  }
}

extension SteeringSession {
  /// - Returns: why the action failed; nil when the router has confirmed it.
  private func carryOut(_ action: SteeringAction) -> RouterFailure? {
    if let failure = switchRule(action.target, isEnabled: action.kind == .enable) {
      return failure
    }
    guard action.kind == .enable else { return nil }
    mustFlush = !flushedPorts.isEmpty
    // The new rule is in force. An old one that stays on is seen when the rules are read.
    if let replaced = action.replaced { _ = switchRule(replaced, isEnabled: false) }
    return nil
  }

  /// Switches a rule; after a failure that leaves open what became of it, or that made the port
  /// take the other way, once more: the port reads the rule before it writes.
  private func switchRule(_ target: Int, isEnabled: Bool) -> RouterFailure? {
    guard rules.indices.contains(target) else { return nil }
    let comment = rules[target]
    let operation = "\(isEnabled ? "enable" : "disable") the rule '\(comment)'"
    var failure = obstacle(to: operation)
    for _ in 0..<2 where failure == nil || mayRepeat(failure) {
      do {
        try port.setRule(comment, enabled: isEnabled)
        gainContact()
        return nil
      } catch {
        failure = error
        failed(error)
      }
    }
    rulesDue = nil
    return failure
  }

  private func mayRepeat(_ failure: RouterFailure?) -> Bool {
    guard let failure, obstacle(to: "") == nil else { return false }
    return failure.outcome == .unknown || failure.transport != port.transport
  }

  private func flush() {
    mustFlush = false
    do {
      let count = try port.flushConnections(ports: flushedPorts)
      gainContact()
      emit(.connectionsFlushed(count))
    } catch {
      failed(error)
      emit(.flushFailed(error))
    }
  }

  private func readRules() {
    var found: [RuleStatus] = []
    do {
      for comment in rules { found.append(try port.ruleStatus(comment)) }
      failedReads = 0
      gainContact()
      rulesDue = clock.monotonic() + Self.rulesInterval
      emit(.rulesRead(found))
    } catch {
      failed(error)
      tellReadFailure(error)
    }
  }

  private func readQueues() {
    let names = queues.compactMap(\.self)
    var found: [QueueRow?]?
    if obstacle(to: "") == nil {
      do { found = try rows(of: names) } catch {
        failed(error)
        tellReadFailure(error)
      }
    }
    var rows = (found ?? []).makeIterator()
    emit(.queuesRead(queues.map { $0 == nil ? nil : rows.next() ?? nil }))
  }

  private func rows(of names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
    let rows = try port.readQueues(names)
    knowledge.note(queueTypes: rows.compactMap { $0?.queueType })
    while let type = knowledge.unknownType {
      knowledge.learn(type, kind: try port.leafKind(ofType: type))
    }
    failedReads = 0
    gainContact()
    return rows.map { $0.map(knowledge.completed) }
  }
}

extension SteeringSession {
  private func failed(_ failure: RouterFailure) {
    lastFailure = failure
    guard failure.failureClass.isUnreachable else {
      gainContact()
      if failure.failureClass == .busy {
        pauseUntil =
          clock.monotonic() + FailureReaction.hold(after: failure.failureClass, refusals: 1)
      }
      return
    }
    knowledge.skipUnknownTypes()
    rulesDue = nil
    way.failed(failure)
    if port.transport != failure.transport, contact.doubt(at: clock) {
      // The other way is tried at once; only when that fails too, contact is lost.
      pauseUntil = nil
      if let event = way.change(to: port.transport, because: failure, at: clock) {
        emit(.router(event))
      }
      return
    }
    let failures = contact.lose(at: clock)
    knowledge.forget()
    pauseUntil = clock.monotonic() + port.pause(after: failure, failures: failures)
    emit(
      .router(
        failures == 1
          ? .contactLost(failure, since: contact.since)
          : .stillUnreachable(failure, failures: failures)))
  }

  /// A read that was refused; one without contact has been told as that.
  private func tellReadFailure(_ failure: RouterFailure) {
    guard !failure.failureClass.isUnreachable else { return }
    failedReads += 1
    let hold = FailureReaction.hold(after: failure.failureClass, refusals: failedReads)
    rulesDue = clock.monotonic() + hold
    emit(.router(.readFailed(failure)))
  }

  private func gainContact() {
    pauseUntil = nil
    guard let outage = contact.gain(at: clock) else { return }
    emit(.router(.contactGained(after: outage.failures > 0 ? outage : nil)))
    if let event = way.change(to: port.transport, at: clock) { emit(.router(event)) }
  }

  private func noteWay() {
    guard contact.isKept, let event = way.change(to: port.transport, at: clock) else { return }
    emit(.router(event))
  }
}
