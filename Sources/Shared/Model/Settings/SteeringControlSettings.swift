/// What steering decides by. Everything is validated: thresholds ascend, counts are at least 1,
/// weights lie in 0...1.
public struct SteeringControlSettings: Sendable, Equatable {
  /// Whether RED needs drops.
  public enum DropsRule: String, Sendable, CaseIterable {
    /// It does where the leaf queue counts them. A CAKE leaf has none to be had: there RTT and
    /// queue decide.
    case auto
    /// It always does: RED never happens on a CAKE leaf, as in the original.
    case required
  }

  /// `thresholds` of one WAN.
  public struct Thresholds: Sendable, Equatable {
    /// `bad_threshold_ms`: RTT-only mode is degraded above it.
    public var bad: ConfiguredNumber
    /// `recovery_threshold_ms`: RTT-only mode is recovered below it.
    public var recovery: ConfiguredNumber
    /// `green_rtt_ms`: shown, and below YELLOW; decides nothing.
    public var green: ConfiguredNumber
    /// `yellow_rtt_ms`: YELLOW above it.
    public var yellow: ConfiguredNumber
    /// `red_rtt_ms`: RED above it, if drops and queue say so too.
    public var red: ConfiguredNumber
    /// `min_drops_red`: drops in a cycle, at least 1.
    public var minimumDropsRed: Int
    /// `min_queue_yellow`: queued packets.
    public var minimumQueueYellow: Int
    /// `min_queue_red`: queued packets.
    public var minimumQueueRed: Int
    /// `rtt_ewma_alpha`: weight of a new RTT delta, 0...1.
    public var rttAlpha: Double
    /// `queue_ewma_alpha`: weight of a new queue length, 0...1.
    public var queueAlpha: Double
    /// `baseline_rtt_bounds`: a baseline outside, in ms, is none.
    public var baselineBounds: ClosedBounds
    /// `drops`
    public var drops: DropsRule

    public init(
      bad: ConfiguredNumber = ConfiguredNumber(25, isInteger: false),
      recovery: ConfiguredNumber = ConfiguredNumber(12, isInteger: false),
      green: ConfiguredNumber = ConfiguredNumber(5, isInteger: false),
      yellow: ConfiguredNumber = ConfiguredNumber(15, isInteger: false),
      red: ConfiguredNumber = ConfiguredNumber(15, isInteger: false), minimumDropsRed: Int = 1,
      minimumQueueYellow: Int = 10, minimumQueueRed: Int = 50, rttAlpha: Double = 0.3,
      queueAlpha: Double = 0.4, baselineBounds: ClosedBounds = ClosedBounds(min: 10, max: 60),
      drops: DropsRule = .auto
    ) {
      self.bad = bad
      self.recovery = recovery
      self.green = green
      self.yellow = yellow
      self.red = red
      self.minimumDropsRed = minimumDropsRed
      self.minimumQueueYellow = minimumQueueYellow
      self.minimumQueueRed = minimumQueueRed
      self.rttAlpha = rttAlpha
      self.queueAlpha = queueAlpha
      self.baselineBounds = baselineBounds
      self.drops = drops
    }
  }

  /// How many samples in a row change the state.
  public struct SampleCounts: Sendable, Equatable {
    /// `thresholds.bad_samples`, RTT-only mode.
    public var bad: Int
    /// `thresholds.good_samples`, RTT-only mode.
    public var good: Int
    /// `thresholds.red_samples_required`
    public var red: Int
    /// `thresholds.green_samples_required`
    public var green: Int

    public init(bad: Int = 8, good: Int = 15, red: Int = 2, green: Int = 15) {
      self.bad = bad
      self.good = good
      self.red = red
      self.green = green
    }
  }

  /// `confidence`: the second opinion, a score of 0...100 with timers. Times are in seconds as
  /// the file has them: the timers count down in that arithmetic.
  public struct Confidence: Sendable, Equatable {
    /// What too many changes in a short time do.
    public struct FlapDetection: Sendable, Equatable {
      /// `flap_detection_enabled`
      public var isEnabled: Bool
      /// `flap_window_minutes`
      public var windowMinutes: Double
      /// `max_toggles`: more than these within the window are flapping; from 20 on it never is.
      public var maximumToggles: Int
      /// `penalty_duration_sec`
      public var penaltySeconds: Double
      /// `penalty_threshold_add`: what the penalty adds to `steer_threshold`.
      public var penalty: Double
      /// `apply_flap_penalty`: in the original the penalty is logged and has no effect.
      public var isApplied: Bool

      public init(
        isEnabled: Bool = true, windowMinutes: Double = 5, maximumToggles: Int = 4,
        penaltySeconds: Double = 60, penalty: Double = 15, isApplied: Bool = false
      ) {
        self.isEnabled = isEnabled
        self.windowMinutes = windowMinutes
        self.maximumToggles = maximumToggles
        self.penaltySeconds = penaltySeconds
        self.penalty = penalty
        self.isApplied = isApplied
      }
    }

