import History
public import Model

/// Seconds by zone: GREEN, YELLOW, SOFT_RED, RED.
public typealias ZoneSeconds = SIMD4<Double>

extension ZoneSeconds {
  subscript(zone: Zone) -> Double {
    get { self[Int(zone.rawValue)] }
    set { self[Int(zone.rawValue)] = newValue }
  }

  /// The zone that most of the time was; of equal ones the worst. nil without any.
  public var prevailing: Zone? {
    guard sum() > 0 else { return nil }
    return Zone.allCases.reversed().max { self[$0] < self[$1] }
  }
}

/// The stored states of download in the slots of an axis.
///
/// An average of states is the most frequent one, so that short ones are missing from it. Rows that
/// the original has averaged carry no label: it removes the changes of state as it does so, and the
/// averages are then all that is known.
struct StateGrid: Sendable {
  private struct Cell {
    var rows = ZoneSeconds()
    var seconds = 0.0
    var lastTime = Int64.min
    var isUnlabelled = false
  }

  private let axis: SlotAxis
  private var tiers: [[Cell]] = Array(repeating: [], count: Granularity.allCases.count)

  init(_ axis: SlotAxis) { self.axis = axis }

  mutating func add(_ zone: Zone, at time: Int64, _ tier: Granularity, isLabelled: Bool) {
    let index = tier.index
    if tiers[index].isEmpty { tiers[index] = Array(repeating: Cell(), count: axis.count) }
    let end = time &+ tier.seconds
    for slot in axis.slots(from: time, to: end) {
      let overlap = Double(axis.overlap(slot, from: time, to: end))
      tiers[index][slot].rows[zone] += overlap
      if time != tiers[index][slot].lastTime { tiers[index][slot].seconds += overlap }
      tiers[index][slot].lastTime = time
      if !isLabelled, tier != .raw { tiers[index][slot].isUnlabelled = true }
    }
  }

  /// The share of each zone in a slot, and whether the averages are all there is; nil without rows.
  subscript(slot: Int) -> (shares: ZoneSeconds, isUnlabelled: Bool)? {
    let tier = Granularity.finest { tier in
      tiers[tier.index].isEmpty ? 0 : tiers[tier.index][slot].seconds
    }
    guard let tier else { return nil }
    let cell = tiers[tier.index][slot]
    return (cell.rows / cell.rows.sum(), cell.isUnlabelled)
  }
}
