import History
import Logging
import Model
import Platform
import Service

/// The bookkeeping thread: log, recording and state files, made of what the control thread tells.
///
/// Everything here may wait for a disk. What fails is logged and counted, and tried again; the
/// control thread never learns of it.
///
/// It is made on one thread and handed to its own before that starts; nobody else touches it.
final class Bookkeeper: @unchecked Sendable {
  /// Without news the bookkeeper comes this often.
  static let patience = Milliseconds(250)

  private let outbox: Outbox
  private var books: [WANBook]
  private let reloader: Reloader?
  private let notifier: Notifier
  private let recorder: Recorder?
  private let history: HistoryThread?
  private var alerts: LoopAlerts?
  private let cycles: RecentElements<CycleSample>?
  private let logs: [LogOutput]
  private var recorderFailed = false
  private var toldLostEvents = 0

  init(
    outbox: Outbox, books: [WANBook], reloader: Reloader?, notifier: Notifier,
    recorder: Recorder?, history: HistoryThread? = nil, alerts: LoopAlerts? = nil,
    cycles: RecentElements<CycleSample>? = nil, logs: [LogOutput] = []
  ) {
    self.outbox = outbox
    self.books = books
    self.reloader = reloader
    self.notifier = notifier
    self.recorder = recorder
    self.history = history
    self.alerts = alerts
    self.cycles = cycles
    self.logs = logs
  }

  /// Works until `isFinished` says so, and then writes what is left.
  func run(until isFinished: () -> Bool) {
    var isLast = false
    while !isLast {
      outbox.wait(upTo: Self.patience)
      // Asked before the ring is emptied: what was posted before the end is then in it.
      isLast = isFinished()
      while let event = outbox.pop() { take(event) }
      flush(isLast: isLast)
    }
    alerts?.stop()
    for log in logs { log.flush() }
  }

  private func take(_ event: LoopEvent) {
    alerts?.take(event, places: books.map(\.place))
    switch event {
    case .started(let wan, let seq, let time, let state):
      record(.start(books[wan].start(seq: seq, at: time, state: state)))
    case .outcome(let wan, let outcome, let late):
      record(.rtt(books[wan].record(outcome, late: late)))
    case .cycle(let wan, let cycle):
      books[wan].take(cycle)
      history?.writer.push(.cycle(wan: books[wan].settings.wan, cycle.decision))
      for row in books[wan].minuteRows(cycle) { history?.writer.push(.row(row)) }
      cycles?.append(CycleSample(wan: wan, cycle.decision))
      record(.decision(DecisionRecord(cycle.decision, wan: books[wan].wan)))
    case .router(let event, let worker):
      for index in books.indices where books[index].place.worker == worker {
        books[index].take(event)
      }
    case .queues(let wan, let rows, let time):
      for record in books[wan].records(rows, at: time) { self.record(.queue(record)) }
    case .clockStepped(let step):
      for book in books {
        book.logger.warning(
          "the wall clock stepped by \(fixed(step.seconds, digits: 3)) s; rounds begin anew")
      }
    case .ticksMissed(let count):
      for index in books.indices { books[index].countMissedTicks(count) }
      for book in books {
        book.logger.warning("\(count) ticks missed and skipped: this host is overloaded or slept")
      }
    case .reloadRequested: reload()
    }
  }

  private func record(_ record: Record) {
    recorder?.append(record)
  }

  private func flush(isLast: Bool) {
    let now = Clock.monotonic()
    for index in books.indices { books[index].saveIfDue(now: now, force: isLast) }
    do {
      try recorder?.flush()
      recorderFailed = false
    } catch {
      if !recorderFailed { books.first?.logger.warning("the recording: \(error)") }
      recorderFailed = true
    }
    if outbox.lostEvents > toldLostEvents {
      toldLostEvents = outbox.lostEvents
      books.first?.logger.warning("\(toldLostEvents) events lost so far: the disk is too slow")
    }
    let storageTrouble = history?.trouble.text
    alerts?.tell(storage: books.map { $0.stateFileTrouble ?? storageTrouble })
    if notifier.isEnabled, let status = books.first?.status {
      // The service manager may be slow; the next round tells it the news.
      try? notifier.send(.status(status))
    }
  }

  private func reload() {
    // logrotate(8) sends the same signal.
    for log in logs { log.reopen() }
    guard let reloader else { return }
    try? notifier.send(.reloading(at: Clock.monotonic()))
    for (index, settings) in (reloader.reload(books.map(\.logger)) ?? []).enumerated() {
      books[index].settings = settings
    }
    try? notifier.send(.ready)
  }
}
