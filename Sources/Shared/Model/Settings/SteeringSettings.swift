/// The validated configuration of `wanctl-steer`.
public struct SteeringSettings: Sendable, Equatable {
  /// How the line of one WAN is probed.
  public struct Probe: Sendable, Equatable {
    /// `ping_host`: an address or a name.
    public var host: String
    /// `ping_count`: the RTT of a cycle is the median of so many of the newest answers, 1...20.
    public var count: Int
    /// Source address of the probes; nil = the kernel's choice.
    public var sourceAddress: String?

    public init(host: String, count: Int, sourceAddress: String? = nil) {
      self.host = host
      self.count = count
      self.sourceAddress = sourceAddress
    }
  }

  /// What is read of one WAN.
  public struct Sources: Sendable, Equatable {
    /// The state file of its control loop, which has the baseline.
    public var stateFile: String?
    /// The queue tree's entries.
    public var downloadQueue: Identifier?
    /// `cake_queues.primary_upload`; accepted and unused, as in the original.
    public var uploadQueue: Identifier?
    public var probe: Probe?

    public init(
      stateFile: String? = nil, downloadQueue: Identifier? = nil,
      uploadQueue: Identifier? = nil, probe: Probe? = nil
    ) {
      self.stateFile = stateFile
      self.downloadQueue = downloadQueue
      self.uploadQueue = uploadQueue
      self.probe = probe
    }
  }

  /// The mangle rule that sends new connections to one target while it is enabled.
  public struct Rule: Sendable, Equatable {
    public var target: String
    public var comment: RuleComment

    public init(target: String, comment: RuleComment) {
      self.target = target
      self.comment = comment
    }
  }

  /// `schema_version`; only told when it is not `1.0`.
  public var schemaVersion: String
  /// `wan_name`: the prefix of log lines.
  public var name: Identifier
  public var control: SteeringControlSettings
  /// `topology.primary_wan_config`
  public var primaryConfig: String
  public var primarySources: Sources
  /// In the order of `control.targets`; empty values for a target that nothing measures.
  public var targetSources: [Sources]
  /// One for each target, in the order of `control.targets`.
  public var rules: [Rule]
  /// `mangle_rule.flush_connections`: connections to these ports are forgotten by the router when
  /// steering changes, so that they begin anew on the other WAN; empty = none.
  public var flushedPorts: [UInt16]
  public var router: RouterSettings
  /// `timeouts.ping`: after this a probe is lost.
  public var probeTimeout: Milliseconds
  /// `timeouts.ping_total`; accepted and unused since probes never wait for each other.
  public var probeTotalTimeout: Milliseconds
  /// `state.file`
  public var stateFile: String
  /// `state.transition_log`
  public var transitionLog: String
  public var lockFile: String
  /// `lock_timeout`, seconds; accepted and unused since the lock is a `flock`.
  public var lockTimeoutSeconds: Int
  public var mainLog: String
  public var debugLog: String
  /// `mode.enable_yellow_state`; accepted and unused, as in the original.
  public var enablesYellowState: Bool
  /// `logging.log_cake_stats`; accepted and unused, as in the original.
  public var logsCAKEStatistics: Bool
  public var health: LoopSettings.Listener
  /// `metrics.enabled`
  public var hasMetrics: Bool
  public var storage: LoopSettings.Storage
  /// nil = nobody is told of anything.
  public var alerts: AlertSettings?

  public init(
    schemaVersion: String = "1.0", name: Identifier, control: SteeringControlSettings,
    primaryConfig: String, primarySources: Sources, targetSources: [Sources], rules: [Rule],
    flushedPorts: [UInt16] = [], router: RouterSettings,
    probeTimeout: Milliseconds = Milliseconds(2000),
    probeTotalTimeout: Milliseconds = Milliseconds(10_000), stateFile: String,
    transitionLog: String? = nil, lockFile: String, lockTimeoutSeconds: Int, mainLog: String,
    debugLog: String, enablesYellowState: Bool = true,
    logsCAKEStatistics: Bool = true,
    health: LoopSettings.Listener = LoopSettings.Listener(
      isEnabled: true, host: "127.0.0.1", port: 9102),
    hasMetrics: Bool = false, storage: LoopSettings.Storage = LoopSettings.Storage(),
    alerts: AlertSettings? = nil
  ) {
    self.schemaVersion = schemaVersion
    self.name = name
    self.control = control
    self.primaryConfig = primaryConfig
    self.primarySources = primarySources
    self.targetSources = targetSources
    self.rules = rules
    self.flushedPorts = flushedPorts
    self.router = router
    self.probeTimeout = probeTimeout
    self.probeTotalTimeout = probeTotalTimeout
    self.stateFile = stateFile
    self.transitionLog = transitionLog ?? Self.transitionLog(besideState: stateFile)
    self.lockFile = lockFile
    self.lockTimeoutSeconds = lockTimeoutSeconds
    self.mainLog = mainLog
    self.debugLog = debugLog
    self.enablesYellowState = enablesYellowState
    self.logsCAKEStatistics = logsCAKEStatistics
    self.health = health
    self.hasMetrics = hasMetrics
    self.storage = storage
    self.alerts = alerts
  }

  /// `steering_state.json` has `steering_transitions.jsonl` beside it; any other name gets the ending
  /// in place of its own.
  public static func transitionLog(besideState stateFile: String) -> String {
    let nameStart =
      stateFile.lastIndex(of: "/").map(stateFile.index(after:)) ?? stateFile.startIndex
    let name = stateFile[nameStart...]
    let afterDots = name.firstIndex { $0 != "." } ?? name.endIndex
    let stemEnd = name[afterDots...].lastIndex(of: ".") ?? name.endIndex
    var stem = stateFile[..<stemEnd]
    if stem[nameStart...].hasSuffix("_state"), stem[nameStart...].utf8.count > "_state".utf8.count {
      stem = stem.dropLast("_state".count)
    }
    return "\(stem)_transitions.jsonl"
  }
}
