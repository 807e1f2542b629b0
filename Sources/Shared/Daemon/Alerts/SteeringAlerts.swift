import Alerts
import Logging
import Model
import Platform
import Router

/// The alerts of steering: takes what its bookkeeper is told, and tells what lasts.
struct SteeringAlerts {
  private let desk: AlertDesk
  private let settings: SteeringSettings
  private let rules: AlertSettings.Rules
  private var isSteered = false
  private var reason = ""
  private var cycleTrouble: String?
  private var ruleTrouble: String?
  private var switchTrouble: String?
  private var routerFailure: String?
  private var lastError = ""
  private var errors: EventRate

  /// - Returns: nil where the configuration wants no alerts.
  init?(_ settings: SteeringSettings, log: Logger) throws(SystemError) {
    guard let alerts = settings.alerts, let desk = try AlertDesk([alerts], log: log) else {
      return nil
    }
    self.desk = desk
    self.settings = settings
    rules = alerts.rules
    errors = EventRate(limit: alerts.rules.errorsPerMinute ?? 0)
  }

  // MARK: - What happened

  mutating func take(_ event: SteeringEvent) {
    let now = Clock.monotonic()
    switch event {
    case .cycle(let decision, let facts):
      note(decision)
      cycleTrouble = trouble(of: decision, facts)
    case .decision(let decision), .adopted(_, _, let decision): note(decision)
    case .ended(let decision, let end):
      note(decision)
      switchTrouble = end.failure.map { "the rule could not be switched: \($0)" }
      if let switchTrouble { noteError(switchTrouble, at: now) }
    case .rules(let statuses): ruleTrouble = trouble(of: statuses)
    case .router(.router(let event)): take(event, at: now)
    default: break
    }
  }

  private mutating func take(_ event: RouterEvent, at now: MonotonicTime) {
    switch event {
    case .contactGained: routerFailure = nil
    case .contactLost(let failure, _):
      routerFailure = "\(failure)"
      noteError("\(failure)", at: now)
    case .stillUnreachable(let failure, _): routerFailure = "\(failure)"
    case .readFailed(let failure): noteError("\(failure)", at: now)
    default: break
    }
  }

  private mutating func note(_ decision: SteeringDecision) {
    isSteered = decision.isDegraded
    if let action = decision.action { reason = "because of \(action.reason.rawValue)" }
  }

  private mutating func noteError(_ text: String, at now: MonotonicTime) {
    lastError = text
    errors.note(at: now)
  }

  private func trouble(of decision: SteeringDecision, _ facts: SteeringCycleFacts) -> String? {
    switch decision.failure {
    case .noBaseline:
      "no baseline: \(settings.primarySources.stateFile ?? "the state file of the loop") gives none"
    case .noRTT: "nothing has answered a probe yet"
    case nil, .dead:
      facts.isBaselineStale
        ? "the loop of \(settings.control.primary) has told no baseline for long: does it run?"
        : facts.readFailures >= 3
          ? "the queue of \(settings.control.primary) could not be read \(facts.readFailures) times"
          : nil
    }
  }

  private func trouble(of statuses: [RuleStatus]) -> String? {
    for (rule, status) in zip(settings.rules, statuses) {
      switch status {
      case .missing: return "the router has no mangle rule with the comment \"\(rule.comment)\""
      case .ambiguous(let count):
        return "\(count) mangle rules have the comment \"\(rule.comment)\": none is switched"
      case .enabled, .disabled: break
      }
    }
    return nil
  }

  // MARK: - What is told of it

  /// - Parameter storage: why history or state cannot be stored; nil = they are.
  mutating func tell(storage: String?) {
    let now = Clock.monotonic()
    let wall = Clock.wall()
    func observe(
      _ condition: AlertCondition, _ holds: Bool, after waiting: Milliseconds?,
      _ detail: () -> String
    ) {
      desk.observe(
        condition, subject: 0, name: settings.control.primary, holds: holds, after: waiting,
        at: now, wall: wall, detail: detail)
    }
    observe(.steered, isSteered, after: rules.tellsSteering ? .zero : nil) {
      isSteered ? "latency-sensitive connections leave over another WAN \(reason)" : ""
    }
    let unable = cycleTrouble ?? ruleTrouble ?? switchTrouble
    observe(.steeringUnable, unable != nil, after: rules.steeringUnableAfter) { unable ?? "" }
    observe(.routerUnreachable, routerFailure != nil, after: rules.routerUnreachableAfter) {
      routerFailure ?? ""
    }
    observe(.errors, errors.isExceeded(at: now), after: rules.errorsPerMinute.map { _ in .zero }) {
      "the last one: \(lastError)"
    }
    observe(.storageFailing, storage != nil, after: rules.storageFailingAfter) { storage ?? "" }
    desk.sendDue(at: now)
  }

  func stop() { desk.stop() }
}
