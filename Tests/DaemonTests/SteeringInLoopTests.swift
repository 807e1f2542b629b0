import Control
import Model
import Platform
import Router
import TestSupport
import Testing

@testable import Daemon

/// Steering within the loop decides what the daemon decides on the same samples and readings.
@Suite struct SteeringInLoopTests {
  private static func settings() throws -> SteeringSettings {
    SteeringSettings(
      name: try Identifier("steering"), control: steeringSettings(), primaryConfig: "wan1.yaml",
      primarySources: SteeringSettings.Sources(
        stateFile: "/nowhere", downloadQueue: try Identifier("WAN-Download"),
        probe: SteeringSettings.Probe(host: "192.0.2.1", count: 3)),
      targetSources: [SteeringSettings.Sources()],
      rules: [.init(target: "wan2", comment: try RuleComment("ADAPTIVE: WAN2"))],
      router: RouterSettings(host: "127.0.0.1", user: "u"), stateFile: "/nowhere/state",
      lockFile: "/nowhere/lock", lockTimeoutSeconds: 60, mainLog: "/nowhere/main",
      debugLog: "/nowhere/debug")
  }

  /// Steering as the loop runs it, in virtual time; its router does what the test says.
  private final class InLoop {
    let runner: SteeringRunner
    let board = SteeringBoard()
    private let outbox: EventOutbox<SteeringEvent>
    private(set) var decisions: [SteeringDecision] = []
    private(set) var actions: [SteeringAction] = []

    init(_ settings: SteeringSettings, at time: UnixTime, now: MonotonicTime) throws {
      outbox = try EventOutbox(capacity: 1024)
      let worker = try SteeringWorker(settings: settings, queues: [nil, nil]) {
        preconditionFailure("nobody starts it")
      }
      runner = SteeringRunner(
        settings: settings, restoring: nil, sources: [.loop(wan: 1), .none], worker: worker,
        baselines: nil, hosts: nil, reloads: SteeringReloadBox(), outbox: outbox, board: board,
        at: time, now: now)
    }

    func drain() {
      while let event = outbox.pop() {
        switch event {
        case .cycle(let decision, _), .decision(let decision):
          decisions.append(decision)
          if let action = decision.action { actions.append(action) }
        case .ended(let decision, _): decisions.append(decision)
        default: break
        }
      }
    }
  }

  private func cycle(_ rtt: Double?, baseline: Double, at time: UnixTime) throws -> Cycle {
    let settings = try cableSettings()
    var controller = WANController(settings.control)
    var decision =
      rtt.map {
        controller.step(Measurement(rtt: Milliseconds($0), updatesBaseline: true), at: time)
      } ?? controller.held(at: time)
    decision.baseline = Milliseconds(baseline)
    return Cycle(
      decision: decision, basis: rtt == nil ? .frozen : .round, recoveredAfter: 0,
      newestAnswerAt: nil)
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func decisionsAreThoseOfTheDaemon(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let settings = try Self.settings()
    var time = UnixTime(seconds: 1_800_000_000)
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    let inLoop = try InLoop(settings, at: time, now: now)
    var daemon = VirtualEngine(
      settings.control,
      windows: [AnswerWindow(count: 3, maximumAge: Milliseconds(1000)), nil])
    daemon.answersReadings = false
    daemon.succeeds = nil
    var ended = 0
    var isCongested = false
    for step in 1...2000 {
      time = time + controlInterval
      now = now + controlInterval
      daemon.now = time
      if step.isMultiple(of: 100) { isCongested = Int.random(in: 0...2, using: &random) == 0 }
      let isLost = Int.random(in: 0..<20, using: &random) == 0
      let rtt = isLost ? nil : (isCongested ? 90 : 25) + Double.random(in: 0...4, using: &random)
      let baseline = 25 + Double.random(in: 0...1, using: &random)
      inLoop.runner.take(
        try cycle(rtt, baseline: baseline, at: time), wan: 1, at: time, now: now)
      // The other WAN of the process is none of steering's business.
      inLoop.runner.take(try cycle(300, baseline: 99, at: time), wan: 0, at: time, now: now)
      daemon.engine.take(baseline: Milliseconds(baseline), writtenAt: time, of: 0)
      if let rtt { daemon.answer(rtt) } else { daemon.loss() }
      if step.isMultiple(of: 10), Int.random(in: 0..<12, using: &random) > 0 {
        let queued = isCongested ? Int64(80) : 0
        let row = QueueRow(
          name: "WAN-Download", maxLimit: .zero, queuedPackets: queued, leaf: "cake")
        inLoop.runner.take(download: row, wan: 1, at: time, now: now)
        daemon.read(QueueReading(row))
      }
      inLoop.runner.advance(at: time, now: now)
      daemon.wait(.zero)
      if step.isMultiple(of: 10) { daemon.tick() }
      inLoop.drain()
      guard inLoop.actions.count > ended else { continue }
      // How the action ends, for both.
      let action = inLoop.actions[ended]
      ended += 1
      let failure = Int.random(in: 0..<4, using: &random) == 0
      inLoop.runner.take(
        .actionEnded(
          SteeringRouterEvent.ActionEnd(
            action: action,
            failure: failure
              ? RouterFailure(.timeout, transport: .rest, operation: "test", message: "planted")
              : nil,
            time: time, age: .zero)), at: time, now: now)
      daemon.end(succeeded: !failure)
      inLoop.drain()
    }
    #expect(!inLoop.actions.isEmpty && inLoop.decisions.count > 150)
    #expect(inLoop.decisions == daemon.decisions)
    #expect(inLoop.board.read()?.decision == daemon.engine.controller.decision)
  }
}
