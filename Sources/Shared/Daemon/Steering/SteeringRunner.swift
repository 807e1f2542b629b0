import Control
import Model
import Platform
import Router
import Service

/// Steering on a control thread, be it one of its own or that of the loop.
///
/// It owns the state that decides and shares none of it. Nothing here waits for a router, a disk or
/// a name server; orders go to the router's thread, everything for disk and log into a ring.
final class SteeringRunner {
  /// The longest time from one probe to the next.
  static let probeInterval = Milliseconds(250)
  /// The state file is at most this old.
  static let saveInterval = Milliseconds(seconds: 5)
  /// A process that is this late cannot tell a dead line from its own sleep.
  static let lateness = Milliseconds(750)

  private(set) var settings: SteeringSettings
  private var engine: SteeringEngine
  private var sources: [LineSource]
  private let worker: SteeringWorker
  private let baselines: BaselineWatcher?
  private let hosts: HostWatcher?
  private let reloads: SteeringReloadBox
  private let outbox: EventOutbox<SteeringEvent>
  private var figures: SteeringFigures
  private var effects: [SteeringEngine.Effect] = []
  private var nextCycle: MonotonicTime
  private var nextProbe: MonotonicTime
  private var nextSave: MonotonicTime
  private var lastAdvance: MonotonicTime
  private var waitingReload: ReloadedSteering?
  private var skippedCycles = 0

  init(
    settings: SteeringSettings, restoring state: SteeringState?, sources: [LineSource],
    worker: SteeringWorker, baselines: BaselineWatcher?, hosts: HostWatcher?,
    reloads: SteeringReloadBox, outbox: EventOutbox<SteeringEvent>, board: SteeringBoard,
    at time: UnixTime, now: MonotonicTime
  ) {
    self.settings = settings
    self.sources = sources
    self.worker = worker
    self.baselines = baselines
    self.hosts = hosts
    self.reloads = reloads
    self.outbox = outbox
    engine = SteeringEngine(
      settings.control, windows: Self.windows(settings, sources), restoring: state)
    figures = SteeringFigures(
      settings, controller: engine.controller, startedAt: time, board: board)
    nextProbe = now
    // The first answers are there by then.
    nextCycle = now + settings.control.interval
    nextSave = now
    lastAdvance = now
    effects.reserveCapacity(8)
    outbox.post(.started(at: time))
    publish(at: time)
  }

  private static func windows(
    _ settings: SteeringSettings, _ sources: [LineSource]
  ) -> [AnswerWindow?] {
    let probes = [settings.primarySources.probe] + settings.targetSources.map(\.probe)
    return zip(sources, probes).map { source, probe in
      if case .none = source { return nil }
      let count = probe?.count ?? 1
      let period = probePeriod(settings)
      return AnswerWindow(
        count: count,
        maximumAge: max(
          settings.control.interval, Milliseconds(period.rawValue * Double(count + 1))))
    }
  }

  private static func probePeriod(_ settings: SteeringSettings) -> Milliseconds {
    min(settings.control.interval, probeInterval)
  }

  // MARK: - Waiting

  var eventDescriptors: [CInt] {
    [worker.eventDescriptor] + (baselines.map { [$0.eventDescriptor] } ?? [])
  }

  func withNewDescriptors(
    _ body: (CInt) throws(SystemError) -> Void
  ) throws(SystemError) {
    for source in sources {
      if case .own(let prober) = source { try prober.withNewDescriptors(body) }
    }
  }

  /// How long to wait if nothing comes.
  func patience(at time: UnixTime, now: MonotonicTime) -> Milliseconds {
    var patience = min(nextCycle, nextSave) - now
    var deadline = engine.nextDeadline
    for source in sources {
      guard case .own(let prober) = source else { continue }
      patience = min(patience, nextProbe - now)
      deadline = [deadline, prober.nextDeadline].compactMap { $0 }.min()
    }
    if let deadline { patience = min(patience, deadline - time) }
    return max(patience, .zero)
  }

  // MARK: - Work

