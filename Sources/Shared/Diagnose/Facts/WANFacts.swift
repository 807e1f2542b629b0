public import Model

/// What one configuration wants of the router, and what the loop has kept of it.
public struct WANFacts: Sendable, Equatable {
  /// The lowest and the highest rate that the loop sets, in bit/s.
  public struct Range: Sendable, Equatable {
    public var floor: Double
    public var ceiling: Double

    public init(floor: Double, ceiling: Double) {
      self.floor = floor
      self.ceiling = ceiling
    }
  }

  /// What the state file held at the first and at the last sample; nil where there is none that
  /// can be used.
  public struct Stored: Sendable, Equatable {
    public var first: LoopState?
    public var last: LoopState?

    public init(first: LoopState? = nil, last: LoopState? = nil) {
      self.first = first
      self.last = last
    }
  }

  public var configFile: String
  public var wan: Identifier
  /// The user of the loop on the router.
  public var user: String
  public var queues: PerDirection<Identifier>
  public var ranges: PerDirection<Range>
  public var stateFile: String
  public var stored: Stored
  public var lockFile: String
  /// The live process that the lock file names.
  public var runningProcess: Int32?

  public init(settings: LoopSettings, configFile: String) {
    self.configFile = configFile
    wan = settings.wan
    user = settings.router.user
    queues = settings.queues
    ranges = PerDirection(
      download: Range(settings.control.download), upload: Range(settings.control.upload))
    stateFile = settings.stateFile
    lockFile = settings.lockFile
    stored = Stored()
  }
}

extension WANFacts.Range {
  fileprivate init(_ queue: ControlSettings.Queue) {
    self.init(
      floor: min(queue.floorRed, queue.floorSoftRed, queue.floorYellow, queue.floorGreen),
      ceiling: queue.ceiling)
  }

  /// Whether the loop may set this rate. Rates of the router are whole: up to 1 bit/s is rounding.
  func contains(_ rate: Double) -> Bool { rate >= floor - 1 && rate <= ceiling + 1 }

  /// `15M to 95M`.
  var text: String { "\(rateText(floor)) to \(rateText(ceiling))" }
}

/// A rate of the state file or a configuration as RouterOS writes it; what is no rate as it is.
func rateText(_ bitsPerSecond: Double) -> String {
  guard let whole = Int64(exactly: bitsPerSecond.rounded()), whole >= 0 else {
    return shortest(bitsPerSecond)
  }
  return "\(BitsPerSecond(whole))"
}
