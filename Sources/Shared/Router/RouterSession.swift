import Control
public import Model

/// Keeps the limits of a router's queues at their targets: reads what the router has, writes what
/// differs, and reads again whenever that is in doubt.
///
/// It is driven from outside, one operation at a time, and holds no thread and no clock of its own.
/// There is never more than one operation under way, and never a queue of them: what goes out is
/// the newest target of each queue.
public final class RouterSession {
  /// The clocks; tests put virtual ones in their place.
  public struct Clock {
    public var monotonic: () -> MonotonicTime
    public var wall: () -> UnixTime

    public init(monotonic: @escaping () -> MonotonicTime, wall: @escaping () -> UnixTime) {
      self.monotonic = monotonic
      self.wall = wall
    }
  }

  /// When to call `step` again.
  public enum Pause: Sendable, Equatable {
    case none
    /// Then, or as soon as there is a new target.
    case until(MonotonicTime)
    /// When there is a new target.
    case untilSubmit
  }

  let port: any RouterPort
  let clock: Clock
  let emit: (RouterEvent) -> Void
  private let budget: SharedBudget
  private let statsInterval: Milliseconds
  private(set) var queues: [RouterQueue]
  var scheduler: WriteScheduler
  var contact = RouterContact()
  var knowledge = RouterKnowledge()
  /// The limits must be read before anything is written.
  private var mustRead = true
  private var pauseUntil: MonotonicTime?
  private var nextStatistics: MonotonicTime?
  /// Refusals in a row, per queue and of reads.
  private var refusals: [Int: Int] = [:]
  private var failedReads = 0
  /// Queues that the router lacked when it was read last.
  private var missing: Set<Int> = []
  /// Writes whose outcome is unknown, by queue.
  private var doubted: [Int: (write: WriteScheduler.Write, began: MonotonicTime)] = [:]
  private var toldBudgetTrouble: String?
  private var way: WayTold
  /// Increases do not wait for their interval any more: the process is about to end.
  public var isLeaving = false

  /// - Parameter emit: hears of everything that happens, within `step`.
  public init(
    port: any RouterPort, queues: [RouterQueue], settings: RouterSettings, budget: SharedBudget,
    clock: Clock, emit: @escaping (RouterEvent) -> Void
  ) {
    self.port = port
    self.queues = queues
    self.budget = budget
    self.clock = clock
    self.emit = emit
    statsInterval = settings.statsInterval
    way = WayTold(settings.transport)
    scheduler = WriteScheduler(
      wans: queues.map(\.wan), increaseInterval: settings.increaseInterval)
  }

  /// One more queue to look after.
  ///
  /// - Returns: its index.
  public func add(_ queue: RouterQueue) -> Int {
    queues.append(queue)
    mustRead = true
    return scheduler.addQueue(wan: queue.wan)
  }

  /// The limit that a queue shall have from now on.
  public func submit(queue: Int, target: BitsPerSecond, decidedAt: MonotonicTime) {
    scheduler.submit(queue: queue, target: target, decidedAt: decidedAt)
  }

  public var hasQueues: Bool { !queues.isEmpty }

  /// Whether every target is confirmed.
  public var isSettled: Bool { scheduler.isSettled }

  /// Does at most one operation on the router, which blocks until it has ended.
  public func step() -> Pause {
    let attention = port.attend()
    noteWay()
    let now = clock.monotonic()
    if let pause = [pauseUntil, port.notBefore].compactMap({ $0 }).max(), now < pause {
      return .until(pause)
    }
    let readDue = scheduler.readDue(at: now)
    if mustRead || readDue.map({ $0 <= now }) == true {
      readLimits()
      return .none
    }
    var wake = [readDue, attention].compactMap { $0 }.min()
    switch scheduler.next(at: now, isLeaving: isLeaving) {
    case .write(let write):
      guard let wait = take(write.urgency) else {
        perform(write)
        return .none
      }
      wake = [wake, now + wait].compactMap { $0 }.min()
    case .wait(let time): wake = [wake, time].compactMap { $0 }.min()
    case .nothing: break
    }
    if doChore(at: now) { return .none }
    wake = [wake, nextStatistics].compactMap { $0 }.min()
    return wake.map { .until($0) } ?? .untilSubmit
  }

