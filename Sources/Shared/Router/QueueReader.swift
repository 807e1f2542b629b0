public import Model

/// Reads queues of a router again and again, with what changed since the reading before.
///
/// It belongs to one thread, which it blocks for as long as the router takes.
public final class QueueReader {
  /// A queue, and the WAN whose configuration names it.
  public struct Queue: Sendable, Hashable {
    public var name: Identifier
    public var wan: String?

    public init(name: Identifier, wan: String?) {
      self.name = name
      self.wan = wan
    }
  }

  /// One look at all queues.
  public struct Reading: Sendable, Equatable {
    /// In the order of the queues, with the kinds of their leaves.
    public var records: [QueueRecord]
    /// Queues that the router does not have.
    public var missing: [Identifier]
  }

  /// No router starts in less: closer together, readings cannot miss a restart.
  static let resourceInterval = Milliseconds(1000)

  private let port: any RouterPort
  private let queues: [Queue]
  private let clock: RouterSession.Clock
  private var counters = QueueCounters()
  private var knowledge = RouterKnowledge()
  private var resourceReadAt: MonotonicTime?
  private var failures = 0
  private var pauseUntil: MonotonicTime?

  public init(port: any RouterPort, queues: [Queue], clock: RouterSession.Clock) {
    self.port = port
    self.queues = queues
    self.clock = clock
  }

  /// The router is left alone until then: it failed, and asking it at once would make it worse.
  public var notBefore: MonotonicTime? {
    [pauseUntil, port.notBefore].compactMap { $0 }.max()
  }

  /// Reads all queues by one request. The uptime is read before, once a second at most and after
  /// every failure, so that counters are never compared across a restart of the router.
  public func read() throws(RouterFailure) -> Reading {
    do {
      try noticeRestart()
      let rows = try port.readQueues(queues.map(\.name))
      let time = clock.wall()
      try learnLeaves(of: rows)
      failures = 0
      pauseUntil = nil
      return reading(rows, at: time)
    } catch {
      resourceReadAt = nil
      failures += 1
      pauseUntil =
        clock.monotonic() + FailureReaction.pause(after: error.failureClass, failures: failures)
      knowledge.skipUnknownTypes()
      throw error
    }
  }

  /// What to tell about queues that the router lacks.
  public func explain(
    missing: [Identifier]
  ) throws(RouterFailure) -> LimitSetter.UnknownQueues {
    LimitSetter.UnknownQueues(unknown: missing, known: try port.queueNames())
  }

  private func noticeRestart() throws(RouterFailure) {
    let now = clock.monotonic()
    if let last = resourceReadAt, now - last < Self.resourceInterval { return }
    let resource = try port.readResource()
    resourceReadAt = now
    guard knowledge.isRestarted(resource, at: clock.monotonic()) else { return }
    counters.forget()
    knowledge.forget()
  }

  private func learnLeaves(of rows: [QueueRow?]) throws(RouterFailure) {
    knowledge.note(queueTypes: rows.compactMap { $0?.queueType })
    while let type = knowledge.unknownType {
      knowledge.learn(type, kind: try port.leafKind(ofType: type))
    }
  }

  private func reading(_ rows: [QueueRow?], at time: UnixTime) -> Reading {
    var reading = Reading(records: [], missing: [])
    for (queue, row) in zip(queues, rows) {
      if let row {
        reading.records.append(
          counters.record(knowledge.completed(row), wan: queue.wan, at: time))
      } else {
        reading.missing.append(queue.name)
      }
    }
    return reading
  }
}
