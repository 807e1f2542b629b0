import Synchronization

/// One request under way, from its first line to the end of its answer.
final class Exchange: Sendable {
  enum Phase: Sendable {
    case new
    /// Its head is accepted; it is answered when the library has read to its end.
    case accepted
    /// A thread works on the answer, and the connection sleeps.
    case working
    case answered(HTTPResponse)
    case streaming(EventStream)
  }

  let target: String
  private let phase = Mutex(Phase.new)

  init(target: String) {
    self.target = target
  }

  var current: Phase { phase.withLock { $0 } }

  func set(_ new: Phase) { phase.withLock { $0 = new } }
}