  /// Takes everything that has come, and does what is due. To be called after every wait.
  func advance(at time: UnixTime, now: MonotonicTime) {
    let late = now - lastAdvance
    lastAdvance = now
    if late > Self.lateness {
      engine.noteInterruption(at: time)
      outbox.post(.interrupted(late))
    }
    worker.drainEvents { take($0, at: time, now: now) }
    baselines?.drain { take($0) }
    takeAddresses()
    takeReload(at: time, now: now)
    probe(at: time, now: now)
    engine.advance(to: time) { effects.append($0) }
    perform(at: time, now: now)
    if now >= nextCycle {
      nextCycle = nextCycle + settings.control.interval
      while nextCycle <= now {
        nextCycle = nextCycle + settings.control.interval
        skippedCycles += 1
      }
      engine.tick(at: time) { effects.append($0) }
      perform(at: time, now: now)
    }
    // Its time tells others that steering lives.
    if now >= nextSave { save(now: now) }
  }

  private func probe(at time: UnixTime, now: MonotonicTime) {
    let isDue = now >= nextProbe
    if isDue {
      let period = Self.probePeriod(settings)
      nextProbe = max(nextProbe + period, now)
    }
    for (line, source) in sources.enumerated() {
      guard case .own(let prober) = source else { continue }
      let deliver = { (outcome: LineProber.Outcome) in
        switch outcome {
        case .answered(let rtt, let time):
          self.engine.take(answer: rtt, of: line, at: time) { self.effects.append($0) }
        case .lost(let time):
          self.engine.take(lossOf: line, at: time) { self.effects.append($0) }
        }
      }
      prober.receive(at: time, now: now, deliver: deliver)
      if isDue { prober.send(at: time, now: now, deliver: deliver) }
    }
  }

  private func takeAddresses() {
    guard let addresses = hosts?.take() else { return }
    for (source, address) in zip(sources, addresses) {
      // A socket that cannot be opened now is tried again with the next change.
      if case .own(let prober) = source, let address { try? prober.use(address) }
    }
  }

  private func take(_ news: BaselineWatcher.News) {
    if case .success(let found) = news.result {
      engine.take(baseline: found.baseline, writtenAt: found.writtenAt, of: news.line)
    }
    outbox.post(.baseline(line: news.line, news.result), urgent: true)
  }

  /// The wall clock stepped.
  func restart(at time: UnixTime, steppedBy step: Milliseconds) {
    for source in sources { if case .own(let prober) = source { prober.restart() } }
    engine.restart(at: time)
    outbox.post(.clockStepped(by: step), urgent: true)
  }

  // MARK: - The loop of this process

  /// A cycle of one of its WANs: the round is a probe of ours, and the baseline is of now.
  func take(_ cycle: Cycle, wan: Int, at time: UnixTime, now: MonotonicTime) {
    for (line, source) in sources.enumerated() {
      guard case .loop(wan) = source else { continue }
      engine.take(
        baseline: cycle.decision.baseline, writtenAt: cycle.decision.time, of: line)
      if cycle.basis == .round, let rtt = cycle.decision.rtt {
        engine.take(answer: rtt, of: line, at: cycle.decision.time) { effects.append($0) }
      } else {
        engine.take(lossOf: line, at: cycle.decision.time) { effects.append($0) }
      }
    }
    perform(at: time, now: now)
  }

  /// A reading of the queues of one of its WANs.
  func take(download row: QueueRow?, wan: Int, at time: UnixTime, now: MonotonicTime) {
    for (line, source) in sources.enumerated() {
      guard case .loop(wan) = source else { continue }
      if line == 0 { engine.isRouterReachable = true }
      engine.take(queue: QueueReading(row), of: line, at: time) { effects.append($0) }
    }
    perform(at: time, now: now)
  }

  /// The loop cannot read the queues of a WAN at present.
  func takeLoss(ofRouterOf wan: Int, at time: UnixTime, now: MonotonicTime) {
    for (line, source) in sources.enumerated() {
      guard case .loop(wan) = source else { continue }
      if line == 0 { engine.isRouterReachable = false }
      engine.take(queue: nil, of: line, at: time) { effects.append($0) }
    }
    perform(at: time, now: now)
  }

  // MARK: - What follows

  private func perform(at time: UnixTime, now: MonotonicTime) {
    guard !effects.isEmpty else { return }
    for effect in effects { perform(effect, at: time, now: now) }
    effects.removeAll(keepingCapacity: true)
    publish(at: time)
  }

