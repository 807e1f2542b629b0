import Control
import Logging
import Model
import Platform
import Router
import Service

/// The lines that steering writes into its log, with the words that the original's users look for.
struct SteeringBook {
  var settings: SteeringSettings
  private let logger: Logger
  private var confidence: ConfidenceBook
  private var isStale = false
  private var isReplayed = false
  private var lacksTarget = false
  private var isDropsWaived = false
  private var wasDead = false
  /// Commands that failed in a row.
  private var failedCommands = 0
  private var rules: [RuleStatus] = []
  private var last: SteeringDecision?

  init(settings: SteeringSettings, logger: Logger) {
    self.settings = settings
    self.logger = logger
    confidence = ConfidenceBook(logger: logger)
  }

  private var control: SteeringControlSettings { settings.control }
  private var primary: String { control.primary.uppercased() }

  private func name(_ isDegraded: Bool) -> String {
    isDegraded ? control.degradedName : control.goodName
  }

  private func target(_ index: Int?) -> String {
    guard let index, control.targets.indices.contains(index) else { return "another WAN" }
    return control.targets[index].name
  }

  /// One line for the service manager.
  var status: String? {
    guard let last else { return nil }
    let to = last.isDegraded ? ", steered to \(target(last.target))" : ""
    let delta = last.delta.map { ", delta \(fixed($0.rawValue, digits: 1)) ms" } ?? ""
    return "\(name(last.isDegraded))\(to)\(delta)"
  }

  // MARK: - Beginning

  func started() {
    logger.info(
      "primary \(control.primary), alternates \(control.targets.map(\.name).joined(separator: ", "))"
    )
    logger.info(
      control.isCAKEAware
        ? "mode: CAKE-aware, by RTT, drops and queue" : "mode: legacy, by RTT alone")
    if let confidence = control.confidence {
      logger.info("[CONFIDENCE] on, dry_run=\(confidence.isDryRun)")
    }
  }

  // MARK: - Cycles

  mutating func take(_ decision: SteeringDecision, _ facts: SteeringCycleFacts) {
    defer { last = decision }
    tellFailure(decision, facts)
    guard decision.failure == nil else { return }
    logger.debug("\(measurement(decision))")
    tellSources(decision, facts)
    tellProgress(decision)
    confidence.take(decision, settings: control)
    if decision.lacksTarget, !lacksTarget {
      logger.info("no_eligible_target: \(primary) is congested, and no alternate is good enough")
    }
    lacksTarget = decision.lacksTarget
  }

  private func measurement(_ decision: SteeringDecision) -> String {
    let state = "[\(name(decision.isDegraded))]"
    guard control.isCAKEAware else {
      return
        "\(state) RTT=\(ms(decision.rtt)), baseline=\(ms(decision.baseline)), delta=\(ms(decision.delta)) | bad_count=\(decision.badCount)/\(control.samples.bad), good_count=\(decision.goodCount)/\(control.samples.good)"
    }
    let drops = decision.drops.map { "\($0)" } ?? "n/a"
    return
      "\(state) rtt=\(ms(decision.rtt)) ewma=\(ms(decision.rttAverage)) drops=\(drops) q=\(decision.queuedPackets) | congestion=\(decision.assessment?.name ?? "UNKNOWN")"
  }

  private mutating func tellFailure(_ decision: SteeringDecision, _ facts: SteeringCycleFacts) {
    let isDead = decision.failure == .dead
    if isDead, !wasDead {
      logger.warning(
        "\(primary) is dead: nothing has answered for \(fixed(control.deadAfter.seconds, digits: 1)) s"
      )
    } else if wasDead, !isDead {
      logger.info("\(primary) answers again")
    }
    wasDead = isDead
    let reason: String
    switch decision.failure {
    case nil, .dead: return
    case .noBaseline:
      reason = "no baseline: \(settings.primarySources.stateFile ?? "its file") gave none yet"
    case .noRTT: reason = "no RTT: nothing has answered yet"
    }
    switch facts.consecutiveFailures {
    case 1, 2: logger.warning("Cycle failed (\(facts.consecutiveFailures)/3): \(reason)")
    case 3: logger.error("Cycle failed (3/3): \(reason)")
    default: break
    }
  }

