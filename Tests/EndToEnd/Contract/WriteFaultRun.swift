import Foundation
import Model

@testable import Router

/// One write on a router with a fault, by a session that has one way to it, or two.
final class WriteFaultRun {
  struct Unsettled: Error, CustomStringConvertible {
    var description: String
  }

  /// The primary is not asked in the background: that takes longer than any of this.
  private final class NoProbe: PrimaryProbe {
    func begin() {}
    func take() -> Bool? { nil }
    func abandon() {}
    var interrupter: @Sendable () -> Void { {} }
  }

  private final class Log { var events: [RouterEvent] = [] }

  private let bench: ContractBench
  private let fault: WriteFault
  private let primary: any RouterPort
  private let session: RouterSession
  private let log = Log()
  private var isOver = false

  private static let before = BitsPerSecond(700_000_000)
  private static let target = BitsPerSecond(612_000_000)

  private init(_ bench: ContractBench, _ fault: WriteFault, hasOtherWay: Bool) {
    self.bench = bench
    self.fault = fault
    primary = bench.port(over: fault.way) {
      guard fault.preparation == .hurried else { return }
      $0.operationTimeout = Milliseconds(seconds: fault.way == .rest ? 1 : 2)
    }
    let other = bench.port(over: fault.way == .rest ? .ssh : .rest)
    let port: any RouterPort =
      hasOtherWay
      ? FailoverPort(
        primary: primary, fallback: other, choice: TransportChoice(isFallbackVerified: true),
        probe: NoProbe(), now: { [unowned bench] in bench.now() })
      : primary
    let log = log
    session = RouterSession(
      port: port, queues: [RouterQueue(wan: 0, direction: .download, name: bench.download)],
      settings: bench.settings { $0.transport = fault.way },
      budget: SharedBudget(file: nil, settings: .init(burst: 10_000, perMinute: 10_000)),
      clock: bench.clock
    ) { log.events.append($0) }
  }

  /// The first failure that was told.
  private var failure: RouterFailure? {
    log.events.lazy.compactMap { event in
      switch event {
      case .writeFailed(let write): write.failure
      case .contactLost(let failure, _), .readFailed(let failure): failure
      default: nil
      }
    }.first
  }

  /// Steps until the target is confirmed, passing over pauses.
  ///
  /// - Returns: how long the pauses were together.
  private func settle(
    _ target: BitsPerSecond, isDone: (RouterSession.Pause) -> Bool
  ) throws -> Milliseconds {
    session.submit(queue: 0, target: target, decidedAt: bench.now())
    var pauses = Milliseconds.zero
    let deadline = Date() + 60
    while true {
      let pause = session.step()
      if isDone(pause) { return pauses }
      guard Date() < deadline else {
        throw Unsettled(description: "\(fault.json): \(log.events.prefix(5))")
      }
      guard case .until(let time) = pause else { continue }
      // What is left in place of the fault is a router that works.
      if !isOver, failure != nil, !session.isSettled { try end() }
      let rest = time - bench.now()
      guard rest > .zero else { continue }
      pauses = pauses + rest
      bench.skip(rest)
    }
  }

  /// Ends the fault, and trusts whatever it has put in the place of a key.
  private func end() throws {
    isOver = true
    try bench.router.clearFaults()
    try bench.router.knowHostKey()
  }

  /// - Returns: what happened, but for what two ways differ in.
  private func observe() throws -> (WriteFault.Reaction, trace: String) {
    try bench.router.clearFaults()
    try bench.router.knowHostKey()
    _ = try settle(Self.before) { $0 == .untilSubmit }
    let last = try bench.requests().last
    log.events = []
    if fault.preparation == .loggedOut { primary.disconnect() }
    try bench.router.post("/fault", fault.json)
    let pause = try settle(Self.target) { [session] _ in session.isSettled }
    guard try bench.limits()[bench.download.text] == Self.target.rawValue else {
      throw Unsettled(description: "\(fault.json): confirmed, but not so: \(try bench.limits())")
    }
    let requests = try bench.requests(since: last?.number ?? 0)
    try end()
    // After everything the first way is used once more, to see over which connection.
    bench.skip(Milliseconds(seconds: 3))
    _ = try? primary.readQueues([bench.download])
    let next = try bench.requests(since: last?.number ?? 0).last { $0.transport == fault.way }
    let reaction = WriteFault.Reaction(
      failure: failure?.failureClass, outcome: failure?.outcome ?? .notDone,
      pause: pause,
      isReconnected: next?.connection != last?.connection)
    primary.disconnect()
    return (reaction, requests.trace(usual: fault.way))
  }

  static func reaction(of bench: ContractBench, to fault: WriteFault) throws -> WriteFault.Reaction
  {
    let (together, trace) = try WriteFaultRun(bench, fault, hasOtherWay: true).observe()
    // Who did not go over to the other way behaves as if there were none.
    guard fault.expected.failsOver || trace != fault.expected.together else {
      return with(together) { ($0.alone, $0.together) = (trace, trace) }
    }
    let (alone, aloneTrace) = try WriteFaultRun(bench, fault, hasOtherWay: false).observe()
    return with(alone) { ($0.alone, $0.together) = (aloneTrace, trace) }
  }

  private static func with(
    _ reaction: WriteFault.Reaction, _ change: (inout WriteFault.Reaction) -> Void
  ) -> WriteFault.Reaction {
    var reaction = reaction
    change(&reaction)
    return reaction
  }
}