  private func perform(
    _ effect: SteeringEngine.Effect, at time: UnixTime, now: MonotonicTime
  ) {
    switch effect {
    case .readQueues:
      // Those of the loop's WANs it reads by itself.
      if worker.readsQueues { worker.submit(.readQueues) }
    case .cycle(let decision):
      figures.note(decision)
      outbox.post(
        .cycle(
          decision,
          input: SteeringCycleFacts(
            readFailures: engine.controller.readFailures,
            consecutiveFailures: figures.snapshot.consecutiveFailures,
            isBaselineStale: engine.isBaselineStale(at: time), isReplayed: engine.isReplayed)))
    case .decision(let decision): outbox.post(.decision(decision), urgent: true)
    case .act(let action):
      figures.noteAction(at: time)
      worker.submit(.act(action, decidedAt: now))
    case .ended, .adopted: break
    case .disable(let targets): worker.submit(.disable(targets))
    }
  }

  /// What the thread of the router tells.
  func take(_ event: SteeringRouterEvent, at time: UnixTime, now: MonotonicTime) {
    switch event {
    case .queuesRead(let rows):
      // That of the primary completes the cycle: it comes last.
      for line in rows.indices.reversed() {
        guard case .own = sources[line] else { continue }
        engine.take(queue: QueueReading(rows[line]), of: line, at: time) { effects.append($0) }
      }
    case .rulesRead(let rules):
      figures.note(rules)
      outbox.post(.rules(rules), urgent: true)
      let wasDegraded = engine.controller.isDegraded
      engine.take(rules: rules, at: time) { effects.append($0) }
      for case .adopted(let target, let decision) in effects {
        outbox.post(
          .adopted(target: target, wasDegraded: wasDegraded, decision), urgent: true)
        changed(from: wasDegraded, now: now)
      }
    case .actionEnded(let end):
      let wasDegraded = engine.controller.isDegraded
      figures.note(end)
      engine.actionEnded(succeeded: end.failure == nil, at: time) { effect in
        guard case .ended(let decision) = effect else { return }
        outbox.post(.ended(decision, end), urgent: true)
        effects.append(effect)
      }
      changed(from: wasDegraded, now: now, isForced: end.failure == nil)
    case .ruleDisabled(let target):
      figures.noteRule(target, isEnabled: false)
      outbox.post(.router(event), urgent: true)
    case .router(let news):
      figures.note(news)
      outbox.post(.router(event), urgent: true)
    case .connectionsFlushed, .flushFailed: outbox.post(.router(event), urgent: true)
    }
    perform(at: time, now: now)
  }

  /// After what may have changed the state: a change is counted, and saved at once.
  private func changed(from wasDegraded: Bool, now: MonotonicTime, isForced: Bool = false) {
    let isChanged = engine.controller.isDegraded != wasDegraded
    if isChanged { figures.noteTransition(engine.controller) }
    if isForced || isChanged { save(now: now) }
  }

  private func save(now: MonotonicTime) {
    nextSave = now + Self.saveInterval
    outbox.post(.state(engine.controller.state), urgent: true)
  }

  private func publish(at time: UnixTime) {
    figures.publish(engine, skippedCycles: skippedCycles, at: time)
  }

  // MARK: - Reload and end

  /// Between two cycles, and not while an action is under way.
  private func takeReload(at time: UnixTime, now: MonotonicTime) {
    if let new = reloads.take() { waitingReload = new }
    guard !engine.controller.isActing, let new = waitingReload else { return }
    waitingReload = nil
    settings = new.settings
    figures.note(settings.control)
    for (line, probe) in new.probes.enumerated() where sources.indices.contains(line) {
      // A socket that cannot be opened now is no reason to lose one that works.
      guard case .own = sources[line], let probe,
        let prober = try? LineProber(
          probe, address: new.addresses[line], timeout: settings.probeTimeout,
          overdueAfter: settings.overdueAfter)
      else { continue }
      sources[line] = .own(prober)
    }
    engine.replaceSettings(settings.control, windows: Self.windows(settings, sources))
    nextCycle = min(nextCycle, now + settings.control.interval)
    publish(at: time)
  }

  func requestReload() { outbox.post(.reloadRequested, urgent: true) }

  /// Ends the router's thread: an action under way is finished or given up; how it ended, and the
  /// state, still reach the bookkeeper.
  func stop(within patience: Milliseconds, at time: UnixTime, now: MonotonicTime) {
    worker.stop(within: patience)
    worker.drainEvents { take($0, at: time, now: now) }
    save(now: now)
  }
}
