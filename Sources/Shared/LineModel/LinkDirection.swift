import Model

/// One direction of the line: offered load, the router's shaper, and the provider's link with its
/// buffer behind it.
///
/// In upload the data pass in this order. In download the router stands behind the link, but a
/// shaper there makes the senders slow down to its rate about one round trip later, so that what
/// reaches the provider's buffer is again what the shaper lets through: the same chain with a lag.
struct LinkDirection: Sendable {
  /// A ramp is followed in steps of this, ms.
  private static let rampStep = 10.0
  /// The grid on which the router averages its `rate`, ms, and how many of its points are kept.
  private static let grid = 100.0
  private static let gridPoints = 10

  private struct PendingRate {
    var time: Double
    var rate: Double
  }

  private var capacitySchedule: ScheduleCursor
  private var loadSchedule: ScheduleCursor
  private var outages: ScheduleCursor
  private let bufferBits: Double
  private let shaperBacklog: Double
  private let lag: Double
  private let isDownload: Bool

  private(set) var shaperQueue = FluidQueue()
  private(set) var linkQueue = FluidQueue()
  /// Bits per millisecond; zero = unlimited.
  private(set) var shaper = 0.0
  private var effectiveShaper = 0.0
  private var pending: [PendingRate] = []
  private(set) var capacity = 0.0
  private(set) var load = 0.0
  private(set) var now = 0.0
  /// Bits served until each of the last points of the grid, oldest at `gridIndex`.
  private var servedAtGrid: [Double]
  private var gridIndex = 0
  private var nextGrid = grid

  init(_ direction: Scenario.Link, outages: [Scenario.Window], isDownload: Bool) {
    capacitySchedule = ScheduleCursor(direction.capacityMbps)
    loadSchedule = ScheduleCursor(direction.loadMbps)
    self.outages = ScheduleCursor(Scenario.schedule(of: outages))
    self.bufferBits = direction.bufferBits
    self.shaperBacklog = direction.shaperBacklog.rawValue
    self.lag = direction.senderLag.rawValue
    self.isDownload = isDownload
    servedAtGrid = Array(repeating: 0, count: Self.gridPoints)
    pending.reserveCapacity(64)
    refresh()
  }

  /// The time that a packet which arrives now waits in the provider's buffer, ms.
  var bloat: Double {
    linkQueue.backlog == 0 ? 0 : capacity > 0 ? linkQueue.backlog / capacity : .infinity
  }

  var isBufferFull: Bool { linkQueue.backlog >= bufferBits * (1 - 1e-9) }

  /// How long one full packet occupies the shaper: what a probe in a flow of its own waits at most.
  var packetTime: Double {
    guard effectiveShaper > 0, load >= effectiveShaper || shaperQueue.backlog > 0 else { return 0 }
    return Self.packetBits / effectiveShaper
  }

  private static let packetBits = 1514.0 * 8

  mutating func setShaper(_ rate: Double) {
    shaper = rate
    if lag == 0 {
      effectiveShaper = rate
    } else {
      pending.append(PendingRate(time: now + lag, rate: rate))
    }
  }

  /// Sets the shaper as it was before the beginning, without the senders' lag.
  mutating func beginWithShaper(_ rate: Double) {
    shaper = rate
    effectiveShaper = rate
  }

  mutating func advance(to time: Double) {
    while now < time {
      moveCursors()
      var end = min(
        time, nextGrid, capacitySchedule.end, loadSchedule.end, outages.end)
      if let next = pending.first { end = min(end, max(next.time, now)) }
      if capacitySchedule.isRamp || loadSchedule.isRamp { end = min(end, now + Self.rampStep) }
      if end > now { integrate(to: end) }
      settle()
    }
  }

  /// Constant rates from `now` to `end`; a ramp counts with its middle, which is its mean.
  private mutating func integrate(to end: Double) {
    let middle = (now + end) / 2
    let capacity = capacity(at: middle)
    let load = load(at: middle)
    while now < end {
      let service = effectiveShaper
      let split = now + shaperQueue.untilEmpty(inflow: load, service: service)
      let next = split > now && split < end ? split : end
      let span = next - now
      let passed =
        if effectiveShaper > 0 {
          shaperQueue.advance(
            by: span, inflow: load, service: service, limit: shaperBacklog * service)
        } else {
          // Unlimited: what waited leaves at once.
          shaperQueue.advance(
            by: span, inflow: load, service: load + shaperQueue.backlog / span, limit: 0)
        }
      linkQueue.advance(by: span, inflow: passed / span, service: capacity, limit: bufferBits)
      now = next
    }
  }

  /// Does what is due at `now`.
  private mutating func settle() {
    while let next = pending.first, next.time <= now {
      effectiveShaper = next.rate
      pending.removeFirst()
    }
    if now >= nextGrid {
      servedAtGrid[gridIndex] = carried
      gridIndex = (gridIndex + 1) % Self.gridPoints
      nextGrid += Self.grid
    }
    refresh()
  }

  private mutating func refresh() {
    moveCursors()
    capacity = capacity(at: now)
    load = load(at: now)
  }

  private mutating func moveCursors() {
    capacitySchedule.move(to: now)
    loadSchedule.move(to: now)
    outages.move(to: now)
  }

  private func capacity(at time: Double) -> Double {
    outages.value(at: time) > 0 ? 0 : capacitySchedule.value(at: time) * 1000
  }

  /// Senders that hear nothing send nothing.
  private func load(at time: Double) -> Double {
    outages.value(at: time) > 0 ? 0 : loadSchedule.value(at: time) * 1000
  }

  var isOutage: Bool { outages.value(at: now) > 0 }

  /// Bits that passed the router's queue.
  private var carried: Double { isDownload ? linkQueue.served : shaperQueue.served }

  /// What the router tells of its queue now.
  var reading: ShaperReading {
    // The oldest point of the grid lies between 0.9 and 1 s back.
    let span = min(now, Double(Self.gridPoints) * Self.grid - (nextGrid - now))
    let since = now < Double(Self.gridPoints) * Self.grid ? 0 : servedAtGrid[gridIndex]
    let rate = span > 0 ? (carried - since) / span * 1000 : 0
    // While the provider's buffer holds a queue, data reach the router more slowly than its
    // download shaper lets them through: nothing waits there.
    let queued = isDownload && linkQueue.backlog > 0 ? 0 : shaperQueue.backlog
    return ShaperReading(
      maxLimit: BitsPerSecond(whole(shaper * 1000)), rate: BitsPerSecond(whole(rate)),
      bytes: whole(carried / 8), queuedBytes: whole(queued / 8))
  }
}

/// The nearest whole number within what `Int64` holds.
func whole(_ value: Double) -> Int64 {
  value.isFinite ? Int64(min(max(value.rounded(), -9e18), 9e18)) : 0
}
