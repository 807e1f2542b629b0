/// What the controller of one WAN decides by. Everything is validated: floors are ordered and
/// below the ceiling, thresholds ascend.
public struct ControlSettings: Sendable, Equatable {
  /// One direction's rates in bit/s. They are doubles because `ceiling_mbps: 8.2` is
  /// 8199999.999999999 bit/s in IEEE arithmetic and the original cuts that off.
  public struct Queue: Sendable, Equatable {
    public var ceiling: Double
    public var floorGreen: Double
    public var floorYellow: Double
    public var floorSoftRed: Double
    public var floorRed: Double
    public var stepUp: Double
    /// Multiplier in RED, 0.1...1.
    public var factorDown: Double
    /// Multiplier in YELLOW, 0.8...1.
    public var factorDownYellow: Double
    /// Cycles of GREEN before the rate rises.
    public var greenRequired: Int

    public init(
      ceiling: Double, floorGreen: Double, floorYellow: Double, floorSoftRed: Double,
      floorRed: Double, stepUp: Double, factorDown: Double, factorDownYellow: Double,
      greenRequired: Int
    ) {
      self.ceiling = ceiling
      self.floorGreen = floorGreen
      self.floorYellow = floorYellow
      self.floorSoftRed = floorSoftRed
      self.floorRed = floorRed
      self.stepUp = stepUp
      self.factorDown = factorDown
      self.factorDownYellow = factorDownYellow
      self.greenRequired = greenRequired
    }
  }

  /// Initial baseline and initial smoothed RTT.
  public var baselineInitial: Milliseconds
  /// The inclusive bounds outside which a new baseline is rejected.
  public var baselineBounds: ClosedBounds
  /// `target_bloat_ms`: GREEN up to here.
  public var targetBloat: ConfiguredNumber
  /// `warn_bloat_ms`: above it download is SOFT_RED and upload RED.
  public var warnBloat: ConfiguredNumber
  /// `hard_red_bloat_ms`: above it download is RED.
  public var hardRedBloat: ConfiguredNumber
  /// Weight of a new sample in the baseline, 0...1.
  public var alphaBaseline: Double
  /// Weight of a new sample in the smoothed RTT, 0...1.
  public var alphaLoad: Double
  /// The baseline follows only while `load - baseline` is below this.
  public var baselineUpdateThreshold: Milliseconds
  /// A rise of the smoothed RTT above this in one cycle is reported as acceleration.
  public var accelThreshold: Milliseconds
  /// A baseline frozen for longer than this on an idle line is learned anew; 0 = never.
  public var baselineRelearnAfter: Milliseconds
  public var download: Queue
  public var upload: Queue

  public init(
    baselineInitial: Milliseconds, baselineBounds: ClosedBounds, targetBloat: ConfiguredNumber,
    warnBloat: ConfiguredNumber, hardRedBloat: ConfiguredNumber, alphaBaseline: Double,
    alphaLoad: Double, baselineUpdateThreshold: Milliseconds, accelThreshold: Milliseconds,
    baselineRelearnAfter: Milliseconds, download: Queue, upload: Queue
  ) {
    self.baselineInitial = baselineInitial
    self.baselineBounds = baselineBounds
    self.targetBloat = targetBloat
    self.warnBloat = warnBloat
    self.hardRedBloat = hardRedBloat
    self.alphaBaseline = alphaBaseline
    self.alphaLoad = alphaLoad
    self.baselineUpdateThreshold = baselineUpdateThreshold
    self.accelThreshold = accelThreshold
    self.baselineRelearnAfter = baselineRelearnAfter
    self.download = download
    self.upload = upload
  }
}

/// Inclusive bounds in milliseconds. Unlike a range they may be crossed (`min` above `max`): the
/// original accepts that and then rejects every value.
public struct ClosedBounds: Sendable, Equatable {
  public var min: Double
  public var max: Double

  public init(min: Double, max: Double) {
    self.min = min
    self.max = max
  }

  public func contains(_ value: Double) -> Bool { value >= min && value <= max }
}

/// The interval of the control loop, fixed as in the original: the smoothing weights rest on it.
public let controlInterval = Milliseconds(50)