  private mutating func tellSources(_ decision: SteeringDecision, _ facts: SteeringCycleFacts) {
    if facts.isBaselineStale != isStale {
      if facts.isBaselineStale {
        logger.warning(
          "the loop of \(control.primary) has told no baseline for over \(fixed(SteeringEngine.baselineMaximumAge.seconds, digits: 0)) s: nothing is steered away for congestion until it does"
        )
      } else {
        logger.info("the loop of \(control.primary) tells its baseline again")
      }
    }
    isStale = facts.isBaselineStale
    if facts.isReplayed, !isReplayed {
      logger.warning("ping: nothing answered in a cycle; using last known RTT=\(ms(decision.rtt))")
    }
    isReplayed = facts.isReplayed
    guard control.isCAKEAware else { return }
    switch facts.readFailures {
    case 1: logger.warning("the queue of \(control.primary) could not be read")
    case 3:
      logger.error("the queue of \(control.primary) could not be read 3 times; RTT alone counts")
    default: break
    }
    if decision.drops == nil, !isDropsWaived, control.thresholds.drops == .auto {
      isDropsWaived = true
      logger.info("the router counts no drops of CAKE: RTT and queue decide without them")
    }
  }

  /// What the samples add up to; at every sample, so that only --debug shows it.
  private func tellProgress(_ decision: SteeringDecision) {
    guard logger.logLevel <= .debug, control.isCAKEAware, let zone = decision.assessment else {
      return
    }
    let state = "[\(name(decision.isDegraded))] [\(zone.name)]"
    let samples = control.samples
    switch (decision.isDegraded, zone) {
    case (false, .red):
      logger.debug("\(state) congestion, red_count=\(decision.redCount)/\(samples.red)")
    case (false, .yellow): logger.debug("\(state) early warning")
    case (true, .green):
      logger.debug("\(state) recovering, good_count=\(decision.goodCount)/\(samples.green)")
    case (true, _): logger.debug("\(state) still degraded")
    default: break
    }
  }

  // MARK: - Actions

  /// An action is asked for, in a cycle or between two of them.
  func tellAction(of decision: SteeringDecision) {
    guard let action = decision.action, failedCommands == 0 else { return }
    switch (action.kind, action.reason) {
    case (_, .target):
      logger.info(
        "\(target(action.target)) is better than \(target(action.replaced)): moving there")
    case (.enable, let reason):
      logger.warning(
        "\(primary) DEGRADED detected (\(reason.rawValue)): delta \(ms(decision.delta)), ewma \(ms(decision.rttAverage)), q=\(decision.queuedPackets); enabling steering to \(target(action.target))"
      )
    case (.disable, let reason):
      logger.info("\(primary) RECOVERED (\(reason.rawValue)): disabling steering")
    }
  }

  mutating func take(_ end: SteeringRouterEvent.ActionEnd, decision: SteeringDecision) {
    last = decision
    let what =
      "\(end.action.kind == .enable ? "enabling" : "disabling") steering to \(target(end.action.target))"
    if let failure = end.failure {
      failedCommands += 1
      guard failedCommands == 1 || failedCommands == 3 || failedCommands.isMultiple(of: 10) else {
        return
      }
      logger.error(
        "\(what) failed\(failedCommands > 1 ? " (\(failedCommands) times)" : ""): \(failure); staying in \(name(decision.isDegraded))"
      )
      return
    }
    failedCommands = 0
    logger.info("\(what): verified, \(ms(end.age)) after the decision")
    if end.action.replaced == nil {
      logger.info("State transition: \(name(decision.isDegraded))")
    }
  }

