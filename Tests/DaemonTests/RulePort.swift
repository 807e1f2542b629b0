import Model
import Router
import Synchronization

/// A router with rules and queues in memory. The test looks at it and breaks it from its thread.
final class RulePort: RouterPort {
  struct World: Sendable {
    var rules: [RuleComment: RuleStatus] = [:]
    var queuedPackets: Int64 = 0
    var connections = 0
    /// What every operation throws.
    var failure: RouterFailure?
    /// Each switch of a rule, in order.
    var switches: [String] = []
  }

  /// What the ports of a test share.
  final class Router: Sendable {
    private let world: Mutex<World>

    init(rules: [RuleComment]) {
      world = Mutex(
        World(rules: Dictionary(uniqueKeysWithValues: rules.map { ($0, .disabled) })))
    }

    func change<Result: Sendable>(_ body: (inout World) throws -> sending Result) rethrows -> Result
    {
      try world.withLock(body)
    }
  }

  let transport = Transport.rest
  let notBefore: MonotonicTime? = nil
  private let router: Router

  init(_ router: Router) { self.router = router }

  private func operate<Answer: Sendable>(
    _ body: (inout World) -> sending Answer
  ) throws(RouterFailure) -> Answer {
    let result: Result<Answer, RouterFailure> = router.change { world in
      if let failure = world.failure { return .failure(failure) }
      return .success(body(&world))
    }
    return try result.get()
  }

  func probe() throws(RouterFailure) -> RouterIdentity {
    RouterIdentity(name: "rules", resource: try readResource())
  }

  func readResource() throws(RouterFailure) -> RouterResource {
    try operate { _ in RouterResource(version: "7", board: "none", uptime: nil) }
  }

  func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
    try operate { world in
      names.map {
        QueueRow(
          name: $0.text, maxLimit: .zero, dropped: 0, queuedPackets: world.queuedPackets,
          queueType: "cake-down")
      }
    }
  }

  func queueNames() throws(RouterFailure) -> [String] { [] }

  func leafKind(ofType queueType: String) throws(RouterFailure) -> String? { "cake" }

  func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {}

  func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
    try operate { $0.rules[comment] ?? .missing }
  }

  func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
    let status = try operate { world in
      let status = world.rules[comment] ?? .missing
      if status == .enabled || status == .disabled {
        world.rules[comment] = enabled ? .enabled : .disabled
        world.switches.append("\(comment) \(enabled)")
      }
      return status
    }
    guard status == .enabled || status == .disabled else {
      throw RouterFailure(.missing, transport: .rest, operation: "switch", message: "no rule")
    }
  }

  func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
    try operate { $0.connections }
  }

  func readRows(_ menu: RouterMenu, properties: [String]) throws(RouterFailure) -> [RouterRow] {
    []
  }

  func disconnect() {}
  var interrupter: @Sendable () -> Void { {} }
}
