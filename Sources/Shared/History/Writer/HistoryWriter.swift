public import Model
public import Platform
import Synchronization

/// Stores what one thread tells it, on another: nothing that a disk does reaches the first.
///
/// `push` may be called by a control thread: it neither waits nor allocates. `run` is the body of the
/// storage thread. Rows are committed together once per interval, at once after a change of state,
/// on `flush`, and at the end. While they cannot be stored they wait, and the oldest go when there
/// are too many.
public final class HistoryWriter: @unchecked Sendable {
  public struct Options: Sendable {
    public var path: String
    /// How long rows wait for their commit.
    public var commitInterval: Milliseconds
    /// Rows older than this are removed.
    public var retentionDays: Int
    /// How often the ladder is maintained; the first time at once.
    public var maintenanceInterval: Milliseconds
    /// How many entries wait at most, and as many again while they are being stored.
    public var capacity: Int

    public init(
      path: String, commitInterval: Milliseconds = Milliseconds(10_000), retentionDays: Int = 90,
      maintenanceInterval: Milliseconds = Milliseconds(300_000), capacity: Int = 16_384
    ) {
      self.path = path
      self.commitInterval = commitInterval
      self.retentionDays = retentionDays
      self.maintenanceInterval = maintenanceInterval
      self.capacity = capacity
    }
  }

  private let queue: DropOldestQueue<HistoryEntry>
  private let wakeUp: WakeUp
  private let isFlushRequested = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  /// Flushes that were asked for, and those that were done.
  private let requested = Atomic<Int>(0)
  private let done = Atomic<Int>(0)
  private let flushed: WakeUp
  private let published = Mutex(HistoryCounters())
  private let capacity: Int
  /// Touched by the storage thread alone.
  private let keeper: HistoryKeeper

  /// - Parameter tell: called on the storage thread with what is worth a line in the log.
  public init(
    _ options: Options, tell: @escaping @Sendable (HistoryEvent) -> Void
  ) throws(SystemError) {
    capacity = max(2, options.capacity)
    let queue = DropOldestQueue<HistoryEntry>(capacity: capacity)
    self.queue = queue
    wakeUp = try WakeUp()
    flushed = try WakeUp()
    keeper = HistoryKeeper(options, queue: queue, tell: tell)
  }

  // MARK: - The thread that tells

  /// Hands an entry over. For one thread only.
  public func push(_ entry: HistoryEntry) {
    let waiting = queue.push(entry)
    // A queue that is half full is a matter of memory, whatever the interval.
    if entry.isUrgent || waiting == capacity / 2 { flush() }
  }

  // MARK: - Any thread

  /// Asks for a commit of what was handed over so far.
  public func flush() {
    isFlushRequested.store(true, ordering: .releasing)
    wakeUp.notify()
  }

  /// Waits until what was handed over so far is stored, or could not be, or the time is up. For one
  /// thread at a time.
  ///
  /// - Returns: whether it was dealt with in time.
  @discardableResult
  public func flush(within patience: Milliseconds) -> Bool {
    let ticket = requested.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
    let deadline = Clock.monotonic() + patience
    flush()
    while done.load(ordering: .acquiring) < ticket {
      let rest = deadline - Clock.monotonic()
      guard rest > .zero else { return false }
      flushed.wait(upTo: rest)
    }
    return true
  }

  /// Ends `run` after a last commit. Nothing may be pushed after it.
  public func stop() {
    isStopped.store(true, ordering: .releasing)
    wakeUp.notify()
  }

  public var counters: HistoryCounters {
    var counters = published.withLock { $0 }
    counters.lostEntries = queue.lostCount
    return counters
  }

  // MARK: - The storage thread

  /// Stores until `stop`.
  public func run() {
    var isLast = false
    while !isLast {
      // Asked before the queue is emptied: what was pushed before the end is then in it.
      isLast = isStopped.load(ordering: .acquiring)
      let isAsked = isFlushRequested.exchange(false, ordering: .acquiring)
      // Read after the request that it belongs to.
      let ticket = requested.load(ordering: .acquiring)
      let patience = keeper.work(
        now: Clock.monotonic(), wall: Clock.wall(), flush: isAsked || isLast, isLast: isLast)
      published.withLock { $0 = keeper.counters }
      if isAsked {
        done.store(ticket, ordering: .releasing)
        flushed.notify()
      }
      if !isLast { wakeUp.wait(upTo: patience) }
    }
  }
}
