import LineModel
import Model

/// How often which delay was seen: classes of 0.1 ms up to five seconds.
struct SimulationDelays: Sendable {
  private static let classesPerMillisecond = 10.0
  private static let classes = 50_000

  private var counts = [UInt32](repeating: 0, count: classes + 1)
  private var total = 0
  private(set) var peak = 0.0

  mutating func add(_ delay: Double) {
    peak = max(peak, delay)
    let place = min(max(delay * Self.classesPerMillisecond, 0), Double(Self.classes))
    counts[Int(place)] += 1
    total += 1
  }

  /// The delay that a share of the samples does not exceed; nil when there is none.
  func delay(quantile: Double) -> Milliseconds? {
    guard total > 0 else { return nil }
    let wanted = max((quantile * Double(total)).rounded(.up), 1)
    var seen = 0.0
    for (place, count) in counts.enumerated() where count > 0 {
      seen += Double(count)
      if seen >= wanted { return Milliseconds(Double(place) / Self.classesPerMillisecond) }
    }
    return Milliseconds(peak)
  }
}

/// Counts what a simulation does, in fixed memory.
struct SimulationTally: Sendable {
  struct Link: Sendable {
    var loadedTime = 0.0
    var carried = 0.0
    var available = 0.0
    var lastCarried = 0.0
    var rateChanges = 0
    var rate: BitsPerSecond?
    var lowest: BitsPerSecond?
    var zones = [0, 0, 0, 0]
  }

  private(set) var links = PerDirection(download: Link(), upload: Link())
  private(set) var cycles = 0
  private(set) var fallbackCycles = 0
  private(set) var heldCycles = 0
  private(set) var lostProbes = 0
  private(set) var probes = 0
  private(set) var delays = SimulationDelays()
  private(set) var unmanagedDelays = SimulationDelays()
  private var lastSample = 0.0

  mutating func note(_ cycle: Cycle) {
    cycles += 1
    switch cycle.basis {
    case .round: break
    case .fallback: fallbackCycles += 1
    case .frozen, .lost: heldCycles += 1
    }
    for direction in Direction.allCases {
      let part = cycle.decision.directions[direction]
      links[direction].zones[Int(part.zone.rawValue)] += 1
      if let rate = links[direction].rate, rate != part.rate { links[direction].rateChanges += 1 }
      links[direction].rate = part.rate
      links[direction].lowest = min(links[direction].lowest ?? part.rate, part.rate)
    }
  }

  mutating func noteProbe(isLost: Bool) {
    probes += 1
    if isLost { lostProbes += 1 }
  }

  /// Samples the line: the time since the last sample counts as what it is now. A direction is
  /// loaded while its users would send more than it carries.
  ///
  /// - Parameter unmanaged: the same line with its limits left alone.
  mutating func sample(_ line: borrowing Line, unmanaged: borrowing Line) {
    let span = line.now.rawValue - lastSample
    lastSample = line.now.rawValue
    var isLoaded = false
    for direction in Direction.allCases {
      let truth = line.truth(direction)
      let carried = Double(truth.carriedBytes)
      defer { links[direction].lastCarried = carried }
      guard truth.capacity > .zero, truth.load >= truth.capacity else { continue }
      isLoaded = true
      links[direction].loadedTime += span
      links[direction].carried += carried - links[direction].lastCarried
      links[direction].available += Double(truth.capacity.rawValue) / 8000 * span
    }
    guard isLoaded else { return }
    delays.add(line.addedDelay.rawValue)
    unmanagedDelays.add(unmanaged.addedDelay.rawValue)
  }
}
