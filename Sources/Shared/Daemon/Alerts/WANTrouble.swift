import Alerts
import Model
import Platform
import Router

/// What is wrong with one WAN at the moment, kept from what the bookkeeper is told.
struct WANTrouble {
  private let settings: LoopSettings
  private let rules: AlertSettings.Rules
  private var loss: String?
  private var zones = PerDirection(download: Zone.green, upload: Zone.green)
  private var rates = PerDirection<BitsPerSecond?>(download: nil, upload: nil)
  private var delta = Milliseconds.zero
  private var routerFailure: String?
  private var lastError = ""
  private var errors: EventRate
  private var missedTicks: EventRate

  /// - Parameter settings: with alerts.
  init(_ settings: LoopSettings, rules: AlertSettings.Rules) {
    self.settings = settings
    self.rules = rules
    errors = EventRate(limit: rules.errorsPerMinute ?? 0)
    missedTicks = EventRate(limit: rules.missedTicksPerMinute ?? 0)
  }

  // MARK: - What happened

  mutating func take(_ cycle: Cycle, at now: MonotonicTime) {
    if case .lost(let reason) = cycle.basis {
      if loss == nil { noteError("\(reason)", at: now) }
      loss = "\(reason)"
    } else {
      loss = nil
    }
    delta = cycle.decision.delta
    for direction in Direction.allCases {
      zones[direction] = cycle.decision.directions[direction].zone
      rates[direction] = cycle.decision.directions[direction].rate
    }
  }

  /// - Parameter wan: the WAN's index among those of the router.
  mutating func take(_ event: RouterEvent, wan: Int, at now: MonotonicTime) {
    switch event {
    case .contactGained: routerFailure = nil
    case .contactLost(let failure, _):
      routerFailure = "\(failure)"
      noteError("\(failure)", at: now)
    case .stillUnreachable(let failure, _): routerFailure = "\(failure)"
    case .writeFailed(let write) where write.queue.wan == wan:
      noteError("\(write.failure)", at: now)
    case .readFailed(let failure): noteError("\(failure)", at: now)
    case .queueMissing(let queue) where queue.wan == wan:
      noteError("the router has no queue \(queue.name)", at: now)
    default: break
    }
  }

  mutating func noteMissedTicks(_ count: Int, at now: MonotonicTime) {
    missedTicks.note(count, at: now)
  }

  mutating func noteError(_ text: String, at now: MonotonicTime) {
    lastError = text
    errors.note(at: now)
  }

  // MARK: - What is told of it

  /// - Parameters:
  ///   - storage: why history or state cannot be stored; nil = they are.
  ///   - isSteeringGone: nil = nobody looks.
  func tell(
    _ desk: AlertDesk, subject: Int, storage: String?, isSteeringGone: Bool?,
    at now: MonotonicTime, wall: UnixTime
  ) {
    func observe(
      _ condition: AlertCondition, _ holds: Bool, after waiting: Milliseconds?,
      name: String? = nil, _ detail: () -> String
    ) {
      desk.observe(
        condition, subject: subject, name: name ?? settings.wan.text, holds: holds, after: waiting,
        at: now, wall: wall, detail: detail)
    }
    observe(.wanDown, loss != nil, after: rules.wanDownAfter) {
      loss.map { "\($0); rates are held" } ?? ""
    }
    observe(.routerUnreachable, routerFailure != nil, after: rules.routerUnreachableAfter) {
      routerFailure ?? ""
    }
    for direction in Direction.allCases {
      let name = "\(settings.wan) \(direction.name)"
      observe(.red, zones[direction] == .red, after: rules.redAfter, name: name) {
        "the delay is \(fixed(delta.rawValue, digits: 1)) ms above the baseline, the rate \(rateText(direction))"
      }
      observe(.floorHeld, isAtFloor(direction), after: rules.floorHeldAfter, name: name) {
        "the rate is \(rateText(direction)); if the line is slower than that, lower its floors"
      }
    }
    observe(.errors, errors.isExceeded(at: now), after: rules.errorsPerMinute.map { _ in .zero }) {
      "the last one: \(lastError)"
    }
    observe(
      .loopLate, missedTicks.isExceeded(at: now),
      after: rules.missedTicksPerMinute.map { _ in .zero }
    ) {
      "more than \(rules.missedTicksPerMinute ?? 0) ticks a minute are missed: this host is overloaded"
    }
    observe(.storageFailing, storage != nil, after: rules.storageFailingAfter) { storage ?? "" }
    if let isSteeringGone {
      observe(.steeringGone, isSteeringGone, after: Milliseconds(seconds: 30), name: "steering") {
        "no process holds \(rules.steeringLockFile ?? "")"
      }
    }
  }

  /// Whether the rate lies at the lowest floor, where a floor is below the ceiling at all.
  private func isAtFloor(_ direction: Direction) -> Bool {
    let queue = direction == .download ? settings.control.download : settings.control.upload
    guard let rate = rates[direction], queue.floorRed < queue.ceiling else { return false }
    return Double(rate.rawValue) <= queue.floorRed
  }

  private func rateText(_ direction: Direction) -> String {
    rates[direction].map { "\($0)" } ?? "unknown"
  }
}
