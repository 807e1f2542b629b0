import Daemon
import Glibc
import LineModel
import Model
import Platform
import Terminal

/// Plays a simulation: at once, as a live view, or as a line per second.
struct SimulationShow {
  /// How often the view is drawn.
  private static let frameInterval = Milliseconds(100)

  private var simulation: Simulation
  private let duration: Milliseconds
  private var view: LoopView

  init(_ simulation: Simulation, duration: Milliseconds) {
    self.simulation = simulation
    self.duration = duration
    view = LoopView(
      title: "wanctl-loop simulate \(simulation.scenario.name)",
      summary: simulation.scenario.summary, duration: duration)
  }

  var title: String { view.title }
  var report: SimulationReport { simulation.report }

  /// The view as it is now, at the size of the smallest terminal that we draw for.
  func frame() -> Frame { view.frame(.fallback) }

  /// Computes the whole run as fast as that goes.
  mutating func compute() {
    advance(to: duration)
    view.figures = simulation.report.figures
  }

  /// Plays in real time or a multiple of it; ends early when a key is hit.
  ///
  /// Without a terminal a line per second of virtual time is printed.
  mutating func play(speed: Double, onScreen: Bool) throws {
    if onScreen, isTerminal(STDIN_FILENO), isTerminal(STDOUT_FILENO) {
      try playOnScreen(speed: speed)
    } else {
      try playAsLines(speed: speed)
    }
  }

  private mutating func playOnScreen(speed: Double) throws {
    var screen = try FullScreen(environment: environment)
    let start = Clock.monotonic()
    while simulation.now < duration {
      advance(to: Milliseconds((Clock.monotonic() - start).rawValue * speed))
      view.figures = simulation.report.figures
      guard screen.draw(view.frame(screen.size)) else { break }
      if screen.key(within: Self.frameInterval) != nil { break }
    }
    screen.close()
  }

  private mutating func playAsLines(speed: Double) throws {
    let poller = try Poller()
    let start = Clock.monotonic()
    var nextLine = Milliseconds(1000)
    while simulation.now < duration {
      advance(to: Milliseconds((Clock.monotonic() - start).rawValue * speed))
      while nextLine <= simulation.now {
        printLine(at: nextLine)
        nextLine = nextLine + Milliseconds(1000)
      }
      _ = try poller.wait(upTo: Self.frameInterval)
    }
  }

  private func printLine(at time: Milliseconds) {
    guard let point = view.last else { return }
    func queue(_ direction: Direction) -> String {
      "\(direction.name) \(point.zones[direction].name) "
        + "\(fixed(point.rates[direction].megabits, digits: 1)) Mbit/s"
    }
    let rtt = point.rtt.map { fixed($0.rawValue, digits: 1) + " ms" } ?? "lost"
    print(
      "\(fixed(time.seconds, digits: 0)) s  rtt \(rtt)  delta "
        + "\(fixed(point.delta.rawValue, digits: 1)) ms  \(queue(.download))  \(queue(.upload))")
    fflush(nil)
  }

  private mutating func advance(to time: Milliseconds) {
    Self.advance(&simulation, to: min(time, duration), view: &view)
  }

  private static func advance(
    _ simulation: inout Simulation, to time: Milliseconds, view: inout LoopView
  ) {
    simulation.advance(to: time) { view.add(LoopView.Point($0, $1, unmanaged: $2)) }
  }
}

extension LoopView.Point {
  fileprivate init(_ cycle: Cycle, _ line: borrowing Line, unmanaged: borrowing Line) {
    let decision = cycle.decision
    let truth = PerDirection(download: line.truth(.download), upload: line.truth(.upload))
    let isMeasured = if case .round = cycle.basis { true } else { false }
    self.init(
      time: line.now, rtt: isMeasured ? decision.rtt : nil, baseline: decision.baseline,
      delta: decision.delta, unmanaged: unmanaged.baseRTT(reflector: 0) + unmanaged.addedDelay,
      zones: decision.directions.map(\.zone), rates: decision.directions.map(\.rate),
      limits: truth.map { $0.shaper }, capacities: truth.map { $0.capacity },
      carried: PerDirection(
        download: line.reading(.download).rate, upload: line.reading(.upload).rate))
  }
}