  private func take(_ urgency: WriteBudget.Urgency) -> Milliseconds? {
    let wait = budget.take(urgency, at: clock.wall())
    if budget.trouble != toldBudgetTrouble {
      toldBudgetTrouble = budget.trouble
      if let trouble = budget.trouble { emit(.budgetNotShared(reason: trouble)) }
    }
    if let latest = budget.latest { emit(.budgetAsked(latest, waits: wait != nil)) }
    return wait
  }

  private func perform(_ write: WriteScheduler.Write) {
    let queue = queues[write.queue]
    let began = clock.monotonic()
    do {
      try port.setLimit(write.target, of: queue.name)
    } catch {
      failed(write, error, began: began)
      return
    }
    gainContact()
    scheduler.confirm(write, at: began)
    refusals[write.queue] = nil
    tellConfirmed(write, began: began)
  }

  private func tellConfirmed(_ write: WriteScheduler.Write, began: MonotonicTime) {
    let now = clock.monotonic()
    emit(
      .writeConfirmed(
        RouterEvent.Confirmation(
          queue: queues[write.queue], limit: write.target, previous: write.current,
          decidedAt: write.decidedAt, confirmedAt: now, time: clock.wall(), took: now - began,
          transport: port.transport)))
  }

  private func failed(
    _ write: WriteScheduler.Write, _ failure: RouterFailure, began: MonotonicTime
  ) {
    let now = clock.monotonic()
    if failure.outcome == .notDone {
      budget.giveBack(at: clock.wall())
    } else {
      doubted[write.queue] = (write, began)
    }
    emit(
      .writeFailed(
        RouterEvent.FailedWrite(
          queue: queues[write.queue], limit: write.target, failure: failure, time: clock.wall(),
          took: now - began)))
    if failure.failureClass.isUnreachable {
      loseContact(failure)
      return
    }
    gainContact()
    scheduler.forget(queue: write.queue)
    let count = (refusals[write.queue] ?? 0) + 1
    let hold = now + FailureReaction.hold(after: failure.failureClass, refusals: count)
    if failure.failureClass == .busy {
      pauseUntil = hold
      mustRead = true
      return
    }
    refusals[write.queue] = count
    scheduler.hold(queue: write.queue, until: hold)
    if failure.failureClass != .missing { mustRead = true }
  }
}

extension RouterSession {
  /// Reads the limits of all queues, and their statistics with them.
  private func readLimits() {
    let rows: [QueueRow?]
    do {
      rows = try port.readQueues(queues.map(\.name))
    } catch {
      readFailed(error)
      return
    }
    mustRead = false
    failedReads = 0
    gainContact()
    let now = clock.monotonic()
    if statsInterval > .zero { nextStatistics = now + statsInterval }
    for (index, row) in rows.enumerated() { take(row, of: index, at: now) }
    tell(rows)
    knowledge.note(queueTypes: rows.compactMap { $0?.queueType })
  }

  private func take(_ row: QueueRow?, of index: Int, at now: MonotonicTime) {
    guard let row else {
      missing.insert(index)
      scheduler.forget(queue: index)
      let count = (refusals[index] ?? 0) + 1
      refusals[index] = count
      scheduler.hold(
        queue: index, until: now + FailureReaction.hold(after: .missing, refusals: count))
      emit(.queueMissing(queues[index]))
      return
    }
    if missing.remove(index) != nil {
      refusals[index] = nil
      scheduler.hold(queue: index, until: now)
    }
    if let believed = scheduler.observe(queue: index, limit: row.maxLimit) {
      emit(.limitDrifted(queues[index], from: believed, to: row.maxLimit))
    }
    guard let doubt = doubted.removeValue(forKey: index) else { return }
    if doubt.write.target == row.maxLimit {
      refusals[index] = nil
      tellConfirmed(doubt.write, began: doubt.began)
    }
  }

