import Control
public import Model

/// Sets limits that a person asks for, one after the other, each of them confirmed.
public final class LimitSetter {
  /// One limit that was dealt with.
  public struct Outcome: Sendable, Equatable {
    public var record: SetRecord
    /// What the router had before.
    public var previous: BitsPerSecond
    /// Why it failed.
    public var failure: RouterFailure?
  }

  /// Names that the router does not have, with those that it has.
  public struct UnknownQueues: Error, Sendable, Equatable, CustomStringConvertible {
    public var unknown: [Identifier]
    public var known: [String]

    public init(unknown: [Identifier], known: [String]) {
      self.unknown = unknown
      self.known = known
    }

    public var description: String {
      let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
      let has = known.isEmpty ? "no queue at all" : known.joined(separator: ", ")
      return "the router has no queue \(names); it has \(has)"
    }
  }

  /// Why nothing was done.
  public enum Failure: Error, Sendable, Equatable {
    case router(RouterFailure)
    case unknownQueues(UnknownQueues)
  }

  private let port: any RouterPort
  private let budget: SharedBudget
  private let clock: RouterSession.Clock
  private let sleep: (Milliseconds) -> Void
  private let remark: (String) -> Void
  /// What made the router be reached in another way than before, if anything did.
  public private(set) var departure: RouterFailure?

  /// - Parameter sleep: is called to wait for a token, and before a router that did not answer is
  ///   read again.
  /// - Parameter remark: hears when the router is reached in another way than before.
  public init(
    port: any RouterPort, budget: SharedBudget, clock: RouterSession.Clock,
    sleep: @escaping (Milliseconds) -> Void, remark: @escaping (String) -> Void = { _ in }
  ) {
    self.port = port
    self.budget = budget
    self.clock = clock
    self.sleep = sleep
    self.remark = remark
  }

  /// Sets each of the limits that differs. Nothing is set when the router lacks one of the queues,
  /// and nothing more after the contact was lost.
  ///
  /// - Parameter report: hears of each limit as it is done.
  public func set(
    _ requests: [LimitRequest], report: (Outcome) -> Void
  ) throws(Failure) {
    let rows = try read(requests.map(\.queue))
    for (request, row) in zip(requests, rows) {
      let outcome = set(request, from: row.maxLimit)
      report(outcome)
      if let failure = outcome.failure, failure.failureClass.isUnreachable { break }
    }
  }

  /// The rows of all of these queues.
  public func read(_ names: [Identifier]) throws(Failure) -> [QueueRow] {
    let rows = try ask { () throws(RouterFailure) in try port.readQueues(names) }
    let unknown = zip(names, rows).filter { $0.1 == nil }.map(\.0)
    guard unknown.isEmpty else {
      let known = try ask { () throws(RouterFailure) in try port.queueNames() }
      throw .unknownQueues(UnknownQueues(unknown: unknown, known: known))
    }
    return rows.compactMap { $0 }
  }

  /// The row with the kind of its leaf.
  public func completed(_ row: QueueRow) throws(Failure) -> QueueRow {
    var row = row
    row.leaf = try ask { () throws(RouterFailure) in try port.leafKind(ofType: row.queueType) }
    if row.leaf == QueueRow.uncountedLeaf { row.dropped = nil }
    return row
  }

  private func ask<Answer>(
    _ body: () throws(RouterFailure) -> Answer
  ) throws(Failure) -> Answer {
    var attempts = 0
    var isOtherWay = false
    while true {
      do { return try body() } catch {
        attempts += 1
        let hasSwitched = !isOtherWay && hasOtherWay(error)
        isOtherWay = isOtherWay || hasSwitched
        // A connection that broke is tried once more before its way is left.
        guard attempts < 3, hasSwitched || error.failureClass == .reset else {
          throw .router(error)
        }
      }
    }
  }

  private func set(_ request: LimitRequest, from previous: BitsPerSecond) -> Outcome {
    let began = clock.monotonic()
    func outcome(_ confirmed: BitsPerSecond?, _ failure: RouterFailure? = nil) -> Outcome {
      Outcome(
        record: SetRecord(
          time: clock.wall(), queue: request.queue.text, maxLimit: request.limit,
          confirmed: confirmed, applied: confirmed == request.limit,
          took: clock.monotonic() - began, transport: failure?.transport ?? port.transport,
          error: failure?.description),
        previous: previous, failure: failure)
    }
    if previous == request.limit { return outcome(previous) }
    while let wait = budget.take(.decrease, at: clock.wall()) { sleep(wait) }
    // A second time the other way, if the first way failed.
    var isLastAttempt = false
    while true {
      let failure: RouterFailure
      do {
        try port.setLimit(request.limit, of: request.queue)
        return outcome(request.limit)
      } catch { failure = error }
      let isOtherWay = hasOtherWay(failure)
      if failure.outcome == .notDone, !isOtherWay || isLastAttempt {
        budget.giveBack(at: clock.wall())
        return outcome(nil, failure)
      }
      // Only the router knows.
      if let pause = port.notBefore { sleep(pause - clock.monotonic()) }
      let rows = try? port.readQueues([request.queue])
      let found = rows?.first.flatMap { $0 }?.maxLimit
      if found == request.limit { return outcome(found) }
      if found == nil || !isOtherWay || isLastAttempt { return outcome(found, failure) }
      isLastAttempt = true
    }
  }

  /// Whether the router is to be reached in another way after this failure.
  private func hasOtherWay(_ failure: RouterFailure) -> Bool {
    guard port.transport != failure.transport else { return false }
    departure = failure
    remark("\(failure); going on over \(port.transport.name)")
    return true
  }
}
