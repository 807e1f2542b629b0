import Glibc
import Model
import Platform
import Service

/// The control thread of the steering daemon: one wait for everything.
final class SteeringLoop {
  private enum Token {
    static let signal: UInt64 = 0
    /// Sockets and rings: they are looked at after every wait anyway.
    static let other: UInt64 = 1
  }

  private let runner: SteeringRunner
  private var watchdog: Watchdog
  private let signals: SignalSource
  private let poller: Poller
  private var clock: LoopClock

  init(
    runner: SteeringRunner, watchdog: Watchdog, signals: consuming SignalSource, clock: LoopClock
  ) throws(SystemError) {
    self.runner = runner
    self.watchdog = watchdog
    self.clock = clock
    poller = try Poller()
    try poller.add(signals.rawValue, token: Token.signal)
    self.signals = signals
    for descriptor in runner.eventDescriptors { try poller.add(descriptor, token: Token.other) }
  }

  var time: UnixTime { clock.time(at: Clock.monotonic()) }

  /// Runs until a signal ends it.
  ///
  /// - Returns: the signal.
  func run() throws(SystemError) -> CInt {
    while true {
      try runner.withNewDescriptors { descriptor throws(SystemError) in
        try poller.addIfNew(descriptor, token: Token.other)
      }
      let before = Clock.monotonic()
      let ready = try poller.wait(
        upTo: runner.patience(at: clock.time(at: before), now: before))
      let now = Clock.monotonic()
      for index in 0..<ready where poller[index].token == Token.signal {
        if let signal = try takeSignal() { return signal }
      }
      if let step = clock.discipline(wall: Clock.wall(), monotonic: now) {
        runner.restart(at: clock.time(at: now), steppedBy: step)
      }
      runner.advance(at: clock.time(at: now), now: now)
      watchdog.feed(now: now)
    }
  }

  /// Gives SIGTERM its usual effect back: a second one ends the process at once.
  func letSignalsKill() { signals.restoreDefaults() }

  private func takeSignal() throws(SystemError) -> CInt? {
    while let signal = try signals.read() {
      if signal != SIGHUP { return signal }
      runner.requestReload()
    }
    return nil
  }
}
