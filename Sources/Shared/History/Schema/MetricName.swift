/// The name of a metric as the database and its readers know it. Names that are not here are kept
/// and shown all the same: later versions write more.
public struct MetricName: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  public var rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
  public init(_ text: String) { rawValue = text }

  public var description: String { rawValue }

  /// The measured RTT of a cycle in ms, not smoothed.
  public static let rtt = MetricName("wanctl_rtt_ms")
  /// The baseline RTT in ms.
  public static let baseline = MetricName("wanctl_rtt_baseline_ms")
  /// Smoothed RTT less baseline in ms; it may be negative.
  public static let delta = MetricName("wanctl_rtt_delta_ms")
  /// The rate decided for download in Mbit/s.
  public static let downloadRate = MetricName("wanctl_rate_download_mbps")
  /// The rate decided for upload in Mbit/s.
  public static let uploadRate = MetricName("wanctl_rate_upload_mbps")
  /// A congestion state; the label says whose, and so by which scale.
  public static let state = MetricName("wanctl_state")
  /// 1 while steering is on, else 0.
  public static let steeringEnabled = MetricName("wanctl_steering_enabled")
  /// 1 = steering was switched on, 0 = off.
  public static let steeringTransition = MetricName("wanctl_steering_transition")
  /// 1 = a score that only tells what it would do would have switched steering on, 0 = off.
  public static let steeringWould = MetricName("wanctl_steering_would_transition")
  /// Steered connections go to another target than before, which the label names; the value is 1.
  public static let steeringTarget = MetricName("wanctl_steering_target")
  /// The configuration at a start, in the label; the value is the time.
  public static let configSnapshot = MetricName("wanctl_config_snapshot")

  // Once a minute, of the minute that begins at the row's time.

  /// How many rates the router has confirmed.
  public static let routerWrites = MetricName("wanctl_router_writes")
  /// How long after the decision it did, in ms: the mean.
  public static let confirmationAge = MetricName("wanctl_router_confirmation_ms")
  /// How old the newest answer was when it was decided on, in ms: the mean.
  public static let sampleAge = MetricName("wanctl_sample_age_ms")
  /// For how many seconds it did not answer.
  public static let routerOutage = MetricName("wanctl_router_outage_seconds")
  /// Cycles in which nothing was measured, so that no rate was decided.
  public static let heldCycles = MetricName("wanctl_cycles_held")
  /// Ticks that were missed: the host was late.
  public static let missedTicks = MetricName("wanctl_ticks_missed")

  /// Those that are documented, in their order.
  public static let documented: [MetricName] = [
    .rtt, .baseline, .delta, .downloadRate, .uploadRate, .state, .steeringEnabled,
  ]

  /// Whether a bucket is summed up by its most frequent value and not by its mean.
  public var isState: Bool { self == .state || self == .steeringEnabled }
}
