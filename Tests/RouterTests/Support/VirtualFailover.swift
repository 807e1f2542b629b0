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
final class VirtualFailover: VirtualTime {
  let rest: VirtualRouter
  let ssh: VirtualRouter
  let probe: PlannedProbe
  let port: FailoverPort

  init(_ change: (inout RouterSettings) -> Void = { _ in }) {
    let world = VirtualWorld()
    world.limits = [down.text: mega(800), up.text: mega(35)]
    rest = VirtualRouter(.rest, world: world)
    ssh = VirtualRouter(.ssh, world: world)
    ssh.latency = Milliseconds(40)
    probe = PlannedProbe(world)
    port = FailoverPort(
      primary: rest, fallback: ssh,
      choice: TransportChoice(isFallbackVerified: true),
      probe: probe, now: { world.now })
    super.init(world, port: port, budgetFile: nil, change)
  }

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
}

/// A failure of one of the ways.
func failure(
  _ failureClass: RouterFailure.Class, over transport: Transport,
  _ outcome: RouterFailure.Outcome = .notDone
) -> RouterFailure {
  RouterFailure(
    failureClass, transport: transport, operation: "test", message: "planted", outcome: outcome)
}
