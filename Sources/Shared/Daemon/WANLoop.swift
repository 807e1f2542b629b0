import Control
import Measure
import Model
import Platform
import Router

/// One WAN on the control thread: its probes, its engine, and its way to the router.
final class WANLoop {
  let index: Int
  let place: RouterGroup.Place
  private(set) var settings: LoopSettings
  private var engine: LoopEngine
  private var probes: WANProbes
  private let router: RouterWorker
  private let outbox: Outbox
  private let board: SnapshotBoard
  /// Steering within this process, which goes by the cycles and readings of its WANs.
  var steering: SteeringRunner?
  private let restored: LoopState?
  /// Whether a recording wants every outcome, not just the cycles.
  private let isRecorded: Bool
  /// `--oneshot`: one round is sent, and its limits are waited for.
  private let isOneCycle: Bool
  private var lastCycle: Cycle?
  private var sampleTimes = SampleTimes()
  private var nextSeq = 0
  /// Outcomes of one wait, in order of their times before they reach the engine.
  private var batch: [ProbeOutcome] = []
  private var snapshot: WANSnapshot
  private var contact: RouterContact
  /// From the closing of a round to its decision, and from a decrease's decision to the router's
  /// confirmation. Increases are no part of it: they are put together on purpose.
  private(set) var decisionDelay = DurationHistogram()
  private(set) var confirmationDelay = DurationHistogram()

  init(
    index: Int, settings: LoopSettings, restoring state: LoopState?, probes: WANProbes,
    router: RouterWorker, place: RouterGroup.Place, outbox: Outbox, board: SnapshotBoard,
    isRecorded: Bool, isOneCycle: Bool
  ) {
    self.index = index
    self.settings = settings
    self.place = place
    self.probes = probes
    self.router = router
    self.outbox = outbox
    self.board = board
    self.isRecorded = isRecorded
    self.isOneCycle = isOneCycle
    restored = state
    contact = RouterContact(settings.router.transport)
    engine = LoopEngine(settings, restoring: state, firstSeq: 0)
    snapshot = WANSnapshot(
      decision: engine.controller.held(at: UnixTime(microseconds: 0)), router: contact.published,
      control: settings.control)
    batch.reserveCapacity(256)
  }

  /// Tells the recording what the decisions begin with.
  func announceStart(at time: UnixTime) {
    board.publish(snapshot, wan: index)
    outbox.post(.started(wan: index, seq: nextSeq, at: time, state: restored))
  }

  /// When the loop has to look at this WAN again if nothing comes.
  var nextDeadline: UnixTime? { engine.nextDeadline }

  /// Hands out the descriptors to wait for, when they are not those of the last time.
  func withNewDescriptors(
    _ body: (CInt) throws(SystemError) -> Void
  ) throws(SystemError) {
    try probes.withNewDescriptors(body)
  }

  /// Sends the probes of the next round, and those beside it that are due.
  func sendRound(at time: UnixTime, now: MonotonicTime) {
    if isOneCycle, nextSeq > 0 { return }
    probes.send(seq: nextSeq, at: time, now: now) { batch.append($0) }
    nextSeq += 1
  }

  /// Takes everything that has arrived or timed out, and closes what is due.
  func receive(at time: UnixTime, now: MonotonicTime) {
    probes.receive(now: now) { batch.append($0) }
    sortBatch()
    for outcome in batch { take(outcome, at: time, now: now) }
    batch.removeAll(keepingCapacity: true)
    engine.advance(to: time) { decided($0, at: time, now: now) }
  }

  /// Takes what the router's thread tells.
  func take(_ event: RouterEvent, at time: UnixTime, now: MonotonicTime) {
    contact.take(event, wan: place.wan, now: now)
    snapshot.router = contact.published
    if case .writeConfirmed(let write) = event, write.queue.wan == place.wan,
      write.limit < write.previous
    {
      confirmationDelay.add(write.age)
      if let answeredAt = sampleTimes.answer(ofDecisionAt: write.decidedAt) {
        snapshot.actuationLatencies.add(write.confirmedAt - answeredAt)
      }
    }
    if event.endsContact { steering?.takeLoss(ofRouterOf: index, at: time, now: now) }
    guard case .queuesRead(place.wan, let rows, _) = event else { return }
    steering?.take(download: rows.download, wan: index, at: time, now: now)
    // In the loop's time, so that a recording keeps the order of things.
    let rates = rows.map { $0?.rate }
    engine.take(queueRates: rates, at: time) { decided($0, at: time, now: now) }
    if isRecorded { outbox.post(.queues(wan: index, rows, at: time)) }
  }

