import Alerts
import Logging
import Model
import Platform
import Service

/// The alerts of the loop: takes what the bookkeeper is told, and tells what lasts.
struct LoopAlerts {
  /// How often it is looked whether steering runs.
  private static let steeringInterval = Milliseconds(seconds: 5)

  private let desk: AlertDesk
  /// nil for a WAN of which nothing is told.
  private var troubles: [WANTrouble?]
  private let settings: [LoopSettings]
  private var lookedForSteering: MonotonicTime?
  private var isSteeringGone: [Bool?]

  /// - Returns: nil where no configuration wants alerts.
  init?(_ settings: [LoopSettings], log: Logger) throws(SystemError) {
    guard let desk = try AlertDesk(settings.map(\.alerts), log: log) else { return nil }
    self.desk = desk
    self.settings = settings
    troubles = settings.map { settings in
      settings.alerts.map { WANTrouble(settings, rules: $0.rules) }
    }
    isSteeringGone = settings.map { _ in nil }
  }

  /// - Parameter places: where each WAN's queues are.
  mutating func take(_ event: LoopEvent, places: [RouterGroup.Place]) {
    let now = Clock.monotonic()
    switch event {
    case .cycle(let wan, let cycle): troubles[wan]?.take(cycle, at: now)
    case .router(let event, let worker):
      for index in troubles.indices where places[index].worker == worker {
        troubles[index]?.take(event, wan: places[index].wan, at: now)
      }
    case .ticksMissed(let count):
      for index in troubles.indices { troubles[index]?.noteMissedTicks(count, at: now) }
    default: break
    }
  }

  /// Tells what is due.
  ///
  /// - Parameter storage: by WAN, why history or state cannot be stored.
  mutating func tell(storage: [String?]) {
    let now = Clock.monotonic()
    let wall = Clock.wall()
    if lookedForSteering.map({ now - $0 >= Self.steeringInterval }) ?? true {
      lookedForSteering = now
      for index in settings.indices {
        isSteeringGone[index] = settings[index].alerts?.rules.steeringLockFile.map {
          InstanceLock.runningProcess(lockFile: $0) == nil
        }
      }
    }
    for index in troubles.indices {
      troubles[index]?.tell(
        desk, subject: index, storage: storage[index], isSteeringGone: isSteeringGone[index],
        at: now, wall: wall)
    }
    desk.sendDue(at: now)
  }

  func stop() { desk.stop() }
}
