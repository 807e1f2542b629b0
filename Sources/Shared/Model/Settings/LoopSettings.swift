/// The validated configuration of one WAN: what `wanctl-loop` runs by.
public struct LoopSettings: Sendable, Equatable {
  /// How the reflectors are probed.
  public struct Probe: Sendable, Equatable {
    /// `ping_hosts` in configured order: addresses or names.
    public var reflectors: [String]
    /// Use the median of the first three that answer, not the first answer.
    public var usesMedianOfThree: Bool
    /// `timeouts.ping`: after this a probe is lost.
    public var timeout: Milliseconds
    /// Source address of the probes; nil = the kernel's choice.
    public var sourceAddress: String?
    /// Interface that the probes leave by (`SO_BINDTODEVICE`).
    public var interface: String?
    /// Firewall mark of the probes (`SO_MARK`).
    public var mark: UInt32?

    public init(
      reflectors: [String], usesMedianOfThree: Bool = false,
      timeout: Milliseconds = Milliseconds(1000), sourceAddress: String? = nil,
      interface: String? = nil, mark: UInt32? = nil
    ) {
      self.reflectors = reflectors
      self.usesMedianOfThree = usesMedianOfThree
      self.timeout = timeout
      self.sourceAddress = sourceAddress
      self.interface = interface
      self.mark = mark
    }
  }

  /// What happens when no reflector answers.
  public struct Fallback: Sendable, Equatable {
    /// What to do while the line is up but gives no RTT.
    public enum Mode: String, Sendable, CaseIterable {
      /// Go on with the smoothed RTT once, then hold, then fail.
      case gracefulDegradation = "graceful_degradation"
      /// Hold for as long as it takes.
      case freeze
      /// Go on with the smoothed RTT for as long as it takes.
      case useLastRTT = "use_last_rtt"
    }

    /// A host and port whose TCP handshake is timed.
    public struct Target: Sendable, Hashable {
      public var host: String
      public var port: UInt16

      public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
      }
    }

    public var isEnabled: Bool
    public var checksGateway: Bool
    public var checksTCP: Bool
    /// nil = the host's own default gateway.
    public var gateway: String?
    public var tcpTargets: [Target]
    /// nil when the file names no known mode: then every lost cycle fails, as in the original.
    public var mode: Mode?
    /// Cycles of graceful degradation before it fails.
    public var maximumCycles: Int

    public init(
      isEnabled: Bool = true, checksGateway: Bool = true, checksTCP: Bool = true,
      gateway: String? = nil,
      tcpTargets: [Target] = [
        Target(host: "1.1.1.1", port: 443), Target(host: "8.8.8.8", port: 443),
      ],
      mode: Mode? = .gracefulDegradation, maximumCycles: Int = 3
    ) {
      self.isEnabled = isEnabled
      self.checksGateway = checksGateway
      self.checksTCP = checksTCP
      self.gateway = gateway
      self.tcpTargets = tcpTargets
      self.mode = mode
      self.maximumCycles = maximumCycles
    }
  }

  /// What happens to the rates at a clean stop.
  public enum OnExit: String, Sendable, CaseIterable {
    case keep
    case ceiling
  }

  /// An HTTP listener.
  public struct Listener: Sendable, Equatable {
    public var isEnabled: Bool
    public var host: String
    public var port: Int
    public var token: Secret

    public init(isEnabled: Bool, host: String, port: Int, token: Secret = Secret("")) {
      self.isEnabled = isEnabled
      self.host = host
      self.port = port
      self.token = token
    }
  }

  /// The history database. `path` is nil when history is switched off.
  public struct Storage: Sendable, Equatable {
    public var path: String?
    public var retentionDays: Int
    public var commitInterval: Milliseconds

    public init(
      path: String? = "/var/lib/wanctl/metrics.db", retentionDays: Int = 90,
      commitInterval: Milliseconds = Milliseconds(10_000)
    ) {
      self.path = path
      self.retentionDays = retentionDays
      self.commitInterval = commitInterval
    }
  }

  public var wan: Identifier
  public var queues: PerDirection<Identifier>
  public var router: RouterSettings
  public var control: ControlSettings
  public var probe: Probe
  public var fallback: Fallback
  public var onExit: OnExit
  public var lockFile: String
  /// `lock_timeout`, seconds; accepted and unused since the lock is a `flock`.
  public var lockTimeoutSeconds: Int
  public var mainLog: String
  public var debugLog: String
  public var health: Listener
  public var metrics: Listener
  public var storage: Storage
  /// nil = nobody is told of anything.
  public var alerts: AlertSettings?

  public init(
    wan: Identifier, queues: PerDirection<Identifier>, router: RouterSettings,
    control: ControlSettings, probe: Probe, fallback: Fallback = Fallback(),
    onExit: OnExit = .keep, lockFile: String, lockTimeoutSeconds: Int = 300, mainLog: String,
    debugLog: String,
    health: Listener = Listener(isEnabled: true, host: "127.0.0.1", port: 9101),
    metrics: Listener = Listener(isEnabled: false, host: "127.0.0.1", port: 9100),
    storage: Storage = Storage(), alerts: AlertSettings? = nil
  ) {
    self.wan = wan
    self.queues = queues
    self.router = router
    self.control = control
    self.probe = probe
    self.fallback = fallback
    self.onExit = onExit
    self.lockFile = lockFile
    self.lockTimeoutSeconds = lockTimeoutSeconds
    self.mainLog = mainLog
    self.debugLog = debugLog
    self.health = health
    self.metrics = metrics
    self.storage = storage
    self.alerts = alerts
  }

  /// The state file of this configuration.
  public var stateFile: String { Self.stateFile(besideLock: lockFile) }

  /// `<folder of lock_file>/<its name without the last extension>_state.json`, as in the original.
  /// Dots that a name begins with begin no extension.
  public static func stateFile(besideLock lockFile: String) -> String {
    let nameStart = lockFile.lastIndex(of: "/").map(lockFile.index(after:)) ?? lockFile.startIndex
    let name = lockFile[nameStart...]
    let afterDots = name.firstIndex { $0 != "." } ?? name.endIndex
    let stemEnd = name[afterDots...].lastIndex(of: ".") ?? name.endIndex
    return "\(lockFile[..<stemEnd])_state.json"
  }
}
