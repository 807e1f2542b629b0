public import Model

/// Which limit is written to a router next: per queue one target, of which the newest counts.
///
/// The deepest relative decrease goes first, and every decrease before every increase. Increases
/// of one WAN are put together to one write per interval, its queues in turn. What the router
/// confirmed already is not written again. Queues are known by their index.
public struct WriteScheduler: Sendable {
  /// One limit to write.
  public struct Write: Sendable, Equatable {
    public var queue: Int
    public var target: BitsPerSecond
    /// What the router has now.
    public var current: BitsPerSecond
    public var urgency: WriteBudget.Urgency
    /// When the target was decided.
    public var decidedAt: MonotonicTime
  }

  /// What is to be done at a given time.
  public enum Next: Sendable, Equatable {
    case write(Write)
    /// Something waits for its time.
    case wait(until: MonotonicTime)
    /// Every target is confirmed, held back for want of knowledge, or missing.
    case nothing
  }

  private struct Queue {
    let wan: Int
    var target: BitsPerSecond?
    var decidedAt = MonotonicTime(rawValue: 0)
    /// What the router has, as far as it told us; nil when that is in doubt.
    var confirmed: BitsPerSecond?
    /// The confirmed limit was found, not written by us: mending it does not wait.
    var isFound = false
    var heldUntil: MonotonicTime?
    var lastIncrease: MonotonicTime?

    /// What has to be written, if anything.
    var difference: (from: BitsPerSecond, to: BitsPerSecond)? {
      guard let target, let confirmed, target != confirmed else { return nil }
      return (confirmed, target)
    }

    func isHeld(at now: MonotonicTime) -> Bool { heldUntil.map { now < $0 } ?? false }
  }

  private var queues: [Queue]
  private let increaseInterval: Milliseconds

  /// - Parameters:
  ///   - wans: for each queue the WAN that it belongs to.
  ///   - increaseInterval: the least time between two increases of one WAN.
  public init(wans: [Int], increaseInterval: Milliseconds) {
    queues = wans.map { Queue(wan: $0) }
    self.increaseInterval = increaseInterval
  }

  /// One more queue, of the given WAN.
  ///
  /// - Returns: its index.
  public mutating func addQueue(wan: Int) -> Int {
    queues.append(Queue(wan: wan))
    return queues.count - 1
  }

  /// The limit that is wanted from now on; it replaces an older one that was not written yet.
  public mutating func submit(queue: Int, target: BitsPerSecond, decidedAt: MonotonicTime) {
    guard queues[queue].target != target else { return }
    queues[queue].target = target
    queues[queue].decidedAt = decidedAt
  }

  /// The router confirmed a write that was begun at `now`.
  public mutating func confirm(_ write: Write, at now: MonotonicTime) {
    queues[write.queue].confirmed = write.target
    queues[write.queue].isFound = false
    queues[write.queue].heldUntil = nil
    if Self.isIncrease(from: write.current, to: write.target) {
      queues[write.queue].lastIncrease = now
    }
  }

  /// The router was read and has this limit.
  ///
  /// - Returns: what we believed until now, where it was something else.
  @discardableResult
  public mutating func observe(queue: Int, limit: BitsPerSecond) -> BitsPerSecond? {
    let believed = queues[queue].confirmed
    if limit == queues[queue].target { queues[queue].heldUntil = nil }
    guard believed != limit else { return nil }
    queues[queue].confirmed = limit
    queues[queue].isFound = true
    return believed
  }

  /// What the router has is in doubt: nothing is written to the queue before it was read.
  public mutating func forget(queue: Int) { queues[queue].confirmed = nil }

  public mutating func forgetAll() {
    for queue in queues.indices { forget(queue: queue) }
  }

  /// Leaves the queue alone for a while, after the router refused.
  public mutating func hold(queue: Int, until time: MonotonicTime) {
    queues[queue].heldUntil = time
  }

  public func target(of queue: Int) -> BitsPerSecond? { queues[queue].target }
  public func confirmed(of queue: Int) -> BitsPerSecond? { queues[queue].confirmed }

  /// Whether each queue that has a target has it confirmed.
  public var isSettled: Bool {
    queues.allSatisfy { $0.target == nil || $0.target == $0.confirmed }
  }

  /// When the router has to be read because the limit of a queue is in doubt; nil when none is.
  public func readDue(at now: MonotonicTime) -> MonotonicTime? {
    queues.filter { $0.confirmed == nil }.map { max($0.heldUntil ?? now, now) }.min()
  }

  /// What to write at `now`.
  ///
  /// - Parameter isLeaving: increases do not wait for their time any more.
  public func next(at now: MonotonicTime, isLeaving: Bool = false) -> Next {
    var decrease: (write: Write, depth: Double)?
    var increase: (write: Write, last: Int64, growth: Double)?
    var wake: MonotonicTime?
    for (index, queue) in queues.enumerated() {
      guard let (current, target) = queue.difference else { continue }
      if let held = queue.heldUntil, now < held {
        wake = min(wake ?? held, held)
        continue
      }
      var write = Write(
        queue: index, target: target, current: current, urgency: .decrease,
        decidedAt: queue.decidedAt)
      guard Self.isIncrease(from: current, to: target) else {
        let depth = Self.depth(from: current, to: target)
        if depth > decrease?.depth ?? -1 { decrease = (write, depth) }
        continue
      }
      let isUrgent = queue.isFound || isLeaving
      if !isUrgent {
        write.urgency = .increase
        if let gate = gate(ofWAN: queue.wan), now < gate {
          wake = min(wake ?? gate, gate)
          continue
        }
      }
      let last = isUrgent ? Int64.min : queue.lastIncrease?.rawValue ?? Int64.min + 1
      let growth = Self.depth(from: target, to: current)
      if let chosen = increase, (chosen.last, -chosen.growth) <= (last, -growth) { continue }
      increase = (write, last, growth)
    }
    if let write = decrease?.write ?? increase?.write { return .write(write) }
    return wake.map { .wait(until: $0) } ?? .nothing
  }

  /// The earliest time of the next increase of a WAN.
  private func gate(ofWAN wan: Int) -> MonotonicTime? {
    let last = queues.compactMap { $0.wan == wan ? $0.lastIncrease : nil }.max()
    return last.map { $0 + increaseInterval }
  }

  /// 0 means unlimited, so it is above every other rate.
  private static func isIncrease(from current: BitsPerSecond, to target: BitsPerSecond) -> Bool {
    if target == .zero { return current != .zero }
    return current != .zero && target > current
  }

  /// How much of the greater rate the smaller one takes away, 0 … 1.
  private static func depth(from greater: BitsPerSecond, to smaller: BitsPerSecond) -> Double {
    if greater == .zero { return 1 }
    return 1 - Double(smaller.rawValue) / Double(greater.rawValue)
  }
}
