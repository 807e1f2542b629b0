public import History

/// What is known of a metric in one slot.
public struct SlotValue: Sendable, Equatable {
  public var mean: Double
  /// Of the samples, which are averages themselves unless `tier` is raw.
  public var minimum: Double
  public var maximum: Double
  /// For how many seconds of the slot there are samples.
  public var seconds: Double
  public var tier: Granularity

  public init(
    mean: Double, minimum: Double, maximum: Double, seconds: Double, tier: Granularity = .raw
  ) {
    self.mean = mean
    self.minimum = minimum
    self.maximum = maximum
    self.seconds = seconds
    self.tier = tier
  }
}

/// The samples of one series in the slots of an axis.
///
/// Tiers are kept apart, because they may tell of the same time twice or hold a stray row: each slot
/// shows the finest tier that covers it about as well as any.
struct SampleGrid: Sendable {
  fileprivate struct Cell {
    var sum = 0.0
    var weight = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var seconds = 0.0
    var lastTime = Int64.min
  }

  private let axis: SlotAxis
  /// By tier; empty where it has no rows.
  private var tiers: [[Cell]] = Array(repeating: [], count: Granularity.allCases.count)

  init(_ axis: SlotAxis) { self.axis = axis }

  /// Takes a sample. Samples of one second and tier come one after the other.
  mutating func add(_ value: Double, at time: Int64, _ tier: Granularity) {
    let index = tier.index
    if tiers[index].isEmpty { tiers[index] = Array(repeating: Cell(), count: axis.count) }
    let end = time &+ tier.seconds
    for slot in axis.slots(from: time, to: end) {
      let overlap = Double(axis.overlap(slot, from: time, to: end))
      tiers[index][slot].add(value, overlap: overlap, at: time)
    }
  }

  subscript(slot: Int) -> SlotValue? {
    let tier = Granularity.finest { tier in
      tiers[tier.index].isEmpty ? 0 : tiers[tier.index][slot].seconds
    }
    guard let tier else { return nil }
    let cell = tiers[tier.index][slot]
    return SlotValue(
      mean: cell.sum / cell.weight, minimum: cell.minimum, maximum: cell.maximum,
      seconds: min(cell.seconds, Double(axis.slotSeconds)), tier: tier)
  }

  var values: [SlotValue?] { (0..<axis.count).map { self[$0] } }

  var isEmpty: Bool { tiers.allSatisfy(\.isEmpty) }
}

extension SampleGrid.Cell {
  fileprivate mutating func add(_ value: Double, overlap: Double, at time: Int64) {
    sum += value * overlap
    weight += overlap
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    if time != lastTime { seconds += overlap }
    lastTime = time
  }
}

extension Granularity {
  var index: Int {
    switch self {
    case .raw: 0
    case .minute: 1
    case .fiveMinutes: 2
    case .hour: 3
    }
  }

  /// The finest tier that covers at least half as much as the one that covers most; nil when none
  /// covers anything.
  static func finest(_ seconds: (Granularity) -> Double) -> Granularity? {
    let most = allCases.reduce(0) { max($0, seconds($1)) }
    guard most > 0 else { return nil }
    return allCases.first { seconds($0) >= most / 2 }
  }
}
