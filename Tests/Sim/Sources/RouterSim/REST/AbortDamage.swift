/// The web server of RouterOS suffers when clients abort requests: after two aborts that were each
/// followed by a completed request within ten seconds it resets every connection for a while, and
/// at the end of that while it may hand the answer of an aborted request to somebody else.
final class AbortDamage {
  enum Phase {
    case healthy
    /// Every connection is reset.
    case resetting
    /// Connections are accepted again; the first request gets a stale answer.
    case ending
  }

  static let shortest = 1300.0
  static let longest = 2400.0
  private static let memory = Nanoseconds.seconds(10)
  private static let tail = Nanoseconds.milliseconds(200)

  private var hasUnpairedAbort = false
  private var pairs: [Nanoseconds] = []
  private var end: Nanoseconds?
  private var stale: Reply?

  func noteAbort() {
    hasUnpairedAbort = true
  }

  /// What an aborted request would have been told.
  func noteLost(_ reply: Reply) {
    stale = reply
  }

  /// Notes a completed request; true when the web server breaks because of it.
  func noteCompleted(at now: Nanoseconds) -> Bool {
    guard hasUnpairedAbort else { return false }
    hasUnpairedAbort = false
    pairs = pairs.filter { now - $0 <= Self.memory } + [now]
    return pairs.count >= 2
  }

  func begin(at now: Nanoseconds, lasting span: Nanoseconds, stale forced: Reply? = nil) {
    end = now + span
    pairs = []
    hasUnpairedAbort = false
    stale = forced ?? stale ?? .refused(.unauthorized)
  }

  func phase(at now: Nanoseconds) -> Phase {
    guard let end, now < end else { return .healthy }
    return now < end - Self.tail ? .resetting : .ending
  }

  /// The answer that the first request at the end of the damage gets.
  func takeStale(at now: Nanoseconds) -> Reply? {
    guard phase(at: now) == .ending else { return nil }
    defer { stale = nil }
    return stale
  }
}
