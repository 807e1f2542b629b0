public import Control
public import Model

/// A queue of a router that we keep the limit of.
public struct RouterQueue: Sendable, Hashable {
  /// Index of the WAN that it shapes.
  public var wan: Int
  public var direction: Direction
  public var name: Identifier

  public init(wan: Int, direction: Direction, name: Identifier) {
    self.wan = wan
    self.direction = direction
    self.name = name
  }
}

/// What happened at a router, in order. The thread that talks to it tells, the control thread hears.
public enum RouterEvent: Sendable, Equatable {
  /// A limit that the router confirmed.
  public struct Confirmation: Sendable, Equatable {
    public var queue: RouterQueue
    public var limit: BitsPerSecond
    /// What it replaced.
    public var previous: BitsPerSecond
    /// When the limit was decided, and when its confirmation was there.
    public var decidedAt: MonotonicTime
    public var confirmedAt: MonotonicTime
    public var time: UnixTime
    /// The write alone, without waiting for its turn.
    public var took: Milliseconds
    /// The way that the confirmation came.
    public var transport: Transport

    /// From the decision to its confirmation.
    public var age: Milliseconds { confirmedAt - decidedAt }

    public init(
      queue: RouterQueue, limit: BitsPerSecond, previous: BitsPerSecond,
      decidedAt: MonotonicTime, confirmedAt: MonotonicTime, time: UnixTime, took: Milliseconds,
      transport: Transport
    ) {
      self.queue = queue
      self.limit = limit
      self.previous = previous
      self.decidedAt = decidedAt
      self.confirmedAt = confirmedAt
      self.time = time
      self.took = took
      self.transport = transport
    }
  }

  /// A write that failed, or whose outcome is unknown; the router is read before anything else.
  public struct FailedWrite: Sendable, Equatable {
    public var queue: RouterQueue
    public var limit: BitsPerSecond
    public var failure: RouterFailure
    public var time: UnixTime
    public var took: Milliseconds

    public init(
      queue: RouterQueue, limit: BitsPerSecond, failure: RouterFailure, time: UnixTime,
      took: Milliseconds
    ) {
      self.queue = queue
      self.limit = limit
      self.failure = failure
      self.time = time
      self.took = took
    }
  }

  /// A time without contact to the router.
  public struct Outage: Sendable, Equatable {
    public var since: UnixTime
    public var duration: Milliseconds
    public var failures: Int

    public init(since: UnixTime, duration: Milliseconds, failures: Int) {
      self.since = since
      self.duration = duration
      self.failures = failures
    }
  }

  case writeConfirmed(Confirmation)
  case writeFailed(FailedWrite)
  /// First contact, or contact again after an outage.
  case contactGained(after: Outage?)
  case contactLost(RouterFailure, since: UnixTime)
  /// Another attempt failed during an outage; `failures` counts all of it.
  case stillUnreachable(RouterFailure, failures: Int)
  /// The router is reached in the other way from now on, because the first one failed.
  case failedOver(to: Transport, because: RouterFailure, at: UnixTime)
  /// The router is reached in the first way again.
  ///
  /// - Parameter elapsed: since the failover.
  case returned(to: Transport, after: Milliseconds, at: UnixTime)
  /// The rows of one WAN's queues; nil for a queue that the router lacks.
  case queuesRead(wan: Int, PerDirection<QueueRow?>, at: UnixTime)
  /// The router lacks a queue. Told each time that it is looked for.
  case queueMissing(RouterQueue)
  /// Somebody else changed a limit. It is set right at once.
  case limitDrifted(RouterQueue, from: BitsPerSecond, to: BitsPerSecond)
  /// Rows, uptime or identity could not be read although there is contact.
  case readFailed(RouterFailure)
  case identified(RouterIdentity)
  case resourceRead(RouterResource)
  /// The router was restarted since it was last asked. Its limits are read and set right.
  case rebooted(RouterResource)
  /// A write took a token of the budget, or has to wait for one; and what is left.
  case budgetAsked(WriteBudget, waits: Bool)
  /// The file of the write budget cannot be used: this process counts alone.
  case budgetNotShared(reason: String)
}
