import Model

/// How long one direction was in which state, second by second.
///
/// The changes of state say it exactly. Where they are not stored, which is where the original has
/// averaged, the averages of download's state stand in, and of upload nothing is known.
struct StateTimeline {
  private let direction: Direction
  private let axis: SlotAxis
  private let coverage: Coverage
  private let averages: StateGrid
  /// Observed seconds by zone, per slot.
  private(set) var slots: [ZoneSeconds]
  /// How much of them rests on averages.
  private(set) var averagedSeconds = 0.0
  private(set) var episodes = EpisodeCollection()
  /// nil until a change has told.
  private var zone: Zone?
  private var time: Int64
  /// The episode that goes on, or that ended less than a pause ago.
  private var episode: Episode?
  private(set) var firstThreshold: Milliseconds?

  init(
    _ direction: Direction, axis: SlotAxis, coverage: Coverage, averages: StateGrid,
    before zone: Zone?, firstThreshold: Milliseconds?
  ) {
    self.direction = direction
    self.axis = axis
    self.coverage = coverage
    self.averages = averages
    self.zone = zone
    self.firstThreshold = firstThreshold
    slots = Array(repeating: ZoneSeconds(), count: axis.count)
    time = axis.start
  }

  var total: ZoneSeconds { slots.reduce(ZoneSeconds(), +) }

  /// Takes a change; they come in order.
  mutating func change(to zone: Zone, at time: Int64, _ reason: ChangeReason) {
    advance(to: time)
    self.zone = zone
    note(zone, at: time, peak: reason.delta, isChange: true)
  }

  /// A daemon begins anew: nothing is known to be wrong.
  mutating func restart(at time: Int64) {
    advance(to: time)
    let before = zone
    zone = .green
    guard let before, before > .green else { return }
    note(.green, at: coverage.last(before: time) ?? time, peak: nil, isChange: false)
  }

  mutating func finish() {
    advance(to: axis.end)
    close()
  }

  private mutating func advance(to end: Int64) {
    let begin = time
    guard end > begin else { return }
    time = min(end, axis.end)
    for slot in axis.slots(from: begin, to: end) {
      let from = max(begin, axis.time(ofSlot: slot))
      let to = min(end, axis.time(ofSlot: slot) + axis.slotSeconds)
      let seconds = coverage.observed(from: from, to: to)
      guard seconds > 0 else { continue }
      let average = averages[slot]
      // Where changes are stored and none was, the upload is as it is at a start.
      if let zone = zone ?? (direction == .upload ? .green : nil), average?.isUnlabelled != true {
        slots[slot][zone] += seconds
      } else if direction == .download, let average {
        slots[slot] += average.shares * seconds
        averagedSeconds += seconds
        if let zone = average.shares.prevailing {
          note(zone, at: from, peak: nil, isChange: false)
        }
      }
    }
  }

  private mutating func note(_ zone: Zone, at time: Int64, peak: Milliseconds?, isChange: Bool) {
    if zone > .green, let end = episode?.end, time - end >= Episode.pause { close() }
    let begun = zone > .green ? Episode(direction: direction, start: time, worst: zone) : nil
    guard var current = episode ?? begun else { return }
    if zone > .green {
      current.end = nil
      current.worst = max(current.worst, zone)
      if let peak { current.peak = max(current.peak ?? peak, peak) }
    } else if current.end == nil {
      current.end = max(time, current.start)
    } else {
      return
    }
    if isChange { current.changes += 1 }
    episode = current
  }

  private mutating func close() {
    guard let episode else { return }
    episodes.add(episode, now: axis.end, firstThreshold: firstThreshold)
    self.episode = nil
  }

  mutating func describeEpisodes(_ rates: (inout Episode) -> Void) { episodes.describe(rates) }
}