  /// `--oneshot`: whether the cycle succeeded and the router confirmed its limits; nil while that is
  /// open.
  var oneCycleSucceeded: Bool? {
    guard let lastCycle else { return nil }
    guard lastCycle.succeeded else { return false }
    if lastCycle.decision.held { return true }
    if contact.hasFailed { return false }
    let rates = lastCycle.decision.directions.map(\.rate)
    let confirmed = contact.published.confirmed
    return confirmed.download == rates.download && confirmed.upload == rates.upload ? true : nil
  }

  /// Begins the rounds anew after a step of the wall clock; the controller goes on.
  func restartRounds(at time: UnixTime) {
    batch.removeAll(keepingCapacity: true)
    engine.restartRounds(firstSeq: nextSeq)
    outbox.post(.started(wan: index, seq: nextSeq, at: time, state: nil))
  }

  /// Goes on under another configuration; the state stays.
  func reload(_ reloaded: ReloadedWAN, at time: UnixTime) {
    settings = reloaded.settings
    snapshot.control = settings.control
    // Sockets that cannot be opened now are no reason to lose those that work.
    if let probes = try? WANProbes(settings, addresses: reloaded.addresses) { self.probes = probes }
    batch.removeAll(keepingCapacity: true)
    engine.replaceSettings(settings, firstSeq: nextSeq)
    outbox.post(.started(wan: index, seq: nextSeq, at: time, state: nil))
  }

  /// The limits to leave on the router; nil = those that stand.
  var limitsOnExit: PerDirection<BitsPerSecond>? {
    guard settings.onExit == .ceiling else { return nil }
    return PerDirection(
      download: BitsPerSecond(Int64(settings.control.download.ceiling)),
      upload: BitsPerSecond(Int64(settings.control.upload.ceiling)))
  }

  /// How long this WAN's part of a tick took, from when the tick was due.
  func noteCycleTime(_ time: Milliseconds) { snapshot.cycleTimes.add(time) }

  // MARK: - Samples and decisions

  private func take(_ outcome: ProbeOutcome, at time: UnixTime, now: MonotonicTime) {
    var recorded = outcome
    var late: Milliseconds?
    let disposition = engine.take(outcome) { decided($0, at: time, now: now) }
    if disposition == .late, let rtt = outcome.rtt {
      snapshot.counts.lateAnswers += 1
      late = rtt
      recorded.result = .lost(.late, waited: rtt)
    }
    if isRecorded { outbox.post(.outcome(wan: index, recorded, late: late)) }
  }

  private func decided(_ cycle: Cycle, at time: UnixTime, now: MonotonicTime) {
    var cycle = cycle
    cycle.sampleAge = cycle.newestAnswerAt.map { max(time - $0, .zero) }
    decisionDelay.add(time - cycle.decision.time)
    lastCycle = cycle
    probes.noteRound(answered: cycle.basis == .round)
    let answeredAt = cycle.sampleAge.map { now + Milliseconds(-$0.rawValue) }
    if !cycle.decision.held {
      if let answeredAt { sampleTimes.note(decidedAt: now, answeredAt: answeredAt) }
      router.submit(
        wan: place.wan, target: cycle.decision.directions.map(\.rate), decidedAt: now)
    }
    publish(cycle, now: now)
    steering?.take(cycle, wan: index, at: time, now: now)
    let directions = cycle.decision.directions
    outbox.post(
      .cycle(wan: index, cycle),
      urgent: directions.download.transition != nil || directions.upload.transition != nil)
  }

  private func publish(_ cycle: Cycle, now: MonotonicTime) {
    contact.advance(to: now)
    snapshot.router = contact.published
    snapshot.decision = cycle.decision
    if let age = cycle.sampleAge { snapshot.sampleAges.add(age) }
    snapshot.isUp = cycle.succeeded
    snapshot.counts.note(cycle, isRouterReachable: snapshot.router.isReachable)
    board.publish(snapshot, wan: index)
  }

  /// Insertion sort: a wait brings a handful of outcomes, nearly in order.
  private func sortBatch() {
    guard batch.count > 1 else { return }
    for end in 1..<batch.count {
      var place = end
      while place > 0, batch[place].time < batch[place - 1].time {
        batch.swapAt(place, place - 1)
        place -= 1
      }
    }
  }
}

extension RouterEvent {
  /// Whether nothing can be read of the router at present.
  fileprivate var endsContact: Bool {
    switch self {
    case .contactLost, .stillUnreachable, .readFailed: true
    default: false
    }
  }
}

extension WANSnapshot.Counts {
  mutating func note(_ cycle: Cycle, isRouterReachable: Bool) {
    if cycle.decision.held { held += 1 } else { stepped += 1 }
    if cycle.basis != .round { lost += 1 }
    if cycle.succeeded, isRouterReachable {
      failedInRow = 0
    } else {
      failed += 1
      failedInRow += 1
    }
  }
}