    /// `steer_threshold`, 0...100.
    public var steerThreshold: Double
    /// `recovery_threshold`, 0...100 and below `steerThreshold`.
    public var recoveryThreshold: Double
    /// `sustain_duration_sec`
    public var sustainSeconds: Double
    /// `recovery_sustain_sec`
    public var recoverySustainSeconds: Double
    /// `hold_down_duration_sec`
    public var holdDownSeconds: Double
    public var flapDetection: FlapDetection
    /// `dry_run`: what it would do is told, and nothing is done.
    public var isDryRun: Bool
    /// `mode.confidence_exclusive`: the counters of samples change nothing while this is live.
    public var isExclusive: Bool

    public init(
      steerThreshold: Double = 55, recoveryThreshold: Double = 20, sustainSeconds: Double = 2,
      recoverySustainSeconds: Double = 3, holdDownSeconds: Double = 30,
      flapDetection: FlapDetection = FlapDetection(), isDryRun: Bool = true,
      isExclusive: Bool = false
    ) {
      self.steerThreshold = steerThreshold
      self.recoveryThreshold = recoveryThreshold
      self.sustainSeconds = sustainSeconds
      self.recoverySustainSeconds = recoverySustainSeconds
      self.holdDownSeconds = holdDownSeconds
      self.flapDetection = flapDetection
      self.isDryRun = isDryRun
      self.isExclusive = isExclusive
    }
  }

  /// A WAN that new connections can be steered to.
  public struct Target: Sendable, Equatable {
    public var name: String
    /// How its own line is judged; nil when nothing measures it: then it is always good enough,
    /// with a score of 0.
    public var thresholds: Thresholds?
    /// Whether its queue is read, too: without one the RTT alone judges it.
    public var hasQueue: Bool

    public init(name: String, thresholds: Thresholds? = nil, hasQueue: Bool = true) {
      self.name = name
      self.thresholds = thresholds
      self.hasQueue = hasQueue
    }
  }

  /// `selection`: how one of several targets is chosen.
  public struct Selection: Sendable, Equatable {
    /// `max_target_score`: a target with a higher score is not eligible.
    public var maximumTargetScore: Double
    /// `min_advantage`: how much lower the score of another target must be to move to it.
    public var minimumAdvantage: Double
    /// `min_dwell_sec`: how long a target is kept before a move.
    public var minimumDwell: Milliseconds
    /// `stale_sec`: a target without a complete measurement for longer is not eligible.
    public var staleAfter: Milliseconds

    public init(
      maximumTargetScore: Double = 20, minimumAdvantage: Double = 15,
      minimumDwell: Milliseconds = Milliseconds(30_000),
      staleAfter: Milliseconds = Milliseconds(15_000)
    ) {
      self.maximumTargetScore = maximumTargetScore
      self.minimumAdvantage = minimumAdvantage
      self.minimumDwell = minimumDwell
      self.staleAfter = staleAfter
    }
  }

  /// `topology.primary_wan`, which the names of the states begin with in upper case.
  public var primary: String
  /// `measurement.interval_seconds`: the time between two cycles, and the step of the timers.
  public var interval: Milliseconds
  /// `measurement.dead_after_sec`: a primary that answers nothing for this long is dead; 0 = never.
  public var deadAfter: Milliseconds
  /// `mode.cake_aware`: the queue's statistics decide too, not only the RTT.
  public var isCAKEAware: Bool
  /// Those of the primary.
  public var thresholds: Thresholds
  public var samples: SampleCounts
  /// nil unless `mode.use_confidence_scoring`.
  public var confidence: Confidence?
  /// In order of priority; at least one.
  public var targets: [Target]
  public var selection: Selection
  /// `state.history_size`: the bound of histories and of the list of transitions, 1...3000.
  public var historySize: Int

  public init(
    primary: String, interval: Milliseconds, deadAfter: Milliseconds = Milliseconds(1500),
    isCAKEAware: Bool = true, thresholds: Thresholds = Thresholds(),
    samples: SampleCounts = SampleCounts(), confidence: Confidence? = nil, targets: [Target],
    selection: Selection = Selection(), historySize: Int
  ) {
    self.primary = primary
    self.interval = interval
    self.deadAfter = deadAfter
    self.isCAKEAware = isCAKEAware
    self.thresholds = thresholds
    self.samples = samples
    self.confidence = confidence
    self.targets = targets
    self.selection = selection
    self.historySize = historySize
  }

  /// The name of the state in which nothing is steered: `WAN1_GOOD`.
  public var goodName: String { primary.uppercased() + "_GOOD" }
  /// The name of the state in which new connections are steered away: `WAN1_DEGRADED`.
  public var degradedName: String { primary.uppercased() + "_DEGRADED" }
}
