public import Model
public import Platform
import Synchronization

/// Follows a stream of records: keeps a router's limits at the newest ones that it names.
///
/// A thread of its own reads the lines, so that the newest line is known while a write is under
/// way; what came in between is never written.
public final class LimitStream: Sendable {
  /// What came of it.
  public struct Summary: Sendable, Equatable {
    /// Lines that were no records, or asked for what cannot be.
    public var badLines = 0
    /// Whether the router confirmed the last limit of every queue.
    public var isSettled = false
  }

  private struct Mailbox {
    /// In the order in which the queues were first named.
    var order: [Identifier] = []
    var targets: [Identifier: (limit: BitsPerSecond, at: MonotonicTime)] = [:]
    var badLines = 0
    var hasEnded = false
    var failure: SystemError?
  }

  private let wan: Identifier
  private let queues: PerDirection<Identifier>
  private let settings: RouterSettings
  private let wakeUp: WakeUp
  private let mailbox = Mutex(Mailbox())
  private let remark: @Sendable (String) -> Void

  /// - Parameter remark: hears of lines that are no use, and of the contact with the router.
  public init(
    wan: Identifier, queues: PerDirection<Identifier>, settings: RouterSettings,
    remark: @escaping @Sendable (String) -> Void
  ) throws(SystemError) {
    self.wan = wan
    self.queues = queues
    self.settings = settings
    self.remark = remark
    wakeUp = try WakeUp()
  }

  /// Reads `descriptor` to its end and sets what it asks for.
  ///
  /// - Parameters:
  ///   - isDryRun: the port pretends; records say that nothing was applied.
  ///   - report: gets a record for each write, in the calling thread.
  public func run(
    reading descriptor: Int32, port: any RouterPort, budget: SharedBudget, isDryRun: Bool,
    report: (SetRecord) throws(SystemError) -> Void
  ) throws(SystemError) -> Summary {
    let lines = try Thread(name: "lines") { [self] in readLines(descriptor) }
    let events = EventBuffer()
    let session = RouterSession(
      port: port, queues: [], settings: settings, budget: budget,
      clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall)
    ) { events.list.append($0) }
    var indices: [Identifier: Int] = [:]
    var deadline: MonotonicTime?
    while true {
      let isAtEnd = try takeTargets(into: session, &indices)
      if isAtEnd, deadline == nil {
        // What waits for its time goes out now; a router that is gone is not waited for.
        session.isLeaving = true
        deadline = Clock.monotonic() + settings.operationTimeout + RESTRouter.pauseAfterTimeout
      }
      if let deadline, session.isSettled || Clock.monotonic() >= deadline { break }
      let pause = session.hasQueues ? session.step() : .untilSubmit
      var hasFailed = false
      for event in events.take() {
        if case .failedOver = event {
          hasFailed = false
        } else {
          hasFailed = isFinal(event) || hasFailed
        }
        if let record = record(event, isDryRun: isDryRun) { try report(record) }
        tell(event)
      }
      if isAtEnd, hasFailed { break }
      sleep(pause, until: deadline)
    }
    lines.join()
    let badLines = mailbox.withLock { $0.badLines }
    return Summary(badLines: badLines, isSettled: session.isSettled)
  }

  private func sleep(_ pause: RouterSession.Pause, until deadline: MonotonicTime?) {
    switch pause {
    case .none: return
    case .until(let time): wakeUp.wait(upTo: min(time, deadline ?? time) - Clock.monotonic())
    case .untilSubmit: wakeUp.wait(upTo: deadline.map { $0 - Clock.monotonic() })
    }
  }

  /// - Returns: whether the input has ended.
  private func takeTargets(
    into session: RouterSession, _ indices: inout [Identifier: Int]
  ) throws(SystemError) -> Bool {
    let (order, targets, hasEnded, failure) = mailbox.withLock { mailbox in
      defer {
        mailbox.order = []
        mailbox.targets = [:]
      }
      return (mailbox.order, mailbox.targets, mailbox.hasEnded, mailbox.failure)
    }
    for name in order {
      guard let (limit, time) = targets[name] else { continue }
      let index = indices[name] ?? session.add(routerQueue(name, count: indices.count))
      indices[name] = index
      session.submit(queue: index, target: limit, decidedAt: time)
    }
    if let failure { throw failure }
    return hasEnded
  }

  /// The two queues of the WAN share their interval of increases; any other has its own.
  private func routerQueue(_ name: Identifier, count: Int) -> RouterQueue {
    if name == queues.download { return RouterQueue(wan: 0, direction: .download, name: name) }
    if name == queues.upload { return RouterQueue(wan: 0, direction: .upload, name: name) }
    return RouterQueue(wan: count + 1, direction: .download, name: name)
  }
}

