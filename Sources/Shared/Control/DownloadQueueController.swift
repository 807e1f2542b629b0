import Model

/// Decides zone and rate of the download queue: four zones, each with its own floor.
///
/// In the words of the thresholds, with `delta = load - baseline`: RED above `hard_red_bloat_ms`
/// multiplies the rate by `factor_down`; SOFT_RED above `warn_bloat_ms` holds it; YELLOW above
/// `target_bloat_ms` multiplies it by `factor_down_yellow` in every cycle; GREEN holds it until
/// `green_required` cycles in a row were GREEN, then adds `step_up` in each. A rate below its
/// zone's floor is lifted to it at once.
struct DownloadQueueController: Sendable {
  private(set) var rate: QueueRate
  private(set) var streaks: Streaks
  /// GREEN after every start: the zone is not kept over a restart.
  private(set) var zone = Zone.green

  init(rate: QueueRate, streaks: Streaks = Streaks()) {
    self.rate = rate
    self.streaks = streaks
  }

  /// The smoothed RTT rose steeply: the GREEN streak begins anew. The RED streak of 1 is counted
  /// on when this cycle is RED, and forgotten otherwise: a spike alone never makes a cycle RED.
  mutating func accelerate() { streaks = Streaks(green: 0, softRed: 0, red: 1) }

  /// - Parameter delta: load - baseline, ms, both after this cycle's measurement.
  mutating func step(delta: Double, settings: ControlSettings) -> DirectionDecision {
    let newZone = count(delta: delta, settings: settings)
    adjust(zone: newZone, settings: settings.download)
    var transition: Transition?
    if newZone != zone {
      let threshold =
        switch newZone {
        case .red: settings.hardRedBloat
        case .softRed: settings.warnBloat
        case .yellow, .green: settings.targetBloat
        }
      transition = Transition(
        direction: .download, zone: newZone, delta: Milliseconds(delta), threshold: threshold)
    }
    zone = newZone
    return DirectionDecision(
      zone: newZone, rate: rate.target(settings.download), transition: transition)
  }

  /// Counts the cycle and names its zone. A delta equal to a threshold belongs to the zone below.
  private mutating func count(delta: Double, settings: ControlSettings) -> Zone {
    if delta > settings.hardRedBloat.value {
      streaks = Streaks(green: 0, softRed: 0, red: streaks.red.counted)
      return .red
    }
    if delta > settings.warnBloat.value {
      streaks = Streaks(green: 0, softRed: streaks.softRed.counted, red: 0)
      // Only a negative streak, which a state file may hold, makes this YELLOW.
      return streaks.softRed >= 1 ? .softRed : .yellow
    }
    if delta > settings.targetBloat.value {
      streaks = Streaks()
      return .yellow
    }
    streaks = Streaks(green: streaks.green.counted, softRed: 0, red: 0)
    return .green
  }

  private mutating func adjust(zone: Zone, settings: ControlSettings.Queue) {
    let wanted: Double
    let floor: Double
    if streaks.red >= 1 {
      wanted = rate.reduced(by: settings.factorDown)
      floor = settings.floorRed
    } else if zone == .softRed {
      wanted = rate.bitsPerSecond
      floor = settings.floorSoftRed
    } else if streaks.green >= settings.greenRequired {
      wanted = rate.bitsPerSecond + settings.stepUp
      floor = settings.floorGreen
    } else if zone == .yellow {
      wanted = rate.reduced(by: settings.factorDownYellow)
      floor = settings.floorYellow
    } else {
      wanted = rate.bitsPerSecond
      floor = settings.floorGreen
    }
    rate.become(wanted, floor: floor, ceiling: settings.ceiling)
  }
}
