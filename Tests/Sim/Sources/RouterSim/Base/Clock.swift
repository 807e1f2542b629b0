import NIOCore

/// A moment or a span of world time, in nanoseconds. Moments count from the start of the process.
typealias Nanoseconds = Int64

extension Nanoseconds {
  static func milliseconds(_ value: Double) -> Nanoseconds {
    guard value > 0 else { return 0 }
    return Nanoseconds(Swift.min(value * 1e6, 1e18))
  }
  static func seconds(_ value: Double) -> Nanoseconds { milliseconds(value * 1000) }
  var inMilliseconds: Double { Double(self) / 1e6 }
  var inSeconds: Double { Double(self) / 1e9 }
}

/// The one clock of the simulated router. It follows the machine's until somebody advances it by
/// hand; from then on it is virtual and stands still between two advances.
///
/// Confined to its event loop.
final class Clock {
  /// A call that is due later.
  final class Timer {
    let due: Nanoseconds
    fileprivate var body: (() -> Void)?

    fileprivate init(due: Nanoseconds, body: @escaping () -> Void) {
      self.due = due
      self.body = body
    }

    func cancel() { body = nil }
  }

  private let eventLoop: any EventLoop
  private let started = NIODeadline.now()
  /// World time minus machine time; grows when a virtual clock turns real again.
  private var offset: Nanoseconds = 0
  private var frozen: Nanoseconds?
  /// Ordered by due time; equal ones in the order in which they were asked for.
  private var timers: [Timer] = []
  private var alarm: (due: Nanoseconds, task: Scheduled<Void>)?

  init(eventLoop: any EventLoop, virtual: Bool) {
    self.eventLoop = eventLoop
    if virtual { frozen = 0 }
  }

  var isVirtual: Bool { frozen != nil }

  var now: Nanoseconds { frozen ?? machine + offset }

  private var machine: Nanoseconds { (NIODeadline.now() - started).nanoseconds }

  /// Calls `body` when `delay` has passed; at once, inside this call, when there is no delay.
  @discardableResult
  func after(_ delay: Nanoseconds, _ body: @escaping () -> Void) -> Timer? {
    guard delay > 0 else {
      body()
      return nil
    }
    let timer = Timer(due: now &+ delay, body: body)
    let place = timers.partitioningIndex { $0.due > timer.due }
    timers.insert(timer, at: place)
    arm()
    return timer
  }

  /// Makes the clock virtual and lets `span` pass; everything due in it runs in order.
  func advance(by span: Nanoseconds) {
    let end = now &+ Swift.max(span, 0)
    frozen = now
    alarm?.task.cancel()
    alarm = nil
    while let first = timers.first, first.due <= end {
      timers.removeFirst()
      frozen = Swift.max(frozen ?? 0, first.due)
      first.body?()
    }
    frozen = end
  }

  /// Lets the clock follow the machine again, from the moment at which it stands.
  func run() {
    guard let stopped = frozen else { return }
    offset = stopped - machine
    frozen = nil
    arm()
  }

  private func arm() {
    guard frozen == nil else { return }
    timers.removeAll { $0.body == nil }
    guard let first = timers.first else { return }
    if let alarm, alarm.due <= first.due { return }
    alarm?.task.cancel()
    let task = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(first.due - now)) {
      self.fire()
    }
    alarm = (first.due, task)
  }

  private func fire() {
    alarm = nil
    while frozen == nil, let first = timers.first, first.due <= now {
      timers.removeFirst()
      first.body?()
    }
    arm()
  }
}

extension Array {
  /// The first index whose element satisfies the predicate, in an array where all that do come last.
  func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