extension LimitStream {
  private func readLines(_ descriptor: Int32) {
    let lines = LimitLines(wan: wan, queues: queues)
    var reader = LineReader(descriptor: descriptor)
    var number = 0
    var failure: SystemError?
    do {
      while try reader.read({ line in
        number += 1
        take(line, number: number, lines)
      }) {}
    } catch {
      failure = error
    }
    mailbox.withLock { mailbox in
      mailbox.hasEnded = true
      mailbox.failure = failure
    }
    wakeUp.notify()
  }

  private func take(_ line: ArraySlice<UInt8>, number: Int, _ lines: LimitLines) {
    guard line.contains(where: { $0 > 0x20 }) else { return }
    do {
      let requests = try lines.requests(in: line)
      guard !requests.isEmpty else { return }
      let now = Clock.monotonic()
      mailbox.withLock { mailbox in
        for request in requests {
          if mailbox.targets[request.queue] == nil { mailbox.order.append(request.queue) }
          mailbox.targets[request.queue] = (request.limit, now)
        }
      }
      wakeUp.notify()
    } catch {
      mailbox.withLock { $0.badLines += 1 }
      remark("line \(number): \(error.description)")
    }
  }

  private func record(_ event: RouterEvent, isDryRun: Bool) -> SetRecord? {
    switch event {
    case .writeConfirmed(let write):
      SetRecord(
        time: write.time, queue: write.queue.name.text, maxLimit: write.limit,
        confirmed: isDryRun ? write.previous : write.limit, applied: !isDryRun, took: write.took,
        transport: write.transport)
    case .writeFailed(let write):
      SetRecord(
        time: write.time, queue: write.queue.name.text, maxLimit: write.limit, took: write.took,
        transport: write.failure.transport, error: write.failure.description)
    default: nil
    }
  }

  private func tell(_ event: RouterEvent) {
    switch event {
    case .contactLost(let failure, _): remark("\(failure)")
    case .contactGained(after: let outage?):
      remark("the router answers again after \(fixed(outage.duration.seconds, digits: 1)) s")
    case .failedOver(let transport, let failure, _):
      remark("\(failure); going on over \(transport.name)")
    case .returned(let transport, _, _): remark("over \(transport.name) again")
    case .queueMissing(let queue): remark("the router has no queue '\(queue.name)'")
    case .readFailed(let failure): remark("\(failure)")
    case .budgetNotShared(let reason): remark("the write budget is not shared: \(reason)")
    default: return
    }
  }

  /// Whether there is nothing to hope for any more once the input has ended.
  private func isFinal(_ event: RouterEvent) -> Bool {
    switch event {
    case .contactLost(let failure, _), .stillUnreachable(let failure, _), .readFailed(let failure):
      ![.timeout, .reset, .busy].contains(failure.failureClass)
    case .writeFailed(let write): write.failure.outcome == .notDone
    case .queueMissing: true
    default: false
    }
  }
}

/// What a session told, until it is looked at.
private final class EventBuffer {
  var list: [RouterEvent] = []

  func take() -> [RouterEvent] {
    defer { list.removeAll(keepingCapacity: true) }
    return list
  }
}
