import Foundation
import Model
import Platform

@testable import Router

/// A session that keeps the limit of one queue in real time, in the thread that asks it to.
final class RunningSession {
  private let bench: ContractBench
  private let session: RouterSession
  private let log = Log()

  private final class Log { var events: [RouterEvent] = [] }

  /// All that was told.
  var events: [RouterEvent] { log.events }

  init(
    _ bench: ContractBench, _ port: any RouterPort, statistics: Milliseconds = Milliseconds(50)
  ) {
    self.bench = bench
    let log = log
    session = RouterSession(
      port: port, queues: [RouterQueue(wan: 0, direction: .download, name: bench.download)],
      settings: bench.settings { $0.statsInterval = statistics },
      budget: SharedBudget(file: nil, settings: .init(burst: 10_000, perMinute: 10_000)),
      clock: bench.clock
    ) { log.events.append($0) }
  }

  func submit(_ megabits: Int64) {
    session.submit(
      queue: 0, target: BitsPerSecond(megabits * 1_000_000), decidedAt: bench.now())
  }

  var isSettled: Bool { session.isSettled }

  /// Goes on until then; false when that takes more than a minute.
  func run(until isDone: () throws -> Bool) rethrows -> Bool {
    let deadline = Date() + 60
    while try !isDone() {
      guard Date() < deadline else { return false }
      if case .none = session.step() { continue }
      usleep(5000)
    }
    return true
  }

  /// What was told of the contact, in words.
  var contact: [String] {
    events.compactMap { event in
      switch event {
      case .contactLost: "contact lost"
      case .contactGained(after: .some): "contact gained"
      default: nil
      }
    }
  }

  /// The limit that the router has, as rates are written.
  func limit() throws -> String {
    "\(BitsPerSecond(try bench.limits()[bench.download.text] ?? 0))"
  }
}