  mutating func adopted(target: Int?, wasDegraded: Bool, _ decision: SteeringDecision) {
    last = decision
    failedCommands = 0
    let found =
      target.map { "the rule for \(self.target($0)) is on" } ?? "the rule is off"
    if decision.isDegraded == wasDegraded {
      logger.warning("reconciled: on the router \(found); going on from there")
    } else {
      logger.warning(
        "reconciled: on the router \(found), and the state was \(name(wasDegraded)); it is \(name(decision.isDegraded)) now"
      )
      logger.info("State transition: \(name(decision.isDegraded))")
    }
  }

  mutating func take(_ found: [RuleStatus]) {
    for (index, status) in found.enumerated()
    where !(rules.indices.contains(index) && rules[index] == status) {
      let comment = settings.rules.indices.contains(index) ? settings.rules[index].comment.text : ""
      switch status {
      case .enabled: logger.info("the rule '\(comment)' is on")
      case .disabled: logger.info("the rule '\(comment)' is off")
      case .missing:
        logger.error(
          "the router has no rule '\(comment)' in /ip/firewall/mangle: nothing can be steered to \(target(index)) until it does"
        )
      case .ambiguous(let count):
        logger.error(
          "\(count) rules in /ip/firewall/mangle have the comment '\(comment)': give the others another one; none of them is switched"
        )
      }
    }
    rules = found
  }

  // MARK: - The router

  func take(_ event: SteeringRouterEvent) {
    switch event {
    case .ruleDisabled(let index):
      logger.warning("the rule for \(target(index)) was on beside that in use; it is off now")
    case .connectionsFlushed(let count):
      logger.info("\(count) connections were removed on the router, to begin anew")
    case .flushFailed(let failure):
      logger.warning("\(failure); connections that exist stay where they are")
    case .router(let event): take(event)
    case .queuesRead, .rulesRead, .actionEnded: break
    }
  }

  private func take(_ event: RouterEvent) {
    switch event {
    case .contactGained(let outage?):
      logger.info(
        "the router answers again after \(fixed(outage.duration.seconds, digits: 1)) s and \(outage.failures) failures"
      )
    case .contactGained(nil): logger.info("the router answers")
    case .contactLost(let failure, _): logger.warning("\(failure)")
    case .stillUnreachable(let failure, let failures)
    where failures == 3 || failures.isMultiple(of: 10):
      logger.warning("\(failure); \(failures) failures in this outage")
    case .failedOver(let transport, let failure, _):
      logger.warning("\(failure); going on over \(transport.name)")
    case .returned(let transport, let elapsed, _):
      logger.info(
        "over \(transport.name) again, after \(fixed(elapsed.seconds, digits: 1)) s the other way")
    case .readFailed(let failure): logger.warning("\(failure)")
    default: break
    }
  }

  // MARK: - Sources

  func take(
    baseline result: Result<PublishedBaseline, PublishedBaseline.Obstacle>,
    before: PublishedBaseline?, line: Int
  ) {
    let wan = line == 0 ? control.primary : target(line - 1)
    switch result {
    case .failure(let obstacle): logger.warning("the baseline of \(wan): \(obstacle)")
    case .success(let found):
      let bounds =
        line == 0
        ? control.thresholds.baselineBounds
        : control.targets[line - 1].thresholds?.baselineBounds ?? control.thresholds.baselineBounds
      guard bounds.contains(found.baseline.rawValue) else {
        logger.warning(
          "the baseline of \(wan), \(ms(found.baseline)), lies outside baseline_rtt_bounds \(shortest(bounds.min)) to \(shortest(bounds.max)) ms: it is not used"
        )
        return
      }
      guard let before else {
        logger.info("the baseline of \(wan) is \(ms(found.baseline))")
        return
      }
      if abs(found.baseline.rawValue - before.baseline.rawValue) > 5 {
        logger.info(
          "the baseline of \(wan) went from \(ms(before.baseline)) to \(ms(found.baseline))")
      }
    }
  }

  private func ms(_ value: Milliseconds?) -> String {
    value.map { "\(fixed($0.rawValue, digits: 1))ms" } ?? "n/a"
  }
}
