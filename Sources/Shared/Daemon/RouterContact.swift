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

  /// - Parameter transport: the way to the router that is configured.
  init(_ transport: Transport = .rest) {
    published = WANSnapshot.RouterContact(transport: transport)
  }

  /// Takes an event of the router that this WAN's queues are on.
  /// - Parameter wan: the WAN's index among those of the router.
  mutating func take(_ event: RouterEvent, wan: Int) {
    switch event {
    case .contactGained:
      published.isReachable = true
      published.consecutiveFailures = 0
      published.lastFailure = nil
      published.outageSince = nil
    case .contactLost(let failure, let since):
      hasFailed = true
      published.isReachable = false
      published.consecutiveFailures = 1
      published.lastFailure = failure.failureClass
      published.outageSince = since
    case .stillUnreachable(let failure, let failures):
      published.consecutiveFailures = failures
      published.lastFailure = failure.failureClass
    case .failedOver(let transport, let failure, let time):
      published.transport = transport
      published.transportSince = time
      published.transportReason = failure.failureClass
    case .returned(let transport, _, let time):
      published.transport = transport
      published.transportSince = time
      published.transportReason = nil
    case .writeConfirmed(let write) where write.queue.wan == wan:
      published.confirmed[write.queue.direction] = write.limit
      published.writes += 1
      published.lastWriteTook = write.age
    case .queueMissing(let queue) where queue.wan == wan: hasFailed = true
    case .writeFailed(let write) where write.queue.wan == wan:
      hasFailed = true
      published.lastFailure = write.failure.failureClass
    case .queuesRead(wan, let rows, _):
      for direction in Direction.allCases {
        if let row = rows[direction] { published.confirmed[direction] = row.maxLimit }
      }
    default: break
    }
  }
}
