import Glibc
import Model
import Platform
import Router
import Service

/// The control thread: one wait for everything, probes out, answers in, decisions made.
///
/// It owns all state that decides and shares none of it: targets go to router threads through
/// wait-free slots, everything for disk and log goes into a ring, readers see a published snapshot.
/// Nothing in a cycle waits for a router, a disk, a name server or a contended lock, and nothing
/// allocates.
final class ControlLoop {
  /// Why the loop ended.
  enum End: Equatable, CustomStringConvertible {
    case signal(CInt)
    /// `--oneshot`: every WAN had its cycle, and its limits are on the router or cannot be.
    case oneCycle(succeeded: Bool)

    var description: String {
      switch self {
      case .signal(SIGTERM): "stopped by SIGTERM"
      case .signal(SIGINT): "stopped by SIGINT"
      case .signal(let signal): "stopped by signal \(signal)"
      case .oneCycle(true): "one cycle done"
      case .oneCycle(false): "one cycle done; it failed"
      }
    }
  }

  private enum Token {
    static let tick: UInt64 = 0
    static let signal: UInt64 = 1
    /// Sockets and the rings of the routers: they are looked at after every wait anyway.
    static let other: UInt64 = 2
  }

  /// The loop looks around at least so often, whatever the deadlines say.
  private static let longestWait = Milliseconds(1000)

  private let wans: [WANLoop]
  private let routers: [RouterWorker]
  private let outbox: Outbox
  private let reloads: ReloadBox
  private let steering: SteeringRunner?
  private var watchdog: Watchdog
  private let signals: SignalSource
  private let poller: Poller
  private var ticker: Ticker
  private var clock: LoopClock
  private let endsAfterOneCycle: Bool
  /// How late the ticks were, and how many were missed altogether.
  private(set) var lateness = DurationHistogram()
  private var ticks = LoopTicks()
  private let board: SnapshotBoard

  init(
    wans: [WANLoop], routers: [RouterWorker], outbox: Outbox, board: SnapshotBoard,
    reloads: ReloadBox, watchdog: Watchdog, signals: consuming SignalSource,
    endsAfterOneCycle: Bool, steering: SteeringRunner? = nil
  ) throws(SystemError) {
    let now = Clock.monotonic()
    clock = LoopClock(wall: Clock.wall(), monotonic: now)
    poller = try Poller()
    ticker = try Ticker(every: controlInterval, from: now)
    try poller.add(ticker.rawValue, token: Token.tick)
    try poller.add(signals.rawValue, token: Token.signal)
    for router in routers { try poller.add(router.eventDescriptor, token: Token.other) }
    for descriptor in steering?.eventDescriptors ?? [] {
      try poller.add(descriptor, token: Token.other)
    }
    self.steering = steering
    self.wans = wans
    self.routers = routers
    self.outbox = outbox
    self.board = board
    self.reloads = reloads
    self.watchdog = watchdog
    self.signals = signals
    self.endsAfterOneCycle = endsAfterOneCycle
  }

  /// Runs until a signal ends it or, with `--oneshot`, until every WAN had a cycle.
  func run() throws(SystemError) -> End {
    for wan in wans {
      wan.announceStart(at: clock.time(at: Clock.monotonic()))
      try watch(wan)
    }
    while true {
      let ready = try poller.wait(upTo: patience())
      let now = Clock.monotonic()
      var isTick = false
      for index in 0..<ready {
        switch poller[index].token {
        case Token.tick: isTick = try takeTick(now: now)
        case Token.signal:
          if let signal = try takeSignal() { return .signal(signal) }
        default: break
        }
      }
      takeReload(now: now)
      let time = clock.time(at: now)
      for (index, router) in routers.enumerated() {
        router.drainEvents { takeRouterEvent($0, from: index, at: time, now: now) }
      }
      for wan in wans {
        if isTick { wan.sendRound(at: time, now: now) }
        wan.receive(at: time, now: now)
        try watch(wan)
        if isTick { wan.noteCycleTime(Clock.monotonic() - ticker.lastExpiration) }
      }
      if let steering {
        steering.advance(at: time, now: now)
        try watch(steering)
      }
      if endsAfterOneCycle, !wans.contains(where: { $0.oneCycleSucceeded == nil }) {
        return .oneCycle(succeeded: wans.allSatisfy { $0.oneCycleSucceeded == true })
      }
    }
  }