  private func tell(_ rows: [QueueRow?]) {
    let time = clock.wall()
    var pairs: [Int: PerDirection<QueueRow?>] = [:]
    for (queue, row) in zip(queues, rows) {
      pairs[queue.wan, default: PerDirection(download: nil, upload: nil)][queue.direction] =
        row.map(knowledge.completed)
    }
    for wan in pairs.keys.sorted() {
      guard let pair = pairs[wan] else { continue }
      emit(.queuesRead(wan: wan, pair, at: time))
    }
  }

  /// What is done when no write waits: one request, so that a write never waits for two.
  ///
  /// - Returns: false when there is nothing to do.
  private func doChore(at now: MonotonicTime) -> Bool {
    guard contact.isKept else { return false }
    if let queueType = knowledge.unknownType {
      readOptional { () throws(RouterFailure) in
        knowledge.learn(queueType, kind: try port.leafKind(ofType: queueType))
      }
      return true
    }
    if !knowledge.isIdentified {
      readOptional { () throws(RouterFailure) in
        let identity = try port.probe()
        note(identity.resource)
        emit(.identified(identity))
      }
      knowledge.isIdentified = true
      return true
    }
    guard let due = nextStatistics, due <= now else { return false }
    if knowledge.isResourceDue {
      readOptional { () throws(RouterFailure) in
        let resource = try port.readResource()
        note(resource)
        emit(.resourceRead(resource))
      }
      knowledge.isResourceDue = false
    } else {
      knowledge.isResourceDue = true
      readLimits()
    }
    return true
  }

  /// Takes note of the uptime: a router that was restarted has to be read.
  private func note(_ resource: RouterResource) {
    guard knowledge.isRestarted(resource, at: clock.monotonic()) else { return }
    emit(.rebooted(resource))
    knowledge.forget()
    scheduler.forgetAll()
    mustRead = true
  }

  private func readOptional(_ body: () throws(RouterFailure) -> Void) {
    do {
      try body()
      gainContact()
    } catch {
      knowledge.skipUnknownTypes()
      readFailed(error)
    }
  }

  private func readFailed(_ failure: RouterFailure) {
    if failure.failureClass.isUnreachable {
      loseContact(failure)
      return
    }
    gainContact()
    failedReads += 1
    pauseUntil =
      clock.monotonic()
      + FailureReaction.hold(after: failure.failureClass, refusals: failedReads)
    emit(.readFailed(failure))
  }

  /// Tells when the way to the router is another one than it was, and reads what it has then.
  private func noteWay() {
    guard contact.isKept, let event = way.change(to: port.transport, at: clock) else { return }
    emit(event)
    mustRead = true
  }

  private func gainContact() {
    pauseUntil = nil
    guard let outage = contact.gain(at: clock) else { return }
    emit(.contactGained(after: outage.failures > 0 ? outage : nil))
    if let event = way.change(to: port.transport, at: clock) { emit(event) }
  }

  private func loseContact(_ failure: RouterFailure) {
    scheduler.forgetAll()
    mustRead = true
    way.failed(failure)
    if port.transport != failure.transport, contact.doubt(at: clock) {
      // The other way is tried at once; only when that fails too, contact is lost.
      pauseUntil = nil
      if let event = way.change(to: port.transport, because: failure, at: clock) { emit(event) }
      return
    }
    let failures = contact.lose(at: clock)
    knowledge.isIdentified = false
    pauseUntil = clock.monotonic() + port.pause(after: failure, failures: failures)
    emit(
      failures == 1
        ? .contactLost(failure, since: contact.since)
        : .stillUnreachable(failure, failures: failures))
  }
}
