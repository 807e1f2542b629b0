/// A first-in-first-out queue of a fluid: what flows in is served, waits or is dropped.
///
/// All amounts are bits, all rates bits per millisecond. Nothing is lost between the counters:
/// `arrived = served + dropped + backlog`.
struct FluidQueue: Sendable {
  private(set) var backlog = 0.0
  private(set) var arrived = 0.0
  private(set) var served = 0.0
  private(set) var dropped = 0.0

  /// How long the outflow stays what it is now: until a queue that drains is empty.
  func untilEmpty(inflow: Double, service: Double) -> Double {
    backlog > 0 && inflow < service ? backlog / (service - inflow) : .infinity
  }

  /// Serves at a constant rate for `span` ms while fluid flows in at a constant rate.
  ///
  /// Returns the bits served.
  @discardableResult
  mutating func advance(
    by span: Double, inflow: Double, service: Double, limit: Double
  ) -> Double {
    let volume = inflow * span
    arrived += volume
    let available = backlog + volume
    let out = min(available, service * span)
    served += out
    let rest = available - out
    backlog = min(rest, limit)
    dropped += rest - backlog
    return out
  }
}
