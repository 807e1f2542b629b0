public import LineModel
public import Model

/// The loop on a modelled line: the engine, the write scheduler and the budget of the real one,
/// in virtual time. The same settings, scenario and seed give the same run to the bit.
///
/// Beside it runs the same line with its limits left at the ceilings, to compare with.
///
/// Nothing here waits: `advance` computes up to a time, and whoever wants to watch in real time
/// calls it in real time.
public struct Simulation: Sendable {
  /// Hears of a cycle, with the line in that moment, and with the line whose limits were left
  /// alone as it was at the last tick.
  public typealias Observer = (_ cycle: Cycle, _ line: borrowing Line, _ unmanaged: borrowing Line)
    -> Void

  /// Everything but the engine, so that the engine can tell it what it decided.
  private struct World: Sendable {
    var line: Line
    var unmanaged: Line
    var router: SimulationRouter
    var tally = SimulationTally()
    var pending: SimulationEvents
    var fallback: FallbackProbes
    /// Virtual time, microseconds.
    var now: Int64 = 0
  }

  /// When the gateway and the TCP targets are probed next, microseconds; `.max` = not now.
  private struct FallbackProbes: Sendable {
    var gateway: Int64
    var tcp = Int64.max
    var seq = 0
  }

  private static let fallbackInterval: Int64 = 1_000_000
  private static let gatewayRTT = Milliseconds(0.4)
  private static let interval = controlInterval.microseconds

  public let settings: LoopSettings
  public let scenario: Scenario
  public let seed: UInt64
  private let statsInterval: Int64
  private var engine: LoopEngine
  private var world: World
  private var nextTick: Int64 = 0
  private var nextStats: Int64
  private var seq = 0

  /// - Parameters:
  ///   - scenario: what happens to the line; it has passed `validate`.
  ///   - writeLatency: the median time that the router takes for a write.
  public init(
    _ settings: LoopSettings, scenario: Scenario, seed: UInt64,
    writeLatency: Milliseconds = Milliseconds(15)
  ) {
    self.settings = settings
    self.scenario = scenario
    self.seed = seed
    // As after the first cycle of a fresh loop: the router has the ceilings.
    let limits = PerDirection(
      download: BitsPerSecond(Int64(settings.control.download.ceiling)),
      upload: BitsPerSecond(Int64(settings.control.upload.ceiling)))
    let probes = settings.probe.reflectors.count + settings.fallback.tcpTargets.count + 1
    let rounds = Int(min(max(settings.probe.timeout.rawValue / 50, 1), 1200)) + 2
    world = World(
      line: Line(scenario, seed: seed, shapers: limits),
      unmanaged: Line(scenario, seed: seed, shapers: limits),
      router: SimulationRouter(
        settings.router, limits: limits, latency: writeLatency, seed: seed ^ 0x5EED),
      pending: SimulationEvents(capacity: probes * rounds),
      fallback: FallbackProbes(
        gateway: settings.fallback.isEnabled && settings.fallback.checksGateway ? 0 : .max))
    engine = LoopEngine(settings, firstSeq: 0)
    let interval = settings.router.statsInterval.microseconds
    statsInterval = interval
    nextStats = interval > 0 ? interval : .max
  }

  /// Virtual time since the beginning.
  public var now: Milliseconds { SimulationClock.milliseconds(world.now) }
  /// Computes everything up to a time.
  ///
  /// - Parameter cycle: called with each cycle and with the line as it is in that moment.
  public mutating func advance(
    to time: Milliseconds, cycle: Observer = { _, _, _ in }
  ) {
    let end = time.microseconds
    while true {
      var next = min(nextTick, nextStats, world.router.nextTime)
      if let time = world.pending.nextTime {
        next = min(next, SimulationClock.microseconds(time))
      }
      if let deadline = engine.nextDeadline {
        next = min(next, max(SimulationClock.microseconds(deadline), world.now))
      }
      guard next <= end else { break }
      Self.move(&world, to: next)
      world.router.run(at: next, line: &world.line)
      while let time = world.pending.nextTime, SimulationClock.microseconds(time) <= next,
        let outcome = world.pending.take()
      {
        Self.take(outcome, &engine, &world, cycle)
      }
      Self.advance(&engine, &world, cycle)
      if next == nextStats { readQueues(cycle) }
      if next == nextTick { tick() }
    }
    Self.move(&world, to: end)
  }

