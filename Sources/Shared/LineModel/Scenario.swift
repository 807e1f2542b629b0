public import Model

/// What happens to a line over time: a declaration, readable as JSON (wanctl-scenario(5)).
public struct Scenario: Sendable, Equatable {
  /// One direction of the line.
  public struct Link: Sendable, Equatable {
    /// What the provider's link carries.
    public var capacityMbps: Schedule
    /// What the users would send if nothing held them back. More than the capacity is what a
    /// saturating transfer does: it fills whatever shaper and capacity give.
    public var loadMbps: Schedule
    /// The size of the provider's buffer; nil: `bufferTime` at the first capacity.
    public var bufferBytes: Double?
    public var bufferTime: Milliseconds
    /// How much the router's own queue holds of a load that exceeds its limit.
    public var shaperBacklog: Milliseconds
    /// How long senders take to follow a change of the shaper.
    public var senderLag: Milliseconds

    public init(
      capacityMbps: Schedule, loadMbps: Schedule, bufferBytes: Double? = nil,
      bufferTime: Milliseconds = Milliseconds(250),
      shaperBacklog: Milliseconds = Milliseconds(20), senderLag: Milliseconds = .zero
    ) {
      self.capacityMbps = capacityMbps
      self.loadMbps = loadMbps
      self.bufferBytes = bufferBytes
      self.bufferTime = bufferTime
      self.shaperBacklog = shaperBacklog
      self.senderLag = senderLag
    }

    var bufferBits: Double {
      bufferBytes.map { $0 * 8 } ?? bufferTime.rawValue * capacityMbps.initial * 1000
    }
  }

  /// A span of time, its end excluded.
  public struct Window: Sendable, Equatable {
    public var from: Milliseconds
    public var to: Milliseconds

    public init(from: Milliseconds, to: Milliseconds) {
      self.from = from
      self.to = to
    }

    public func contains(_ time: Milliseconds) -> Bool { time >= from && time < to }
  }

  /// Trouble of one reflector, or of ICMP as a whole.
  public struct Fault: Sendable, Equatable {
    /// nil = every reflector, while TCP goes on.
    public var reflector: Int?
    public var window: Window
    /// Probability that a probe is lost; 1 = dead.
    public var loss: Double
    /// Added to every answer.
    public var extra: Milliseconds

    public init(
      reflector: Int?, window: Window, loss: Double = 1, extra: Milliseconds = .zero
    ) {
      self.reflector = reflector
      self.window = window
      self.loss = loss
      self.extra = extra
    }
  }

  public var name: String
  /// One sentence for a list.
  public var summary: String
  public var duration: Milliseconds
  /// The RTT of an idle line; a step is a change of route.
  public var baseRTTms: Schedule
  /// The mean of what is added to each RTT by chance, at most three times this.
  public var jitter: Milliseconds
  /// Probability that a probe is lost on an idle line.
  public var loss: Double
  /// Probability that a probe is lost while a buffer of the provider is full.
  public var fullBufferLoss: Double
  /// How much farther than the base RTT each reflector is; zero beyond the end of the list.
  public var reflectorExtra: [Milliseconds]
  public var download: Link
  public var upload: Link
  /// When nothing passes in either direction.
  public var outages: [Window]
  public var faults: [Fault]

  public init(
    name: String, summary: String = "", duration: Milliseconds, baseRTTms: Schedule,
    jitter: Milliseconds = .zero, loss: Double = 0, fullBufferLoss: Double = 0.02,
    reflectorExtra: [Milliseconds] = [], download: Link, upload: Link, outages: [Window] = [],
    faults: [Fault] = []
  ) {
    self.name = name
    self.summary = summary
    self.duration = duration
    self.baseRTTms = baseRTTms
    self.jitter = jitter
    self.loss = loss
    self.fullBufferLoss = fullBufferLoss
    self.reflectorExtra = reflectorExtra
    self.download = download
    self.upload = upload
    self.outages = outages
    self.faults = faults
  }

  /// 1 within the windows, 0 between them. They are in order and apart (`validate`).
  static func schedule(of windows: [Window]) -> Schedule {
    Schedule(
      0,
      changes: windows.flatMap {
        [Schedule.Change(at: $0.from, to: 1), Schedule.Change(at: $0.to, to: 0)]
      })
  }
}
