import Model

/// Decides zone and rate of the upload queue: three zones and one floor, `floor_red`, in all.
///
/// RED above `warn_bloat_ms` multiplies the rate by `factor_down`; YELLOW above
/// `target_bloat_ms` by `factor_down_yellow`; GREEN holds it until `green_required` cycles in a
/// row were GREEN, then adds `step_up` in each.
struct UploadQueueController: Sendable {
  private(set) var rate: QueueRate
  /// `softRed` is kept as it was restored: upload has no such zone.
  private(set) var streaks: Streaks
  /// GREEN after every start: the zone is not kept over a restart.
  private(set) var zone = Zone.green

  init(rate: QueueRate, streaks: Streaks = Streaks()) {
    self.rate = rate
    self.streaks = streaks
  }

  /// - Parameter delta: load - baseline, ms, both after this cycle's measurement.
  mutating func step(delta: Double, settings: ControlSettings) -> DirectionDecision {
    let newZone = count(delta: delta, settings: settings)
    adjust(zone: newZone, settings: settings.upload)
    var transition: Transition?
    if newZone != zone {
      transition = Transition(
        direction: .upload, zone: newZone, delta: Milliseconds(delta),
        threshold: newZone == .red ? settings.warnBloat : settings.targetBloat)
    }
    zone = newZone
    return DirectionDecision(
      zone: newZone, rate: rate.target(settings.upload), transition: transition)
  }

  /// Counts the cycle and names its zone. A delta equal to a threshold belongs to the zone below.
  private mutating func count(delta: Double, settings: ControlSettings) -> Zone {
    if delta > settings.warnBloat.value {
      streaks.red = streaks.red.counted
      streaks.green = 0
      return .red
    }
    streaks.red = 0
    if delta > settings.targetBloat.value {
      streaks.green = 0
      return .yellow
    }
    streaks.green = streaks.green.counted
    return .green
  }

  private mutating func adjust(zone: Zone, settings: ControlSettings.Queue) {
    let wanted: Double
    if streaks.red >= 1 {
      wanted = rate.reduced(by: settings.factorDown)
    } else if streaks.green >= settings.greenRequired {
      wanted = rate.bitsPerSecond + settings.stepUp
    } else if zone == .yellow {
      wanted = rate.reduced(by: settings.factorDownYellow)
    } else {
      wanted = rate.bitsPerSecond
    }
    rate.become(wanted, floor: settings.floorRed, ceiling: settings.ceiling)
  }
}
