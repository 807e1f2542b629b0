import History

/// Marks on an axis of time, at round moments of the local clock.
struct TimeTicks {
  struct Tick: Equatable {
    var time: Int64
    var text: String
    /// Midnight between hours: worth more than its neighbours.
    var isDay = false
  }

  private static let day: Int64 = 86_400
  private static let steps: [Int64] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
    + [
      1, 2, 7, 14, 30, 91, 182, 365, 730, 1826, 3652, 7305, 18_262, 36_525, 73_050, 182_625,
      365_250,
    ].map { $0 * day }

  /// At most about `count` marks.
  static func ticks(_ axis: SlotAxis, count: Int, _ zone: ClockZone) -> [Tick] {
    let wanted = Int64(max(count, 1))
    let step = steps.first { axis.length / $0 <= wanted } ?? 1_000_000 * day
    return step < day ? clockTicks(axis, step, zone) : dayTicks(axis, step / day, zone)
  }

  private static func clockTicks(
    _ axis: SlotAxis, _ step: Int64, _ zone: ClockZone
  ) -> [Tick] {
    var ticks: [Tick] = []
    // Clocks are changed by quarters of an hour, and stand at them.
    let stride = min(step, 900)
    var time = axis.start - 900
    time += (stride - ((time % stride) + stride) % stride) % stride
    while time < axis.end {
      defer { time += stride }
      let shown = time + zone.offset(time)
      guard time >= axis.start, ((shown % step) + step) % step == 0 else { continue }
      let local = LocalTime(time, zone)
      let isDay = shown % day == 0
      let text = isDay ? local.weekdayText : step < 60 ? local.fullClock : local.clock
      ticks.append(Tick(time: time, text: text, isDay: isDay))
    }
    return ticks
  }

  private static func dayTicks(_ axis: SlotAxis, _ step: Int64, _ zone: ClockZone) -> [Tick] {
    var ticks: [Tick] = []
    var number = LocalTime.dayNumber(axis.start, zone)
    number += (step - ((number % step) + step) % step) % step
    while true {
      let time = LocalTime.start(ofDay: number, zone)
      guard time < axis.end else { return ticks }
      if time >= axis.start {
        let local = LocalTime(time, zone)
        let text =
          step > 300 ? "\(local.year)" : axis.length > 15 * day ? local.dateText : local.weekdayText
        ticks.append(Tick(time: time, text: text, isDay: true))
      }
      number += step
    }
  }
}
