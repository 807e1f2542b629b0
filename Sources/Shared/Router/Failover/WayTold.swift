import Model

/// Which way to the router was told last, so that each change is told once.
struct WayTold {
  private let primary: Transport
  private var told: Transport
  private var leftAt: MonotonicTime?
  /// Why each way was left.
  private var failures: [Transport: RouterFailure] = [:]

  init(_ primary: Transport) {
    self.primary = primary
    told = primary
  }

  mutating func failed(_ failure: RouterFailure) { failures[failure.transport] = failure }

  /// - Parameter reason: what has just made the other way fail; nil = it may be used again, or
  ///   failed before.
  /// - Returns: what is to be told; nil when it was told already.
  mutating func change(
    to transport: Transport, because reason: RouterFailure? = nil, at clock: RouterSession.Clock
  ) -> RouterEvent? {
    guard transport != told else { return nil }
    let failure = reason ?? failures[told]
    let now = clock.monotonic()
    defer {
      told = transport
      leftAt = now
    }
    if transport == primary, reason == nil {
      let elapsed = leftAt.map { now - $0 } ?? .zero
      return .returned(to: transport, after: elapsed, at: clock.wall())
    }
    return failure.map { .failedOver(to: transport, because: $0, at: clock.wall()) }
  }
}
