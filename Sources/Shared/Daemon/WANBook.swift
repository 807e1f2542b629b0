import Control
import History
import Logging
import Model
import Platform
import Router
import Service

/// What the bookkeeper keeps of one WAN: its log, its state file, its counters.
struct WANBook {
  /// While the loop lives the state file is at most this old.
  static let saveInterval = Milliseconds(5000)

  var settings: LoopSettings
  let place: RouterGroup.Place
  let logger: Logger
  let digest: String
  private let stateFile: StateFile
  private var counters = QueueCounters()
  private var contact: RouterContact
  private var minute = MinuteTally()
  private var last: Decision?
  private var basis = Cycle.Basis.round
  private var isSaveDue = false
  private var savedAt: MonotonicTime?
  /// Why the state file could not be saved last time; nil = it was.
  private(set) var stateFileTrouble: String?

  init(settings: LoopSettings, place: RouterGroup.Place, logger: Logger, digest: String) {
    self.settings = settings
    contact = RouterContact(settings.router.transport)
    self.place = place
    self.logger = logger
    self.digest = digest
    stateFile = StateFile(path: settings.stateFile)
  }

  var wan: String { settings.wan.text }

  /// One line for the service manager.
  var status: String? {
    guard let last else { return nil }
    let router = contact.published
    let way = router.transport == settings.router.transport ? "" : ", over \(router.transport.name)"
    let reach = router.isReachable ? way : ", router unreachable"
    let rates = last.directions
    return "\(wan) \(rates.download.zone.name)/\(rates.upload.zone.name) "
      + "\(rates.download.rate)/\(rates.upload.rate), "
      + "delta \(fixed(last.delta.rawValue, digits: 1)) ms\(reach)"
  }

  // MARK: - Records

  func start(seq: Int, at time: UnixTime, state: LoopState?) -> StartRecord {
    StartRecord(time: time, wan: wan, config: digest, seq: seq, state: state)
  }

  func record(_ outcome: ProbeOutcome, late: Milliseconds?) -> RTTRecord {
    let host =
      switch outcome.method {
      case .icmp, .icmpTimestamp: settings.probe.reflectors[outcome.target]
      case .gateway: settings.fallback.gateway ?? "gateway"
      case .tcp: settings.fallback.tcpTargets[outcome.target].name
      }
    return RTTRecord(outcome, wan: wan, host: host, late: late)
  }

  // MARK: - Cycles

  mutating func take(_ cycle: Cycle) {
    let decision = cycle.decision
    logger.debug("\(decision.line(wan: wan))")
    for direction in Direction.allCases {
      guard let transition = decision.directions[direction].transition else { continue }
      logger.info("\(direction.name): \(transition.zone.name): \(transition.reason)")
      isSaveDue = true
    }
    if decision.accelerated {
      logger.warning("RTT spike: the smoothed RTT rose to \(ms(decision.load)) in one cycle")
    }
    if decision.baselineRejected {
      let bounds = settings.control.baselineBounds
      logger.warning(
        "the baseline stays at \(ms(decision.baseline)): what was measured lies outside baseline_rtt_bounds \(shortest(bounds.min)) to \(shortest(bounds.max)) ms"
      )
    }
    if decision.baselineRelearned {
      logger.info("the baseline is \(ms(decision.baseline)) now, learned anew on the idle line")
      isSaveDue = true
    }
    tellBasis(cycle)
    last = decision
  }

  private mutating func tellBasis(_ cycle: Cycle) {
    if cycle.recoveredAfter > 0 {
      logger.info("ICMP recovered after \(cycle.recoveredAfter) cycles")
    }
    if cycle.basis != basis {
      switch cycle.basis {
      case .round: if case .lost = basis { logger.info("the reflectors answer again") }
      case .fallback: logger.warning("no reflector answered; going on with a substitute")
      case .frozen: logger.warning("no reflector answered; rates are held")
      case .lost(let reason):
        // Only the count of an outage that goes on differs.
        if case .lost = basis { break }
        logger.warning("\(reason); rates are held")
      }
    }
    basis = cycle.basis
  }

  // MARK: - History

  /// The rows of the minute before, when a cycle begins another one.
  mutating func minuteRows(_ cycle: Cycle) -> [MetricRow] {
    minute.take(
      cycle.decision, sampleAge: cycle.sampleAge,
      isRouterLost: contact.published.outageSince != nil, wan: wan)
  }

  mutating func countMissedTicks(_ count: Int) { minute.countMissedTicks(count) }

  // MARK: - The router

  /// The records of one reading of the queues.
  mutating func records(_ rows: PerDirection<QueueRow?>, at time: UnixTime) -> [QueueRecord] {
    Direction.allCases.compactMap { direction in
      rows[direction].map { counters.record($0, wan: wan, at: time) }
    }
  }

  /// Takes an event of the router that this WAN's queues are on.
  mutating func take(_ event: RouterEvent) {
    let index = place.wan
    contact.take(event, wan: index)
    switch event {
    case .writeConfirmed(let write) where write.queue.wan == index:
      minute.countWrite(confirmedAfter: write.age)
      logger.info(
        "\(write.queue.name) set to \(write.limit) (was \(write.previous)), confirmed \(ms(write.age)) after the decision"
      )
      isSaveDue = true
    case .writeFailed(let write) where write.queue.wan == index:
      logger.error("\(write.failure)")
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
    case .queueMissing(let queue) where queue.wan == index:
      logger.error(
        "the router has no queue \(queue.name); see /queue/tree/print there and queues.\(queue.direction.name) in the configuration"
      )
    case .limitDrifted(let queue, let from, let to) where queue.wan == index:
      logger.warning(
        "\(queue.name) was changed from \(from) to \(to) by somebody else; it is set right")
    case .readFailed(let failure): logger.warning("\(failure)")
    case .rebooted:
      logger.warning("the router was restarted; its limits are set anew")
      counters.forget()
    case .budgetNotShared(let reason):
      logger.warning("\(reason); the write budget counts this process alone")
    case .identified(let identity):
      logger.info("router \(identity.name), RouterOS \(identity.resource.version)")
    default: break
    }
  }

  // MARK: - The state file

  /// Saves at most every few seconds, at once after a transition or a write, and at the end.
  mutating func saveIfDue(now: MonotonicTime, force: Bool) {
    guard let last else { return }
    let isOld = savedAt.map { now - $0 >= Self.saveInterval } ?? true
    guard force || isSaveDue || isOld else { return }
    isSaveDue = false
    savedAt = now
    do {
      try stateFile.save(
        LoopState(last, lastApplied: contact.published.confirmed), at: Clock.wall())
      stateFileTrouble = nil
    } catch {
      if stateFileTrouble == nil { logger.warning("the state file: \(error)") }
      stateFileTrouble = "the state file: \(error)"
    }
  }

  private func ms(_ value: Milliseconds) -> String { "\(fixed(value.rawValue, digits: 1)) ms" }
}

extension LoopState {
  /// What a restart goes on from after `decision`.
  init(_ decision: Decision, lastApplied: PerDirection<BitsPerSecond?>) {
    func queue(_ direction: Direction) -> Queue {
      Queue(
        streaks: decision.streaks[direction],
        rate: Double(decision.directions[direction].rate.rawValue))
    }
    self.init(
      queues: PerDirection(download: queue(.download), upload: queue(.upload)),
      baseline: decision.baseline, load: decision.load, lastApplied: lastApplied)
  }
}
