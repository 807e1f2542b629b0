import History
public import Model

/// What of a configuration history is read by: thresholds and rates. nil = not known.
public struct LineSettings: Sendable, Equatable {
  /// `target_bloat_ms`: up to this above the baseline a line is GREEN.
  public var targetBloat: Milliseconds?
  /// `warn_bloat_ms`: up to this it is YELLOW.
  public var warnBloat: Milliseconds?
  /// `hard_red_bloat_ms`: up to this the download is SOFT_RED.
  public var hardRedBloat: Milliseconds?
  public var ceilings = PerDirection<BitsPerSecond?>(download: nil, upload: nil)
  /// The lowest floors.
  public var floors = PerDirection<BitsPerSecond?>(download: nil, upload: nil)

  public init() {}

  public init(_ control: ControlSettings) {
    targetBloat = Milliseconds(control.targetBloat.value)
    warnBloat = Milliseconds(control.warnBloat.value)
    hardRedBloat = Milliseconds(control.hardRedBloat.value)
    func rate(_ value: Double) -> BitsPerSecond? { Self.rate(megabits: value / 1e6) }
    ceilings = PerDirection(
      download: rate(control.download.ceiling), upload: rate(control.upload.ceiling))
    floors = PerDirection(
      download: rate(control.download.floorRed), upload: rate(control.upload.floorRed))
  }

  /// Those of a configuration snapshot, which has no `hard_red_bloat_ms` and no floors; nil when it
  /// is not one of the loop.
  init?(snapshot: HistorySeries) {
    guard let target = snapshot.number("target_bloat_ms") else { return nil }
    targetBloat = Milliseconds(target)
    warnBloat = snapshot.number("warn_bloat_ms").map { Milliseconds($0) }
    ceilings = PerDirection(
      download: snapshot.number("download_ceiling_mbps").flatMap(Self.rate(megabits:)),
      upload: snapshot.number("upload_ceiling_mbps").flatMap(Self.rate(megabits:)))
  }

  private static func rate(megabits: Double) -> BitsPerSecond? {
    guard megabits.isFinite, megabits > 0, megabits < 1e9 else { return nil }
    return BitsPerSecond(Int64(megabits * 1e6))
  }
}
