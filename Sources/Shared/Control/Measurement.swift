public import Model

/// What one cycle steps on: one round-trip time for all reflectors together.
public struct Measurement: Sendable, Equatable {
  public var rtt: Milliseconds
  /// Whether the baseline may follow it. False for the time of a TCP handshake, which is no echo
  /// of a reflector: it drives the smoothed RTT only.
  public var updatesBaseline: Bool

  public init(rtt: Milliseconds, updatesBaseline: Bool = true) {
    self.rtt = rtt
    self.updatesBaseline = updatesBaseline
  }
}
