import History
import Logging
import Model
import Platform
import Router
import Service

/// Steering's bookkeeping thread: log, state file and history, made of what the control thread
/// tells.
///
/// Everything here may wait for a disk. What fails is logged and tried again; the control thread
/// never learns of it.
///
/// It is made on one thread and handed to its own before that starts; nobody else touches it.
final class SteeringBookkeeper: @unchecked Sendable {
  /// Without news the bookkeeper comes this often.
  static let patience = Milliseconds(250)

  private let outbox: EventOutbox<SteeringEvent>
  private var book: SteeringBook
  private let reloader: SteeringReloader?
  private let stateFile: SteeringStateFile
  private var chronicle: SteeringChronicle
  /// nil within the loop, which tells the service manager how it is itself.
  private let notifier: Notifier?
  private let log: LogOutput
  private let logger: Logger
  private var unsaved: SteeringState?
  /// Why the state file could not be saved last time; nil = it was.
  private var saveTrouble: String?
  private var alerts: SteeringAlerts?
  private let storageTrouble: StorageTrouble?
  private var baselines: [Int: PublishedBaseline] = [:]
  private var toldLostEvents = 0

  init(
    outbox: EventOutbox<SteeringEvent>, settings: SteeringSettings, reloader: SteeringReloader?,
    notifier: Notifier?, history: SteeringHistory?, alerts: SteeringAlerts?, log: LogOutput,
    logger: Logger
  ) {
    self.alerts = alerts
    storageTrouble = history?.trouble
    self.outbox = outbox
    self.reloader = reloader
    self.notifier = notifier
    self.log = log
    self.logger = logger
    stateFile = SteeringStateFile(path: settings.stateFile)
    chronicle = SteeringChronicle(settings, history: history?.writer, logger: logger)
    book = SteeringBook(settings: settings, logger: logger)
  }

  /// Works until `isFinished` says so, and then writes what is left.
  func run(until isFinished: () -> Bool) {
    var isLast = false
    while !isLast {
      outbox.wait(upTo: Self.patience)
      // Asked before the ring is emptied: what was posted before the end is then in it.
      isLast = isFinished()
      while let event = outbox.pop() { take(event) }
      flush()
    }
    chronicle.writeWaiting()
    alerts?.stop()
    log.flush()
  }

  private func take(_ event: SteeringEvent) {
    alerts?.take(event)
    switch event {
    case .started: book.started()
    case .cycle(let decision, let facts):
      book.take(decision, facts)
      book.tellAction(of: decision)
      chronicle.cycle(decision)
    case .decision(let decision):
      book.tellAction(of: decision)
      chronicle.decision(decision)
    case .ended(let decision, let end):
      book.take(end, decision: decision)
      chronicle.ended(decision, at: end.time)
    case .adopted(let target, let wasDegraded, let decision):
      book.adopted(target: target, wasDegraded: wasDegraded, decision)
      chronicle.adopted(target: target, wasDegraded: wasDegraded, decision)
    case .rules(let rules): book.take(rules)
    case .router(let event): book.take(event)
    case .baseline(let line, let result):
      book.take(baseline: result, before: baselines[line], line: line)
      if case .success(let found) = result { baselines[line] = found }
    case .state(let state):
      unsaved = state
      // What the router has confirmed is on the disk before anything else is done.
      save()
    case .clockStepped(let step):
      logger.warning(
        "the wall clock stepped by \(fixed(step.seconds, digits: 3)) s; measuring begins anew")
    case .interrupted(let time):
      logger.warning(
        "this process was late by \(fixed(time.seconds, digits: 1)) s: what was lost meanwhile does not count"
      )
    case .reloadRequested: reload()
    }
  }

  private func save() {
    guard let state = unsaved else { return }
    do {
      try stateFile.save(state)
      unsaved = nil
      saveTrouble = nil
    } catch {
      if saveTrouble == nil { logger.warning("the state file: \(error)") }
      saveTrouble = "the state file: \(error)"
    }
  }

  private func flush() {
    alerts?.tell(storage: saveTrouble ?? storageTrouble?.text)
    if outbox.lostEvents > toldLostEvents {
      toldLostEvents = outbox.lostEvents
      logger.warning("\(toldLostEvents) events lost so far: the disk is too slow")
    }
    if let notifier, notifier.isEnabled, let status = book.status {
      // The service manager may be slow; the next round tells it the news.
      try? notifier.send(.status(status))
    }
  }

  private func reload() {
    // logrotate(8) sends the same signal.
    log.reopen()
    guard let reloader else { return }
    try? notifier?.send(.reloading(at: Clock.monotonic()))
    if let settings = reloader.reload(logger) {
      book.settings = settings
      chronicle.replaceSettings(settings)
    }
    try? notifier?.send(.ready)
  }
}
