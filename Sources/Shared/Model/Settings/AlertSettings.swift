/// Who is told of trouble, and of which (`alerts` in a configuration). Nothing leaves the host
/// without it.
public struct AlertSettings: Sendable, Equatable {
  /// The form of the message that the receiver understands.
  public enum Format: String, Sendable, CaseIterable {
    /// One JSON object with every field; `docs/alerts.md` describes it.
    case generic
    case discord
    case slack
    case ntfy
  }

  /// What is worth an alert. nil switches a rule off.
  public struct Rules: Sendable, Equatable {
    public var wanDownAfter: Milliseconds?
    public var routerUnreachableAfter: Milliseconds?
    /// How long a direction may be RED.
    public var redAfter: Milliseconds?
    /// How long a rate may lie at its lowest floor.
    public var floorHeldAfter: Milliseconds?
    /// More errors than this within a minute.
    public var errorsPerMinute: Int?
    /// More missed ticks than this within a minute.
    public var missedTicksPerMinute: Int?
    public var storageFailingAfter: Milliseconds?
    /// Steering goes on and off.
    public var tellsSteering: Bool
    /// How long steering may be unable to work: no baseline, no statistics, no rule, no switch.
    public var steeringUnableAfter: Milliseconds?
    /// The lock file of the steering daemon; nobody holding it is an alert of the loop.
    public var steeringLockFile: String?

    public init(
      wanDownAfter: Milliseconds? = Milliseconds(seconds: 10),
      routerUnreachableAfter: Milliseconds? = Milliseconds(seconds: 60),
      redAfter: Milliseconds? = Milliseconds(seconds: 60),
      floorHeldAfter: Milliseconds? = Milliseconds(seconds: 600),
      errorsPerMinute: Int? = 1, missedTicksPerMinute: Int? = 60,
      storageFailingAfter: Milliseconds? = Milliseconds(seconds: 60), tellsSteering: Bool = true,
      steeringUnableAfter: Milliseconds? = Milliseconds(seconds: 60),
      steeringLockFile: String? = nil
    ) {
      self.wanDownAfter = wanDownAfter
      self.routerUnreachableAfter = routerUnreachableAfter
      self.redAfter = redAfter
      self.floorHeldAfter = floorHeldAfter
      self.errorsPerMinute = errorsPerMinute
      self.missedTicksPerMinute = missedTicksPerMinute
      self.storageFailingAfter = storageFailingAfter
      self.tellsSteering = tellsSteering
      self.steeringUnableAfter = steeringUnableAfter
      self.steeringLockFile = steeringLockFile
    }
  }

  /// `http://` or `https://`; whoever knows it can write to the channel.
  public var url: Secret
  public var format: Format
  /// Sent as `Authorization: Bearer`; empty = not.
  public var token: Secret
  /// PEM file of the authorities that the receiver's certificate may be signed by; nil = those of
  /// the system.
  public var caFile: String?
  /// The same alert is told at most once in this time.
  public var cooldown: Milliseconds
  /// Alerts of this time become one message.
  public var grouping: Milliseconds
  /// Whether the end of a trouble is told too.
  public var tellsRecovery: Bool
  public var rules: Rules

  public init(
    url: Secret, format: Format = .generic, token: Secret = Secret(""), caFile: String? = nil,
    cooldown: Milliseconds = Milliseconds(seconds: 300),
    grouping: Milliseconds = Milliseconds(seconds: 5), tellsRecovery: Bool = true,
    rules: Rules = Rules()
  ) {
    self.url = url
    self.format = format
    self.token = token
    self.caFile = caFile
    self.cooldown = cooldown
    self.grouping = grouping
    self.tellsRecovery = tellsRecovery
    self.rules = rules
  }
}
