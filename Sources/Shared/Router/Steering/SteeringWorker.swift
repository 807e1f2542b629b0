public import Model
public import Platform
import Synchronization

/// The thread that talks to the router for steering.
///
/// The control thread hands it orders without waiting; it hands events back. Neither waits for the
/// other. Each of the two sides is for one thread.
public final class SteeringWorker: Sendable {
  private let settings: SteeringSettings
  private let queues: [Identifier?]
  private let makePort: @Sendable () -> any RouterPort
  private let orders = EventRing<SteeringOrder>(capacity: 64)
  private let events = EventRing<SteeringRouterEvent>(capacity: 512)
  private let work: WakeUp
  private let news: WakeUp
  private let ended: WakeUp
  private let isStopping = Atomic<Bool>(false)
  private let hasEnded = Atomic<Bool>(false)
  private let running = Mutex<Running>(Running())

  private struct Running {
    var interrupter: (@Sendable () -> Void)?
    var thread: Thread?
  }

  /// - Parameters:
  ///   - queues: whose rows `readQueues` reads; nil for a line whose queue is not read.
  ///   - makePort: is called once, by the worker's thread.
  public init(
    settings: SteeringSettings, queues: [Identifier?],
    makePort: @escaping @Sendable () -> any RouterPort
  ) throws(SystemError) {
    self.settings = settings
    self.queues = queues
    self.makePort = makePort
    work = try WakeUp()
    news = try WakeUp()
    ended = try WakeUp()
  }

  /// A worker that reaches the router as `settings` say, or else in the other way.
  public convenience init(
    settings: SteeringSettings, queues: [Identifier?]
  ) throws(SystemError) {
    try self.init(settings: settings, queues: queues) {
      RouterAccess(settings.router).port(now: Clock.monotonic)
    }
  }

  /// Whether there is any queue to read.
  public var readsQueues: Bool { queues.contains { $0 != nil } }

  /// Starts the thread. Once only.
  public func start() throws(SystemError) {
    let thread = try Thread(name: "steering router") { [self] in run() }
    running.withLock { $0.thread = thread }
  }

  /// Never waits. At most one reading and one action are under way, so that there is always room.
  public func submit(_ order: SteeringOrder) {
    orders.push(order)
    work.notify()
  }

  /// For the control thread's poller: readable while events wait.
  public var eventDescriptor: Int32 { news.rawValue }

  /// Hands out the events that wait, in order.
  public func drainEvents(_ body: (SteeringRouterEvent) -> Void) {
    news.drain()
    while let event = events.pop() { body(event) }
  }

  /// Events that were lost because nobody drained them.
  public var lostEvents: Int { events.lostCount }

  /// Ends the thread: an operation under way is finished, or abandoned when the time is up.
  ///
  /// - Parameter patience: how long this call may take at most.
  /// - Returns: whether the thread has ended, or never began.
  @discardableResult
  public func stop(within patience: Milliseconds) -> Bool {
    let begin = Clock.monotonic()
    // The rest is for the operation to notice that it is given up.
    let giveUpAt = begin + Milliseconds(patience.rawValue * 0.8)
    isStopping.store(true, ordering: .releasing)
    work.notify()
    guard running.withLock({ $0.thread != nil }) else { return true }
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

  private func run() {
    let port = makePort()
    running.withLock { $0.interrupter = port.interrupter }
    let session = SteeringSession(
      port: port, rules: settings.rules.map(\.comment), queues: queues,
      flushedPorts: settings.flushedPorts, transport: settings.router.transport,
      clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall)
    ) { [events, news] event in
      events.push(event)
      news.notify()
    }
    while !isStopping.load(ordering: .acquiring) {
      while let order = orders.pop() { session.submit(order) }
      switch session.step() {
      case .none: continue
      case .until(let time): work.wait(upTo: time - Clock.monotonic())
      case .untilSubmit: work.wait(upTo: nil)
      }
    }
    running.withLock { $0.interrupter = nil }
    hasEnded.store(true, ordering: .releasing)
    ended.notify()
  }
}
