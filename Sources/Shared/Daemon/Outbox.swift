import Model
import Platform

/// The way from the control thread to the bookkeeper: a ring of fixed size that never makes its
/// writer wait. When the bookkeeper hangs on a disk and the ring is full, events are lost and
/// counted; decisions go on.
final class Outbox: Sendable {
  /// More than 30 seconds of one WAN with four reflectors at 20 cycles a second.
  static let capacity = 4096

  private let ring = EventRing<LoopEvent>(capacity: capacity)
  private let wakeUp: WakeUp

  init() throws(SystemError) {
    wakeUp = try WakeUp()
  }

  /// Events that found the ring full.
  var lostEvents: Int { ring.lostCount }

  /// - Parameter urgent: wakes the bookkeeper at once; other events wait for its next round.
  func post(_ event: LoopEvent, urgent: Bool = false) {
    ring.push(event)
    if urgent { wakeUp.notify() }
  }

  /// Wakes the bookkeeper without an event.
  func wake() { wakeUp.notify() }

  /// The bookkeeper's side: waits for an urgent event or the end of `patience`.
  func wait(upTo patience: Milliseconds) { wakeUp.wait(upTo: patience) }

  /// The bookkeeper's side: the oldest event.
  func pop() -> LoopEvent? { ring.pop() }
}
