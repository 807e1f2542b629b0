public import Model

/// All that the checks look at of one router: what the configurations want, and what the router
/// and this host showed. Nothing in it is a guess: what was not read is nil or a failure.
public struct RouterFacts: Sendable, Equatable {
  /// How the loop reaches the router.
  public var settings: RouterSettings
  /// The configuration that says so.
  public var configFile: String
  /// Whether SSH may be used: as the primary transport, or as the fallback.
  public var usesSSH: Bool
  /// How each login over each transport went.
  public var contacts: [Contact]
  public var tls: TLSFacts
  public var hostKey: HostKeyFacts
  public var wans: [WANFacts]
  public var steering: SteeringFacts?

  /// From the first sample to the last.
  public var interval: Milliseconds
  public var resource: Samples<RouterResourceFacts>
  public var queues: Samples<[TreeQueue]>
  public var interfaces: Samples<[InterfaceCounters]>
  public var queueTypes: Reading<[QueueType]>
  public var filterRules: Reading<[FirewallRule]>
  public var mangleRules: Reading<[FirewallRule]>
  public var users: Reading<[RouterUser]>
  public var groups: Reading<[UserGroup]>
  public var clock: Reading<ClockReading>
  /// `/system/identity`.
  public var identity: String?

  /// An attempt to log in and ask who the router is.
  public struct Contact: Sendable, Equatable {
    public var transport: Transport
    public var user: String
    /// nil = it answered.
    public var failure: RouterFailure?

    public init(_ transport: Transport, user: String, failure: RouterFailure? = nil) {
      self.transport = transport
      self.user = user
      self.failure = failure
    }
  }

  /// Facts of a router that nothing was read of.
  public init(settings: RouterSettings, configFile: String, wans: [WANFacts] = []) {
    self.settings = settings
    self.configFile = configFile
    self.wans = wans
    usesSSH = settings.transport == .ssh
    contacts = []
    tls = .notUsed
    hostKey = .notUsed
    steering = nil
    interval = .zero
    resource = Samples()
    queues = Samples()
    interfaces = Samples()
    queueTypes = .skipped
    filterRules = .skipped
    mangleRules = .skipped
    users = .skipped
    groups = .skipped
    clock = .skipped
  }
}

extension RouterFacts {
  /// The newest row of a queue; nil when the router has none, or none was read.
  func row(_ name: String) -> TreeQueue? { queues.newest?.first { $0.name == name } }

  /// Every configured queue that the router has.
  var configuredQueues: [(wan: WANFacts, direction: Direction, row: TreeQueue)] {
    wans.flatMap { wan in
      Direction.allCases.compactMap { direction in
        row(wan.queues[direction].text).map { (wan, direction, $0) }
      }
    }
  }

  /// The interface at the top of a queue's parents, or `global`; nil when the chain is broken.
  func root(of queue: TreeQueue) -> String? {
    var parent = queue.parent
    // A chain of queues has an end; one that the router tells in a circle has not.
    for _ in 0..<64 {
      guard let above = row(parent) else { return parent.isEmpty ? nil : parent }
      parent = above.parent
    }
    return nil
  }
}
