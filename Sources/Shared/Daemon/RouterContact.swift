import Control
import Model
import Router

/// What a WAN knows of its router, kept from the events of the router's thread.
///
/// Only what the router confirmed counts as contact: neither an unchanged rate nor a write that
/// waits does.
struct RouterContact {
  private(set) var published: WANSnapshot.RouterContact
  /// Contact was lost, a write failed or a queue was missing, since the start.
  private(set) var hasFailed = false
  private var recentWrites = RecentCount()

  /// - Parameter transport: the way to the router that is configured.
  init(_ transport: Transport = .rest) {
    published = WANSnapshot.RouterContact(transport: transport)
  }

  /// Takes an event of the router that this WAN's queues are on.
  ///
  /// - Parameters:
  ///   - wan: the WAN's index among those of the router.
  ///   - now: for what is told by the monotonic clock; nil where nobody wants that.
  mutating func take(_ event: RouterEvent, wan: Int, now: MonotonicTime? = nil) {
    switch event {
    case .contactGained:
      published.isReachable = true
      published.consecutiveFailures = 0
      published.lastFailure = nil
      published.lastFailureAt = nil
      published.outageSince = nil
      published.outageBegan = nil
    case .contactLost(let failure, let since):
      hasFailed = true
      published.isReachable = false
      published.consecutiveFailures = 1
      published.lastFailure = failure.failureClass
      published.lastFailureAt = now
      published.outageSince = since
      published.outageBegan = now
    case .stillUnreachable(let failure, let failures):
      published.consecutiveFailures = failures
      published.lastFailure = failure.failureClass
      published.lastFailureAt = now
    case .failedOver(let transport, let failure, let time):
      published.transport = transport
      published.transportSince = time
      published.transportReason = failure.failureClass
      published.failovers += 1
    case .returned(let transport, _, let time):
      published.transport = transport
      published.transportSince = time
      published.transportReason = nil
    case .writeConfirmed(let write) where write.queue.wan == wan:
      published.confirmed[write.queue.direction] = write.limit
      published.writes += 1
      published.lastWriteTook = write.age
      if let now { recentWrites.add(at: now) }
    case .queueMissing(let queue) where queue.wan == wan: hasFailed = true
    case .writeFailed(let write) where write.queue.wan == wan:
      hasFailed = true
      published.failedWrites += 1
      published.lastFailure = write.failure.failureClass
      published.lastFailureAt = now
    case .queuesRead(wan, let rows, _):
      for direction in Direction.allCases {
        if let row = rows[direction] { published.confirmed[direction] = row.maxLimit }
        published.throughput[direction] = rows[direction]?.rate
      }
    case .budgetAsked(let budget, let waits):
      published.budget = WriteBudgetLevel(
        tokens: budget.tokens, burst: budget.burst, perMinute: budget.perMinute,
        at: budget.updated)
      if waits { published.budgetWaits += 1 }
    case .identified(let identity): published.identity = RouterDescription(identity.resource)
    case .resourceRead(let resource), .rebooted(let resource):
      published.identity = RouterDescription(resource)
    default: break
    }
  }

  /// Lets what is no longer recent fall out of its counts.
  mutating func advance(to now: MonotonicTime) {
    recentWrites.advance(to: now)
    published.writesInLastHour = recentWrites.lastHour
    published.writesInLastDay = recentWrites.lastDay
  }
}

extension RouterDescription {
  init(_ resource: RouterResource) {
    self.init(
      version: resource.version, board: resource.board, uptime: resource.uptime,
      sectorsWritten: resource.sectorsWritten)
  }
}
