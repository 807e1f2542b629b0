import Control
public import Model
public import Platform
import Synchronization

/// The thread that talks to one router, for all WANs that it shapes.
///
/// The control thread hands it targets without waiting, the newest of each queue counts; it hands
/// events back. Neither waits for the other. Each of the two sides is for one thread.
public final class RouterWorker: Sendable {
  private let settings: RouterSettings
  private let queues: [RouterQueue]
  private let budgetFile: String?
  private let makePort: @Sendable () -> any RouterPort
  /// In the order of `queues`: two per WAN.
  private let slots: [TargetSlot]
  private let events: EventRing<RouterEvent>
  private let work: WakeUp
  private let news: WakeUp
  private let ended: WakeUp
  private let isStopping = Atomic<Bool>(false)
  private let hasEnded = Atomic<Bool>(false)
  /// What other threads need of the port while the worker runs, and the thread itself.
  private let running = Mutex<Running>(Running())

  private struct Running {
    var interrupter: (@Sendable () -> Void)?
    var thread: Thread?
    var restore: [PerDirection<BitsPerSecond>?] = []
    /// No operation is begun after this.
    var giveUpAt = MonotonicTime(rawValue: .max)
  }

  /// - Parameters:
  ///   - wans: for each WAN, by its index, the names of its queues.
  ///   - budgetFile: see `SharedBudget`; nil = this process counts alone.
  ///   - makePort: is called once, by the worker's thread.
  public init(
    settings: RouterSettings, wans: [PerDirection<Identifier>], budgetFile: String?,
    makePort: @escaping @Sendable () -> any RouterPort
  ) throws(SystemError) {
    self.settings = settings
    self.budgetFile = budgetFile
    self.makePort = makePort
    queues = wans.enumerated().flatMap { wan, names in
      Direction.allCases.map { RouterQueue(wan: wan, direction: $0, name: names[$0]) }
    }
    slots = queues.map { _ in TargetSlot() }
    events = EventRing(capacity: 512)
    work = try WakeUp()
    news = try WakeUp()
    ended = try WakeUp()
  }

  /// A worker that reaches the router as `settings` say, or else in the other way.
  public convenience init(
    settings: RouterSettings, wans: [PerDirection<Identifier>], budgetFile: String?
  ) throws(SystemError) {
    try self.init(settings: settings, wans: wans, budgetFile: budgetFile) {
      RouterAccess(settings).port(now: Clock.monotonic)
    }
  }

  /// Starts the thread. Once only.
  public func start() throws(SystemError) {
    let thread = try Thread(name: "router") { [self] in run() }
    running.withLock { $0.thread = thread }
  }

  /// The limits that a WAN's queues shall have from now on. Never waits and never allocates; the
  /// thread is only woken when something is new.
  public func submit(wan: Int, target: PerDirection<BitsPerSecond>, decidedAt: MonotonicTime) {
    let download = slots[2 * wan].store(target.download, decidedAt: decidedAt)
    let upload = slots[2 * wan + 1].store(target.upload, decidedAt: decidedAt)
    if download || upload { work.notify() }
  }

  /// For the control thread's poller: readable while events wait.
  public var eventDescriptor: Int32 { news.rawValue }

  /// Hands out the events that wait, in order.
  public func drainEvents(_ body: (RouterEvent) -> Void) {
    news.drain()
    while let event = events.pop() { body(event) }
  }

  /// Events that were lost because nobody drained them.
  public var lostEvents: Int { events.lostCount }

  /// Ends the thread. A write under way is finished, or abandoned when the time is up: then its
  /// outcome is told as unknown. Nothing else is written, unless there are limits to restore; then
  /// what waits is written with them.
  ///
  /// - Parameters:
  ///   - patience: how long this call may take at most.
  ///   - restoring: by WAN, limits to set before the end, as far as time and router allow.
  /// - Returns: whether the thread has ended, or never began. One that has not ends with its last
  ///   operation.
  @discardableResult
  public func stop(
    within patience: Milliseconds, restoring: [PerDirection<BitsPerSecond>?] = []
  ) -> Bool {
    let begin = Clock.monotonic()
    // The rest is for the operation to notice that it is given up.
    let giveUpAt = begin + Milliseconds(patience.rawValue * 0.8)
    let isStarted = running.withLock { running in
      running.restore = restoring
      running.giveUpAt = giveUpAt
      return running.thread != nil
    }
    isStopping.store(true, ordering: .releasing)
    work.notify()
    guard isStarted else { return true }
    if !waitForEnd(until: giveUpAt) {
      running.withLock { $0.interrupter }?()
      guard waitForEnd(until: begin + patience) else { return false }
    }
    // A thread is joined once, however often it is stopped.
    running.withLock { $0.thread.take() }?.join()
    return true
  }

  private func waitForEnd(until deadline: MonotonicTime) -> Bool {
    while !hasEnded.load(ordering: .acquiring) {
      let rest = deadline - Clock.monotonic()
      guard rest > .zero else { return false }
      ended.wait(upTo: rest)
    }
    return true
  }
}

extension RouterWorker {
  /// The thread's own part.
  private func run() {
    let port = makePort()
    running.withLock { $0.interrupter = port.interrupter }
    let session = RouterSession(
      port: port, queues: queues, settings: settings,
      budget: SharedBudget(file: budgetFile, settings: settings.writeBudget),
      clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall)
    ) { [events, news] event in
      events.push(event)
      news.notify()
    }
    var seen = [Int](repeating: 0, count: slots.count)
    while !isStopping.load(ordering: .acquiring) {
      for (queue, slot) in slots.enumerated() {
        guard let (target, decidedAt) = slot.load(since: &seen[queue]) else { continue }
        session.submit(queue: queue, target: target, decidedAt: decidedAt)
      }
      sleep(session.step())
    }
    restore(session)
    running.withLock { $0.interrupter = nil }
    hasEnded.store(true, ordering: .releasing)
    ended.notify()
  }

  private func sleep(_ pause: RouterSession.Pause, atMostUntil limit: MonotonicTime? = nil) {
    switch pause {
    case .none: return
    case .until(let time): work.wait(upTo: min(time, limit ?? time) - Clock.monotonic())
    case .untilSubmit: work.wait(upTo: limit.map { $0 - Clock.monotonic() })
    }
  }

  private func restore(_ session: RouterSession) {
    let (limits, giveUpAt) = running.withLock { ($0.restore, $0.giveUpAt) }
    guard limits.contains(where: { $0 != nil }) else { return }
    session.isLeaving = true
    for (queue, wanted) in queues.enumerated() {
      guard limits.indices.contains(wanted.wan), let limit = limits[wanted.wan] else { continue }
      session.submit(
        queue: queue, target: limit[wanted.direction], decidedAt: Clock.monotonic())
    }
    while !session.isSettled, Clock.monotonic() < giveUpAt {
      sleep(session.step(), atMostUntil: giveUpAt)
    }
  }
}
