import Model

/// A kind of internet line, with what has proven itself on such lines.
public enum LinkType: String, Sendable, CaseIterable {
  case cable
  case dsl
  case fibre
  case lte
  case starlink

  /// What the kind is, for a menu.
  public var summary: String {
    switch self {
    case .cable: "cable (DOCSIS): much download, little upload"
    case .dsl: "DSL: a steady rate, a full upload within an instant"
    case .fibre: "fibre: a short, steady RTT"
    case .lte: "LTE, 5G: a capacity that changes by the minute"
    case .starlink: "Starlink: an RTT that jumps with the satellites"
    }
  }
}

/// What the control of a line needs to be told: the numbers of one configuration.
public struct LinkPreset: Sendable, Equatable {
  /// One direction, in Mbit/s.
  public struct Queue: Sendable, Equatable {
    public var ceiling: Double
    public var floorGreen: Double
    public var floorYellow: Double
    public var floorSoftRed: Double
    public var floorRed: Double
    public var stepUp: Double
    public var factorDown: Double
    /// nil = the default of the configuration.
    public var factorDownYellow: Double?
    public var greenRequired: Int?

    public init(
      ceiling: Double, floorGreen: Double, floorYellow: Double, floorSoftRed: Double,
      floorRed: Double, stepUp: Double, factorDown: Double, factorDownYellow: Double? = nil,
      greenRequired: Int? = nil
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

    /// One floor for all zones, as uploads have it.
    static func upload(
      _ ceiling: Double, floor: Double, step: Double, factor: Double, yellow: Double? = nil,
      greenRequired: Int? = nil
    ) -> Queue {
      Queue(
        ceiling: ceiling, floorGreen: floor, floorYellow: floor, floorSoftRed: floor,
        floorRed: floor, stepUp: step, factorDown: factor, factorDownYellow: yellow,
        greenRequired: greenRequired)
    }

    /// The same shape for another ceiling: floors and step in proportion, within what a
    /// configuration allows.
    func scaled(to ceiling: Double) -> Queue {
      let factor = ceiling / self.ceiling
      var queue = self
      queue.ceiling = ceiling
      queue.floorGreen = significant(floorGreen * factor, digits: 3)
      queue.floorYellow = significant(floorYellow * factor, digits: 3)
      queue.floorSoftRed = significant(floorSoftRed * factor, digits: 3)
      queue.floorRed = significant(floorRed * factor, digits: 3)
      queue.stepUp = min(max(significant(stepUp * factor, digits: 2), 0.1), 100)
      return queue
    }
  }

  /// A key of the section `thresholds` and its value, as it is written.
  public struct Extra: Sendable, Equatable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// `baseline_rtt_initial`, ms.
  public var baseline: Double
  public var download: Queue
  public var upload: Queue
  /// The section `thresholds`, in its order.
  public var thresholds: [Extra]
  /// The section `fallback_checks`; empty = none.
  public var fallback: [Extra]

  public init(
    baseline: Double, download: Queue, upload: Queue, thresholds: [Extra], fallback: [Extra] = []
  ) {
    self.baseline = baseline
    self.download = download
    self.upload = upload
    self.thresholds = thresholds
    self.fallback = fallback
  }

  /// The same line with other rates.
  ///
  /// - Parameters: what it reaches on a good day, in Mbit/s.
  public func scaled(download: Double, upload: Double) -> LinkPreset {
    var preset = self
    preset.download = self.download.scaled(to: download)
    preset.upload = self.upload.scaled(to: upload)
    return preset
  }
}

extension LinkPreset {
  /// The numbers of `Examples/<type>.yaml`.
  public init(_ type: LinkType) {
    switch type {
    case .cable: self = .cable
    case .dsl: self = .dsl
    case .fibre: self = .fibre
    case .lte: self = .lte
    case .starlink: self = .starlink
    }
  }

  private static func bloat(
    _ target: String, _ warn: String, _ hardRed: String, load: String, baseline: String = "60"
  ) -> [Extra] {
    [
      Extra("target_bloat_ms", target), Extra("warn_bloat_ms", warn),
      Extra("hard_red_bloat_ms", hardRed), Extra("baseline_time_constant_sec", baseline),
      Extra("load_time_constant_sec", load),
    ]
  }

  private static let cable = LinkPreset(
    baseline: 24,
    download: Queue(
      ceiling: 940, floorGreen: 550, floorYellow: 350, floorSoftRed: 275, floorRed: 200,
      stepUp: 10, factorDown: 0.85),
    upload: .upload(38, floor: 8, step: 1, factor: 0.9),
    thresholds: bloat("15", "45", "80", load: "0.5"))

  private static let dsl = LinkPreset(
    baseline: 31,
    download: Queue(
      ceiling: 95, floorGreen: 60, floorYellow: 50, floorSoftRed: 45, floorRed: 25, stepUp: 2,
      factorDown: 0.9),
    upload: .upload(18, floor: 6, step: 0.5, factor: 0.95),
    thresholds: bloat("3", "10", "20", load: "0.3"))

  private static let fibre = LinkPreset(
    baseline: 8,
    download: Queue(
      ceiling: 950, floorGreen: 800, floorYellow: 700, floorSoftRed: 600, floorRed: 500,
      stepUp: 20, factorDown: 0.9),
    upload: .upload(480, floor: 250, step: 10, factor: 0.92),
    thresholds: bloat("5", "15", "30", load: "0.25"))

  private static let lte = LinkPreset(
    baseline: 80,
    download: Queue(
      ceiling: 120, floorGreen: 20, floorYellow: 12, floorSoftRed: 8, floorRed: 4, stepUp: 1,
      factorDown: 0.8, factorDownYellow: 0.97, greenRequired: 10),
    upload: .upload(40, floor: 2, step: 0.5, factor: 0.85, yellow: 0.97, greenRequired: 10),
    thresholds: bloat("40", "90", "180", load: "1.0", baseline: "120") + [
      Extra("accel_threshold_ms", "40"), Extra("baseline_update_threshold_ms", "10"),
    ],
    fallback: [
      Extra("check_gateway", "false"),
      Extra("tcp_targets", "[[1.1.1.1, 443], [8.8.8.8, 443]]"),
    ])

  private static let starlink = LinkPreset(
    baseline: 35,
    download: Queue(
      ceiling: 200, floorGreen: 60, floorYellow: 40, floorSoftRed: 30, floorRed: 20, stepUp: 3,
      factorDown: 0.85, factorDownYellow: 0.97),
    upload: .upload(20, floor: 4, step: 0.5, factor: 0.88, yellow: 0.97),
    thresholds: bloat("25", "60", "110", load: "0.8", baseline: "30") + [
      Extra("accel_threshold_ms", "40"), Extra("baseline_update_threshold_ms", "8"),
      Extra("baseline_rtt_bounds", "{min: 15, max: 80}"), Extra("baseline_relearn_sec", "120"),
    ],
    fallback: [Extra("max_fallback_cycles", "40")])
}

/// `value` with so many significant digits; what is not positive stays as it is.
func significant(_ value: Double, digits: Int) -> Double {
  guard value > 0, value.isFinite else { return value }
  var scale = 1.0
  var limit = 1.0
  for _ in 0..<digits { limit *= 10 }
  while value * scale < limit / 10, scale < 1e12 { scale *= 10 }
  while value * scale >= limit, scale > 1e-12 { scale /= 10 }
  return (value * scale).rounded() / scale
}
