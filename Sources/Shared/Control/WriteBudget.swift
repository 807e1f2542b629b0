public import Model

/// How often a router may be written to: a token bucket, one token for one change of one queue.
///
/// The router stores each change in flash, so changes must be few; congestion must be answered at
/// once, so a decrease never waits for more than one token. Increases leave the lower half of the
/// bucket to decreases.
public struct WriteBudget: Sendable, Equatable {
  /// What a write may do to the line, and so how long it may wait.
  public enum Urgency: Sendable, Hashable {
    /// Takes any token there is: decreases, corrections of a limit that is not ours, a person's
    /// own command.
    case decrease
    /// Waits while less than half of the bucket is left.
    case increase
  }

  /// How long to wait before asking again where no token will ever come (`per_minute: 0`).
  public static let recheck = Milliseconds(seconds: 60)

  public let burst: Int
  public let perMinute: Int
  /// What is left, 0 … `burst`.
  public private(set) var tokens: Double
  /// The time up to which tokens were granted.
  public private(set) var updated: UnixTime

  /// A bucket with `tokens` left at `updated`, or a full one. What cannot be (more than the burst,
  /// less than nothing, not a number) is limited to what can.
  public init(
    _ settings: RouterSettings.WriteBudget, tokens: Double = .infinity, updated: UnixTime
  ) {
    burst = max(1, settings.burst)
    perMinute = max(0, settings.perMinute)
    self.tokens = tokens.isNaN ? 0 : min(max(tokens, 0), Double(burst))
    self.updated = updated
  }

  /// Takes one token.
  ///
  /// - Returns: nil when there was one to take; else how long to wait for it.
  public mutating func take(_ urgency: Urgency, at now: UnixTime) -> Milliseconds? {
    refill(at: now)
    let needed =
      switch urgency {
      case .decrease: 1.0
      case .increase: max(1, Double(burst) / 2)
      }
    if tokens >= needed {
      tokens -= 1
      return nil
    }
    guard perMinute > 0 else { return Self.recheck }
    let wait = Milliseconds(seconds: (needed - tokens) * 60 / Double(perMinute))
    // Rounding must not make a caller come again before the clock has moved.
    return max(wait, Milliseconds(1))
  }

  /// Puts back the token of a write that did not reach the router.
  public mutating func giveBack() {
    tokens = min(tokens + 1, Double(burst))
  }

  /// Grants what the time since the last grant is worth. A clock that went back grants nothing,
  /// and counting begins anew from there.
  private mutating func refill(at now: UnixTime) {
    let elapsed = now.rawValue.subtractingReportingOverflow(updated.rawValue)
    updated = now
    guard !elapsed.overflow, elapsed.partialValue > 0 else { return }
    let granted = Double(elapsed.partialValue) / 60e6 * Double(perMinute)
    tokens = min(tokens + granted, Double(burst))
  }
}