  private static func move(_ world: inout World, to time: Int64) {
    guard time > world.now else { return }
    world.now = time
    world.line.advance(to: SimulationClock.milliseconds(time))
  }

  // MARK: - The loop's side

  private static func take(
    _ outcome: ProbeOutcome, _ engine: inout LoopEngine, _ world: inout World,
    _ observer: Observer
  ) {
    engine.take(outcome) { decided($0, &world, observer) }
  }

  private static func advance(
    _ engine: inout LoopEngine, _ world: inout World,
    _ observer: Observer
  ) {
    engine.advance(to: SimulationClock.unix(world.now)) { decided($0, &world, observer) }
  }

  private static func decided(
    _ cycle: Cycle, _ world: inout World, _ observer: Observer
  ) {
    world.tally.note(cycle)
    if case .round = cycle.basis {
      world.fallback.tcp = .max
    } else if world.fallback.tcp == .max {
      world.fallback.tcp = world.now
    }
    world.router.submit(cycle.decision.directions, at: world.now, line: &world.line)
    observer(cycle, world.line, world.unmanaged)
  }

  private mutating func readQueues(_ observer: Observer) {
    nextStats += statsInterval
    let rates = PerDirection<BitsPerSecond?>(
      download: world.line.reading(.download).rate, upload: world.line.reading(.upload).rate)
    Self.note(rates, &engine, &world, observer)
  }

  private static func note(
    _ rates: PerDirection<BitsPerSecond?>, _ engine: inout LoopEngine, _ world: inout World,
    _ observer: Observer
  ) {
    engine.take(queueRates: rates, at: SimulationClock.unix(world.now)) {
      decided($0, &world, observer)
    }
  }

  // MARK: - The line's side

  private mutating func tick() {
    world.unmanaged.advance(to: world.line.now)
    world.tally.sample(world.line, unmanaged: world.unmanaged)
    let time = SimulationClock.unix(nextTick)
    for target in settings.probe.reflectors.indices {
      let rtt = world.line.probe(reflector: target)
      world.tally.noteProbe(isLost: rtt == nil)
      send(.icmp, target: target, seq: seq, rtt: rtt, at: time)
    }
    seq += 1
    if nextTick >= world.fallback.gateway {
      world.fallback.gateway += Self.fallbackInterval
      send(.gateway, target: 0, seq: world.fallback.seq, rtt: Self.gatewayRTT, at: time)
      world.fallback.seq += 1
    }
    if nextTick >= world.fallback.tcp, settings.fallback.isEnabled, settings.fallback.checksTCP {
      world.fallback.tcp = nextTick + Self.fallbackInterval
      for target in settings.fallback.tcpTargets.indices {
        send(.tcp, target: target, seq: world.fallback.seq, rtt: world.line.handshake(), at: time)
      }
      world.fallback.seq += 1
    }
    nextTick += Self.interval
  }

  /// A probe whose answer would come after the timeout is lost, as for the real prober.
  private mutating func send(
    _ method: ProbeMethod, target: Int, seq: Int, rtt: Milliseconds?, at time: UnixTime
  ) {
    let timeout = settings.probe.timeout
    let result: ProbeOutcome.Result =
      if let rtt, rtt <= timeout {
        .answered(rtt, .kernel)
      } else {
        .lost(.timeout, waited: timeout)
      }
    world.pending.add(
      ProbeOutcome(target: target, method: method, seq: seq, sentAt: time, result: result))
  }
}

extension Simulation {
  /// What has happened until now.
  public var report: SimulationReport {
    SimulationReport(
      scenario: scenario, seed: seed, elapsed: now, control: settings.control,
      tally: world.tally, writes: world.router.writes)
  }
}
