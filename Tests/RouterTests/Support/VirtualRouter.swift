import Model
import Router

/// What the ways to one virtual router have in common.
final class VirtualWorld {
  var now = MonotonicTime(nanoseconds: 0)
  var limits: [String: BitsPerSecond] = [:]
  /// Rules by their comment.
  var rules: [RuleComment: RuleStatus] = [:]
  /// What was asked for in either way, in order.
  var operations: [(at: MonotonicTime, over: Transport, what: VirtualRouter.Operation)] = []
  /// Writes of requests that were given up and are carried out later all the same.
  var belated: [(at: MonotonicTime, queue: String, limit: BitsPerSecond)] = []
}

/// A router in virtual time: each operation takes as long as it says, and fails as it is told.
final class VirtualRouter: RouterPort {
  let transport: Transport
  var notBefore: MonotonicTime?
  var interrupter: @Sendable () -> Void { {} }

  var now: MonotonicTime {
    get { world.now }
    set { world.now = newValue }
  }
  var limits: [String: BitsPerSecond] {
    get { world.limits }
    set { world.limits = newValue }
  }
  var rules: [RuleComment: RuleStatus] {
    get { world.rules }
    set { world.rules = newValue }
  }
  var latency = Milliseconds(16)
  var queueType = "cake-type"
  var kind: String? = "cake"
  var menus: [RouterMenu: [RouterRow]] = [:]
  /// What every queue has carried.
  var bytes: Int64 = 0
  /// When the router was started.
  var bootedAt = MonotonicTime(nanoseconds: -100_000_000_000)
  /// What an operation throws instead of its result; asked before each one.
  var fault: ((Operation) -> RouterFailure?)?
  /// Writes that fail with an unknown outcome are carried out all the same.
  var appliesDoubtfulWrites = false

  enum Operation: Equatable {
    case probe
    case resource
    case rows
    case leafKind
    case write(String, BitsPerSecond)
    case rules
    case rule(String, Bool)
    case flush
    case menu(RouterMenu)
  }

  let world: VirtualWorld

  init(_ transport: Transport = .rest, world: VirtualWorld = VirtualWorld()) {
    self.transport = transport
    self.world = world
  }

  /// Operations that were begun before `notBefore`.
  private(set) var hastyOperations = 0
  private(set) var operations: [(at: MonotonicTime, what: Operation)] = []
  var writes: [(at: MonotonicTime, queue: String, limit: BitsPerSecond)] {
    operations.compactMap {
      if case .write(let queue, let limit) = $0.what { ($0.at, queue, limit) } else { nil }
    }
  }

  private func operate(_ what: Operation) throws(RouterFailure) {
    operations.append((now, what))
    world.operations.append((now, transport, what))
    if let notBefore, now < notBefore { hastyOperations += 1 }
    now = now + latency
    for write in world.belated where write.at <= now { limits[write.queue] = write.limit }
    world.belated.removeAll { $0.at <= now }
    guard let failure = fault?(what) else { return }
    if case .write(let queue, let limit) = what, failure.outcome == .unknown,
      appliesDoubtfulWrites
    {
      limits[queue] = limit
    }
    throw failure
  }

  func probe() throws(RouterFailure) -> RouterIdentity {
    try operate(.probe)
    return RouterIdentity(name: "virtual", resource: resource)
  }

  private var resource: RouterResource {
    RouterResource(
      version: "7.23.7", board: "none",
      uptime: Milliseconds(seconds: (now - bootedAt).seconds.rounded(.down)))
  }

  func readResource() throws(RouterFailure) -> RouterResource {
    try operate(.resource)
    return resource
  }

  func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
    try operate(.rows)
    return names.map { name in
      limits[name.text].map {
        QueueRow(
          name: name.text, maxLimit: $0, bytes: bytes, packets: bytes / 1000, dropped: 0,
          queueType: queueType)
      }
    }
  }

  func queueNames() throws(RouterFailure) -> [String] { limits.keys.sorted() }

  func leafKind(ofType queueType: String) throws(RouterFailure) -> String? {
    try operate(.leafKind)
    return kind
  }

  func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {
    try operate(.write(queue.text, limit))
    limits[queue.text] = limit
  }

  func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
    try operate(.rules)
    return rules[comment] ?? .missing
  }

  func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
    try operate(.rule(comment.text, enabled))
    rules[comment] = enabled ? .enabled : .disabled
  }

  func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
    try operate(.flush)
    return 0
  }

  func readRows(_ menu: RouterMenu, properties: [String]) throws(RouterFailure) -> [RouterRow] {
    try operate(.menu(menu))
    return menus[menu] ?? []
  }

  func disconnect() {}
}

func mega(_ rate: Double) -> BitsPerSecond { BitsPerSecond(Int64(rate * 1_000_000)) }

func failure(
  _ failureClass: RouterFailure.Class, _ outcome: RouterFailure.Outcome = .notDone
) -> RouterFailure {
  RouterFailure(
    failureClass, transport: .rest, operation: "test", message: "planted", outcome: outcome)
}
