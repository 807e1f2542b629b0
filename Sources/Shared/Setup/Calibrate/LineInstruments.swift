import HTTPClient
import Measure
public import Model
import Platform
public import Router
import Synchronization

/// The real line, and the router in front of it.
public struct LineInstruments: CalibrationInstruments {
  public struct Settings: Sendable {
    public var peer: LoadPeer
    /// Who answers the probes.
    public var pingHost: String
    /// How long the line is loaded for one measurement, in seconds.
    public var seconds: Int
    public var queues: PerDirection<Identifier>

    public init(
      peer: LoadPeer, pingHost: String, seconds: Int, queues: PerDirection<Identifier>
    ) {
      self.peer = peer
      self.pingHost = pingHost
      self.seconds = seconds
      self.queues = queues
    }
  }

  /// Between two probes.
  private static let interval = Milliseconds(200)
  private static let idleProbes = 10
  /// Until a load is there, and until a limit has taken effect.
  private static let settling = Milliseconds(1000)

  private let settings: Settings
  private let setter: LimitSetter
  private let address: IPAddress
  private let isStopped: @Sendable () -> Bool
  private let hear: (Calibration.Step) -> Void

  /// - Parameters:
  ///   - isStopped: whether it is wished to end.
  ///   - hear: is told each step.
  public init(
    _ settings: Settings, setter: LimitSetter, isStopped: @escaping @Sendable () -> Bool,
    hear: @escaping (Calibration.Step) -> Void
  ) throws(CalibrationFailure) {
    self.settings = settings
    self.setter = setter
    self.isStopped = isStopped
    self.hear = hear
    do throws(ResolverError) {
      address = try Resolver.addresses(of: settings.pingHost)[0]
    } catch {
      throw .system("\(error)")
    }
  }

  public mutating func tell(_ step: Calibration.Step) { hear(step) }

  public mutating func idleLatencies() throws(CalibrationFailure) -> [Milliseconds] {
    let latencies = try probe(Self.idleProbes)
    if latencies.isEmpty { throw .noAnswers(settings.pingHost) }
    return latencies
  }

  public mutating func setLimit(
    _ limit: BitsPerSecond, _ direction: Direction
  ) throws(CalibrationFailure) {
    let request = LimitRequest(queue: settings.queues[direction], limit: limit)
    var problem: String?
    do throws(LimitSetter.Failure) {
      try setter.set([request]) { problem = $0.failure.map { "\($0)" } }
    } catch {
      switch error {
      case .router(let failure): problem = "\(failure)"
      case .unknownQueues(let queues): problem = "\(queues)"
      }
    }
    if let problem { throw .router(problem) }
    try rest(Self.settling)
  }

  public mutating func load(
    _ direction: Direction
  ) throws(CalibrationFailure) -> LoadSample {
    try rest(Self.settling)
    let outcome = Mutex<Result<BitsPerSecond, CalibrationFailure>?>(nil)
    let (peer, seconds, isStopped) = (settings.peer, settings.seconds, isStopped)
    let box = Box(outcome)
    let thread: Thread
    do throws(SystemError) {
      thread = try Thread(name: "load") {
        let result = Self.carry(peer, direction, seconds: seconds, isStopped)
        box.value.withLock { $0 = result }
      }
    } catch {
      throw .system("\(error)")
    }
    var latencies: [Milliseconds] = []
    var failure: CalibrationFailure?
    let probes = max(5, (seconds * 1000 - 1500) / Int(Self.interval.rawValue))
    do throws(CalibrationFailure) {
      try rest(Self.settling)
      latencies = try probe(probes)
    } catch { failure = error }
    thread.join()
    if let failure { throw failure }
    if isStopped() { throw .interrupted }
    switch box.value.withLock({ $0 }) {
    case .success(let rate):
      return LoadSample(rate: rate, latencies: latencies, probes: probes)
    case .failure(let failure): throw failure
    case nil: throw .system("the load has no result")
    }
  }

  private final class Box: Sendable {
    let value: Mutex<Result<BitsPerSecond, CalibrationFailure>?>
    init(_ value: consuming Mutex<Result<BitsPerSecond, CalibrationFailure>?>) {
      self.value = value
    }
  }

  /// Blocks for as long as the line is loaded. That nothing was carried is no failure: the
  /// measurement is made again.
  private static func carry(
    _ peer: LoadPeer, _ direction: Direction, seconds: Int,
    _ isStopped: @Sendable () -> Bool
  ) -> Result<BitsPerSecond, CalibrationFailure> {
    if case .url(let download, let upload) = peer {
      let url = direction == .download ? download : upload ?? ""
      do throws(HTTPLoad.Failure) {
        return .success(
          try HTTPLoad(url: url, uploads: direction == .upload).run(
            warmUp: settling, duration: Milliseconds(seconds: Double(seconds)),
            now: Clock.monotonic, isCancelled: isStopped))
      } catch {
        return .failure(.peer("\(error)"))
      }
    }
    guard let command = peer.command(direction, seconds: seconds), let name = command.first else {
      return .failure(.peer("\(direction.name) cannot be loaded"))
    }
    do throws(SystemError) {
      let run = try Subprocess.run(
        command, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"],
        limit: Milliseconds(seconds: Double(seconds + 15)), isCancelled: isStopped)
      if let rate = peer.rate(run.output), run.ending == .exited(0) { return .success(rate) }
      return run.ending == .exited(0) || run.ending == .timedOut
        ? .success(.zero) : .failure(.peer(reason(name, run)))
    } catch {
      return .failure(
        .peer(
          error.code == 2
            ? "there is no \(name) on this host; install it, or name another --peer" : "\(error)"))
    }
  }

  private static func reason(_ name: String, _ run: Subprocess) -> String {
    let said =
      LoadPeer.iperfError(run.output)
      ?? run.errors.split(separator: "\n").last.map(String.init)
      ?? run.output.split(separator: "\n").last.map(String.init)
    return "\(name) failed" + (said.map { ": \($0)" } ?? "")
  }

  // MARK: Time

  private func rest(_ time: Milliseconds) throws(CalibrationFailure) {
    let end = Clock.monotonic() + time
    while Clock.monotonic() < end {
      if isStopped() { throw .interrupted }
      Clock.sleep(Milliseconds(50))
    }
  }

  /// The latencies of the probes that are answered within a second.
  private func probe(_ count: Int) throws(CalibrationFailure) -> [Milliseconds] {
    var latencies: [Milliseconds] = []
    do {
      let prober = try ICMPProber(targets: [address], timeout: Milliseconds(1000))
      func take(_ outcome: ProbeOutcome) {
        if let rtt = outcome.rtt { latencies.append(rtt) }
      }
      let began = Clock.monotonic()
      var sent = 0
      while sent < count || prober.nextDeadline != nil {
        if isStopped() { throw CalibrationFailure.interrupted }
        let now = Clock.monotonic()
        let due = began + Milliseconds(Double(sent) * Self.interval.rawValue)
        if sent < count, now >= due {
          prober.send(seq: sent, sentAt: Clock.wall(), now: now) { take($0) }
          sent += 1
        }
        prober.receive(now: now) { outcome, _ in take(outcome) }
        prober.expire(now: now) { take($0) }
        Clock.sleep(Milliseconds(2))
      }
    } catch let error as CalibrationFailure {
      throw error
    } catch {
      throw .system("\(error)")
    }
    return latencies
  }
}
