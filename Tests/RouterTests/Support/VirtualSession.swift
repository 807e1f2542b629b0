import Control
import Model
import Router

/// A session in virtual time, driven from event to event.
class VirtualTime {
  let world: VirtualWorld
  let session: RouterSession
  private let log: Log

  private final class Log { var events: [RouterEvent] = [] }

  var events: [RouterEvent] { log.events }
  var now: MonotonicTime { world.now }
  static let epoch = UnixTime(seconds: 1_800_000_000)

  /// Download and upload of the world that `port` reaches.
  init(
    _ world: VirtualWorld, port: any RouterPort, budgetFile: String?,
    _ change: (inout RouterSettings) -> Void
  ) {
    var settings = RouterSettings(host: "virtual", user: "u")
    change(&settings)
    let log = Log()
    self.world = world
    self.log = log
    session = RouterSession(
      port: port,
      queues: [
        RouterQueue(wan: 0, direction: .download, name: down),
        RouterQueue(wan: 0, direction: .upload, name: up),
      ], settings: settings, budget: SharedBudget(file: budgetFile, settings: settings.writeBudget),
      clock: RouterSession.Clock(
        monotonic: { world.now },
        wall: { Self.epoch + (world.now - MonotonicTime(nanoseconds: 0)) })
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

  var confirmations: [RouterEvent.Confirmation] {
    events.compactMap { if case .writeConfirmed(let event) = $0 { event } else { nil } }
  }
}

/// A session on a virtual router.
final class VirtualSession: VirtualTime {
  let router: VirtualRouter

  init(
    limits: [String: BitsPerSecond] = [down.text: mega(800), up.text: mega(35)],
    budgetFile: String? = nil, _ change: (inout RouterSettings) -> Void = { _ in }
  ) {
    router = VirtualRouter()
    router.limits = limits
    super.init(router.world, port: router, budgetFile: budgetFile, change)
  }
}
