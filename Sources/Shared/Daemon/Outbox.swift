import Model
import Platform

/// The way from the control thread to the bookkeeper: a ring of fixed size that never makes its
/// writer wait. When the bookkeeper hangs on a disk and the ring is full, events are lost and
/// counted; decisions go on.
final class EventOutbox<Event: Sendable>: Sendable {
  private let ring: EventRing<Event>
  private let wakeUp: WakeUp

  /// - Parameter capacity: a power of two. The default is more than 30 seconds of one WAN with four
  ///   reflectors at 20 cycles a second.
  init(capacity: Int = 4096) throws(SystemError) {
    ring = EventRing(capacity: capacity)
    wakeUp = try WakeUp()
  }

  /// Events that found the ring full.
  var lostEvents: Int { ring.lostCount }

  /// - Parameter urgent: wakes the bookkeeper at once; other events wait for its next round.
  func post(_ event: Event, urgent: Bool = false) {
    ring.push(event)
    if urgent { wakeUp.notify() }
  }

  /// Wakes the bookkeeper without an event.
  func wake() { wakeUp.notify() }

  /// The bookkeeper's side: waits for an urgent event or the end of `patience`.
  func wait(upTo patience: Milliseconds) { wakeUp.wait(upTo: patience) }

  /// The bookkeeper's side: the oldest event.
  func pop() -> Event? { ring.pop() }
}

/// That of the loop.
typealias Outbox = EventOutbox<LoopEvent>
