import ArgumentParser
import Commands
import Glibc
import Model
import Platform
import Router
import Terminal

/// The running program: a tick, a reading, its records; and what ends it.
struct QueueStream {
  private enum Token {
    static let tick: UInt64 = 0
    static let stop: UInt64 = 1
  }

  /// How long a screen stays as it is when nothing happens: its size may change.
  private static let redrawInterval = Milliseconds(250)

  private let settings: LoopSettings
  private let queues: [Identifier]
  private let interval: Milliseconds
  private let count: Int?

  /// - Parameter count: of readings; nil = until somebody ends it.
  init(_ settings: LoopSettings, queues: [Identifier], interval: Milliseconds, count: Int?) {
    self.settings = settings
    self.queues = queues
    self.interval = interval
    self.count = count
  }

  func run(isTable: Bool) throws {
    let onScreen = isTable && isTerminal(STDIN_FILENO) && isTerminal(STDOUT_FILENO)
    let port = RouterAccess(settings.router).port(now: Clock.monotonic)
    let interrupter = port.interrupter
    let stop = try StopRequest(keyboard: onScreen ? STDIN_FILENO : nil, react: interrupter)
    let reader = QueueReader(port: port, queues: queues.map(named), clock: Self.clock())
    guard let first = try read(reader, over: port, first: stop) else { return }
    let address = "\(settings.router.host) port \(settings.router.port)"
    let names = queues.map(\.text)
    var output: any QueueOutput =
      if onScreen {
        try ScreenOutput(title: "wanctl-cake  \(address)", names: names)
      } else if isTable {
        RowOutput(names: names)
      } else {
        RecordOutput()
      }
    let failed = try loop(reader, first, stop, &output)
    if count != nil, failed > 0, !stop.isRequested { throw ExitCode.failure }
  }

  private func named(_ name: Identifier) -> QueueReader.Queue {
    let isOurs = Direction.allCases.contains { settings.queues[$0] == name }
    return QueueReader.Queue(name: name, wan: isOurs ? settings.wan.text : nil)
  }

  /// The wall clock once, and from then on the monotonic one: times of one run never go back.
  private static func clock() -> RouterSession.Clock {
    let (wall, start) = (Clock.wall(), Clock.monotonic())
    return RouterSession.Clock(
      monotonic: Clock.monotonic, wall: { wall + (Clock.monotonic() - start) })
  }

  /// The first reading, which must succeed; nil when it is not wanted any more.
  private func read(
    _ reader: QueueReader, over port: any RouterPort, first stop: StopRequest
  ) throws -> QueueReader.Reading? {
    while true {
      do throws(RouterFailure) {
        let reading = try reader.read()
        if reading.missing.isEmpty { return reading }
        remark("\(try reader.explain(missing: reading.missing))")
        break
      } catch {
        if stop.isRequested { return nil }
        remark("\(error)")
        // There is another way, which has not failed yet.
        let isFirst = error.transport == settings.router.transport
        guard isFirst, port.transport != error.transport else { break }
      }
    }
    throw ExitCode.failure
  }

  /// - Returns: how many readings failed.
  private func loop(
    _ reader: QueueReader, _ first: QueueReader.Reading, _ stop: StopRequest,
    _ output: inout any QueueOutput
  ) throws -> Int {
    var left = count.map { $0 - 1 }
    var trouble = Trouble()
    var failed = 0
    try output.show(first, trouble)
    guard left != 0 else { return 0 }
    let poller = try Poller()
    var ticker = try Ticker(every: interval, from: Clock.monotonic() + interval)
    try poller.add(ticker.rawValue, token: Token.tick)
    try poller.add(stop.rawValue, token: Token.stop)
    while left != 0 {
      _ = try poller.wait(upTo: output.isScreen ? Self.redrawInterval : nil)
      if stop.isRequested { break }
      guard try ticker.read() > 0 else {
        try output.refresh(trouble)
        continue
      }
      left = left.map { $0 - 1 }
      if let pause = reader.notBefore, Clock.monotonic() < pause {
        failed += 1
        continue
      }
      let reading: QueueReader.Reading
      do throws(RouterFailure) {
        reading = try reader.read()
      } catch {
        if stop.isRequested { break }
        failed += 1
        trouble.note(error, tell: output.tell)
        try output.refresh(trouble)
        continue
      }
      trouble.note(reading, tell: output.tell)
      try output.show(reading, trouble)
    }
    return failed
  }
}

/// What is wrong at the moment, told once when it begins.
struct Trouble {
  private(set) var outage: RouterFailure?
  private(set) var missing: [Identifier] = []

  /// For a screen; nil = all is well.
  var notice: String? {
    if let outage { return "\(outage)" }
    let names = missing.map { "'\($0)'" }.joined(separator: ", ")
    return missing.isEmpty ? nil : "the router has no queue \(names) any more"
  }

  mutating func note(_ reading: QueueReader.Reading, tell: (String) -> Void) {
    outage = nil
    let gone = reading.missing.filter { !missing.contains($0) }
    missing = reading.missing
    for name in gone { tell("the router has no queue '\(name)' any more; waiting for it") }
  }

  mutating func note(_ failure: RouterFailure, tell: (String) -> Void) {
    if outage == nil { tell("\(failure); waiting for the router") }
    outage = failure
  }
}
