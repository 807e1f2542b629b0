public import Model

/// Decides what a cycle does when no reflector answered.
///
/// The time of a TCP handshake is the best substitute and is always taken. When only the gateway
/// answers, the line is up but tells no RTT, and the configured mode decides. When neither
/// answers, the WAN is down and the cycle fails.
public struct FallbackPolicy: Sendable {
  public enum Verdict: Sendable, Equatable {
    /// Go on with this in the place of the measurement.
    case step(Measurement)
    /// Hold all numbers; the cycle is a success.
    case freeze
    /// Hold all numbers; the cycle failed.
    case fail(Reason)
  }

  /// Why a lost cycle is a failed one.
  public enum Reason: Sendable, Equatable {
    /// `fallback_checks.enabled` is false.
    case disabled
    /// Neither the gateway nor a TCP target answered.
    case disconnected
    /// More cycles were lost than `max_fallback_cycles`.
    case exhausted(cycles: Int)
    /// `fallback_mode` is not one of the three.
    case unknownMode
  }

  private var settings: LoopSettings.Fallback
  /// Lost cycles since the last answer in which the line was up all the same.
  public private(set) var lostCycles = 0

  public init(_ settings: LoopSettings.Fallback) {
    self.settings = settings
  }

  /// Goes on with other settings; the count of lost cycles stays.
  public mutating func replaceSettings(_ settings: LoopSettings.Fallback) {
    self.settings = settings
  }

  /// A reflector answered again. Returns how many cycles were lost before, 0 when none was.
  @discardableResult
  public mutating func answered() -> Int {
    let lost = lostCycles
    lostCycles = 0
    return lost
  }

  /// No reflector answered.
  /// - Parameters:
  ///   - gatewayAnswered: whether the gateway did, not long ago.
  ///   - tcpRTT: the median of the TCP handshakes that succeeded; nil when none did.
  ///   - load: the smoothed RTT, which can stand in for a measurement.
  public mutating func lost(
    gatewayAnswered: Bool, tcpRTT: Milliseconds?, load: Milliseconds
  ) -> Verdict {
    guard settings.isEnabled else { return .fail(.disabled) }
    if settings.checksTCP, let tcpRTT, tcpRTT.rawValue.isFinite {
      lostCycles = lostCycles.counted
      return .step(Measurement(rtt: tcpRTT, updatesBaseline: false))
    }
    guard settings.checksGateway, gatewayAnswered else { return .fail(.disconnected) }
    lostCycles = lostCycles.counted
    switch settings.mode {
    case .gracefulDegradation:
      if lostCycles == 1 { return .step(Measurement(rtt: load)) }
      return lostCycles <= settings.maximumCycles
        ? .freeze : .fail(.exhausted(cycles: lostCycles))
    case .freeze: return .freeze
    case .useLastRTT: return .step(Measurement(rtt: load))
    case nil: return .fail(.unknownMode)
    }
  }
}

extension FallbackPolicy.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .disabled: "no reflector answered, and fallback_checks.enabled is false"
    case .disconnected: "no reflector, gateway or TCP target answered"
    case .exhausted(let cycles):
      "no reflector answered for \(cycles) cycles, more than fallback_checks.max_fallback_cycles"
    case .unknownMode:
      "no reflector answered, and fallback_checks.fallback_mode is none of "
        + "graceful_degradation, freeze, use_last_rtt"
    }
  }
}