  /// How the run went, in one line: what a user looks at first when decisions seem late.
  var summary: String {
    var parts = ["\(lateness.count) ticks, \(ticks.missed) missed"]
    parts.append("late \(lateness.summary)")
    for wan in wans {
      parts.append(
        "\(wan.settings.wan) decided \(wan.decisionDelay.summary) after the round closed")
      parts.append("decreases confirmed \(wan.confirmationDelay.summary) after the decision")
    }
    return parts.joined(separator: "; ")
  }

  /// Gives SIGTERM its usual effect back: a second one ends the process at once.
  func letSignalsKill() { signals.restoreDefaults() }

  /// Sets the limits that the configuration asks for at the end, and ends the router threads; what
  /// they tell last still reaches the books.
  func stop(within patience: Milliseconds) {
    let deadline = Clock.monotonic() + patience
    for (index, router) in routers.enumerated() {
      var limits: [PerDirection<BitsPerSecond>?] = []
      for wan in wans where wan.place.worker == index { limits.append(wan.limitsOnExit) }
      let now = Clock.monotonic()
      router.stop(within: max(deadline - now, .zero), restoring: limits)
      router.drainEvents { takeRouterEvent($0, from: index, at: clock.time(at: now), now: now) }
    }
  }

  /// A socket that was opened again is another descriptor, and closing the old one ended its watch;
  /// the sockets beside it are watched already.
  private func watch(_ wan: WANLoop) throws(SystemError) {
    try wan.withNewDescriptors { descriptor throws(SystemError) in
      try poller.addIfNew(descriptor, token: Token.other)
    }
  }

  private func watch(_ steering: SteeringRunner) throws(SystemError) {
    try steering.withNewDescriptors { descriptor throws(SystemError) in
      try poller.addIfNew(descriptor, token: Token.other)
    }
  }

  /// Until the next round has to close; a tick ends the wait in any case.
  private func patience() -> Milliseconds {
    let monotonic = Clock.monotonic()
    let now = clock.time(at: monotonic)
    var patience = Self.longestWait
    for wan in wans {
      if let deadline = wan.nextDeadline { patience = min(patience, deadline - now) }
    }
    if let steering { patience = min(patience, steering.patience(at: now, now: monotonic)) }
    return max(patience, .zero)
  }

  /// Ticks that were missed are counted and skipped, not caught up.
  private func takeTick(now: MonotonicTime) throws(SystemError) -> Bool {
    let expirations = try ticker.read()
    guard expirations > 0 else { return false }
    let lateBy = now - ticker.lastExpiration
    lateness.add(lateBy)
    ticks.at = now
    ticks.count += 1
    if lateBy > LoopTicks.lateAfter { ticks.late += 1 }
    if expirations > 1 {
      ticks.missed += expirations - 1
      outbox.post(.ticksMissed(expirations - 1))
    }
    if let step = clock.discipline(wall: Clock.wall(), monotonic: now) {
      outbox.post(.clockStepped(by: step), urgent: true)
      for wan in wans { wan.restartRounds(at: clock.time(at: now)) }
      steering?.restart(at: clock.time(at: now), steppedBy: step)
    }
    watchdog.feed(now: now)
    board.publish(ticks)
    return true
  }

  private func takeSignal() throws(SystemError) -> CInt? {
    while let signal = try signals.read() {
      if signal != SIGHUP { return signal }
      outbox.post(.reloadRequested, urgent: true)
      steering?.requestReload()
    }
    return nil
  }

  private func takeReload(now: MonotonicTime) {
    guard let reloaded = reloads.take() else { return }
    for (wan, new) in zip(wans, reloaded) { wan.reload(new, at: clock.time(at: now)) }
  }

  private func takeRouterEvent(
    _ event: RouterEvent, from router: Int, at time: UnixTime, now: MonotonicTime
  ) {
    outbox.post(.router(event, worker: router), urgent: true)
    for wan in wans where wan.place.worker == router { wan.take(event, at: time, now: now) }
  }
}
