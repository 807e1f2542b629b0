import Model

@testable import Router

/// A probe that ends when it is told to, in virtual time.
final class PlannedProbe: PrimaryProbe {
  var isGood = false
  var takes = Milliseconds(100)
  private let world: VirtualWorld
  private(set) var begun: [MonotonicTime] = []
  private var endsAt: MonotonicTime?

  init(_ world: VirtualWorld) { self.world = world }

  func begin() {
    begun.append(world.now)
    endsAt = world.now + takes
  }

  func take() -> Bool? {
    guard let endsAt, world.now >= endsAt else { return nil }
    self.endsAt = nil
    return isGood
  }

  func abandon() { endsAt = nil }
  var interrupter: @Sendable () -> Void { {} }
}

/// A session on a virtual router that is reached over REST, or else over SSH.
final class VirtualFailover {
  let world = VirtualWorld()
  let rest: VirtualRouter
  let ssh: VirtualRouter
  let probe: PlannedProbe
  let port: FailoverPort
  let session: RouterSession
  private let log = Log()

  private final class Log { var events: [RouterEvent] = [] }

  var events: [RouterEvent] { log.events }
  var now: MonotonicTime { world.now }

  init(_ change: (inout RouterSettings) -> Void = { _ in }) {
    var settings = RouterSettings(host: "virtual", user: "u")
    change(&settings)
    let world = world
    world.limits = [down.text: mega(800), up.text: mega(35)]
    rest = VirtualRouter(.rest, world: world)
    ssh = VirtualRouter(.ssh, world: world)
    ssh.latency = Milliseconds(40)
    probe = PlannedProbe(world)
    port = FailoverPort(
      primary: rest, fallback: ssh,
      choice: TransportChoice(isFallbackVerified: true),
      probe: probe, now: { world.now })
    let log = log
    session = RouterSession(
      port: port,
      queues: [
        RouterQueue(wan: 0, direction: .download, name: down),
        RouterQueue(wan: 0, direction: .upload, name: up),
      ], settings: settings, budget: SharedBudget(file: nil, settings: settings.writeBudget),
      clock: RouterSession.Clock(
        monotonic: { world.now },
        wall: { VirtualSession.epoch + (world.now - MonotonicTime(nanoseconds: 0)) })
    ) { log.events.append($0) }
  }

  func submit(_ download: BitsPerSecond, _ upload: BitsPerSecond) {
    session.submit(queue: 0, target: download, decidedAt: now)
    session.submit(queue: 1, target: upload, decidedAt: now)
  }

  /// Lets the session work until then.
  func run(until end: MonotonicTime) {
    while now < end {
      switch session.step() {
      case .none: continue
      case .until(let time): world.now = max(now, min(time, end))
      case .untilSubmit: world.now = end
      }
    }
  }

  func run(for time: Milliseconds) { run(until: now + time) }

  /// What was told of contact and ways, in words.
  var story: [String] {
    events.compactMap { event in
      switch event {
      case .failedOver(let transport, let failure, _):
        "\(transport) because of \(failure.failureClass.rawValue)"
      case .returned(let transport, _, _): "\(transport) again"
      case .contactLost(let failure, _): "lost: \(failure.failureClass.rawValue)"
      case .contactGained: "contact"
      default: nil
      }
    }
  }

  var confirmations: [RouterEvent.Confirmation] {
    events.compactMap { if case .writeConfirmed(let event) = $0 { event } else { nil } }
  }
}

/// A failure of one of the ways.
func failure(
  _ failureClass: RouterFailure.Class, over transport: Transport,
  _ outcome: RouterFailure.Outcome = .notDone
) -> RouterFailure {
  RouterFailure(
    failureClass, transport: transport, operation: "test", message: "planted", outcome: outcome)
}
