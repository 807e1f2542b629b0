import Control
import LineModel
import Model

/// A router that takes its time: the write scheduler and the budget of the real one, before a
/// model of its latency instead of a connection.
///
/// One write is under way at a time. It acts after half of its latency and is confirmed at the
/// end of it.
struct SimulationRouter: Sendable {
  struct Writes: Sendable, Equatable {
    var increases = 0
    var decreases = 0
  }

  private struct Flight: Sendable {
    var write: WriteScheduler.Write
    var beganAt: MonotonicTime
    /// Microseconds of virtual time.
    var actsAt: Int64
    var confirmedAt: Int64
    var hasActed = false
  }

  private(set) var writes = PerDirection(download: Writes(), upload: Writes())
  private var scheduler: WriteScheduler
  private var budget: WriteBudget
  private var generator: SeededGenerator
  private let latency: Milliseconds
  private var flight: Flight?
  private var wake = Int64.max
  private var submitted: PerDirection<BitsPerSecond>

  /// - Parameters:
  ///   - limits: what the router has at the beginning.
  ///   - latency: the median time of one write.
  init(
    _ settings: RouterSettings, limits: PerDirection<BitsPerSecond>, latency: Milliseconds,
    seed: UInt64
  ) {
    scheduler = WriteScheduler(wans: [0, 0], increaseInterval: settings.increaseInterval)
    budget = WriteBudget(settings.writeBudget, updated: SimulationClock.unix(0))
    generator = SeededGenerator(seed: seed)
    self.latency = latency
    submitted = limits
    for direction in Direction.allCases {
      scheduler.observe(queue: Int(direction.rawValue), limit: limits[direction])
    }
  }

  /// When something happens by itself; `.max` when nothing does.
  var nextTime: Int64 {
    guard let flight else { return wake }
    return flight.hasActed ? flight.confirmedAt : flight.actsAt
  }

  mutating func submit(
    _ targets: PerDirection<DirectionDecision>, at now: Int64, line: inout Line
  ) {
    var isNew = false
    for direction in Direction.allCases where submitted[direction] != targets[direction].rate {
      submitted[direction] = targets[direction].rate
      scheduler.submit(
        queue: Int(direction.rawValue), target: targets[direction].rate,
        decidedAt: SimulationClock.monotonic(now))
      isNew = true
    }
    if isNew { run(at: now, line: &line) }
  }

  /// Does what is due at `now`.
  mutating func run(at now: Int64, line: inout Line) {
    if var flight = self.flight {
      let direction: Direction = flight.write.queue == 0 ? .download : .upload
      if !flight.hasActed, now >= flight.actsAt {
        line.setShaper(direction, flight.write.target)
        flight.hasActed = true
        self.flight = flight
      }
      guard now >= flight.confirmedAt else { return }
      scheduler.confirm(flight.write, at: flight.beganAt)
      if flight.write.target > flight.write.current {
        writes[direction].increases += 1
      } else {
        writes[direction].decreases += 1
      }
      self.flight = nil
    }
    begin(at: now)
  }

  private mutating func begin(at now: Int64) {
    wake = .max
    let time = SimulationClock.monotonic(now)
    switch scheduler.next(at: time) {
    case .nothing: break
    case .wait(let until): wake = max(until.rawValue / 1000, now + 1)
    case .write(let write):
      if let wait = budget.take(write.urgency, at: SimulationClock.unix(now)) {
        wake = now + max(wait.microseconds, 1)
      } else {
        let took = drawLatency()
        flight = Flight(
          write: write, beganAt: time, actsAt: now + took / 2, confirmedAt: now + took)
      }
    }
  }

  /// Microseconds: 0.4 to 1.6 times the median, and six times as much once in fifty writes.
  private mutating func drawLatency() -> Int64 {
    let scale = 0.4 + 1.2 * generator.unit()
    let isSlow = generator.unit() < 0.02
    return max(Milliseconds(latency.rawValue * scale * (isSlow ? 6 : 1)).microseconds, 2)
  }
}

/// Virtual time is counted in microseconds from zero; the engine sees it as Unix time from a fixed
/// date on, so that a run never depends on when it was made.
enum SimulationClock {
  private static let origin: Int64 = 1_750_000_000_000_000

  static func unix(_ time: Int64) -> UnixTime { UnixTime(microseconds: origin + time) }
  static func monotonic(_ time: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: time * 1000)
  }
  static func microseconds(_ time: UnixTime) -> Int64 { time.rawValue - origin }
  static func milliseconds(_ time: Int64) -> Milliseconds { Milliseconds(Double(time) / 1000) }
}
