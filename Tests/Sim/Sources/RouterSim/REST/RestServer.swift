/// The web server of the router: takes requests from all connections, asks who they are, and lets
/// each wait for its turn.
final class RestServer {
  let clock: Clock
  let world: World
  let log: RouterLog
  let latency: Latency
  let requests = RequestLog()
  let faults = FaultBook()
  let damage = AbortDamage()
  let sessions: Sessions
  private let auth: Auth
  private var queues: [String: UserQueue] = [:]
  private var connections: [ObjectIdentifier: any ClientConnection] = [:]
  private var lastConnection = 0
  /// Carries out a fault of the world just before a request.
  var perform: ((Fault) -> Void)?

  init(clock: Clock, world: World, latency: Latency) {
    self.clock = clock
    self.world = world
    self.latency = latency
    log = RouterLog(clock: clock)
    sessions = Sessions(log: log)
    auth = Auth(world: world, log: log, sessions: sessions)
  }

  // MARK: Connections

  var openConnections: [any ClientConnection] {
    connections.values.sorted { $0.number < $1.number }
  }

  /// Takes a new connection, or refuses it in the way of the moment.
  func accept(service: ServiceName, peer: String, wire: Wire, input: HTTPInput) {
    let source = world.services[service]?.availableFrom
    if damage.phase(at: clock.now) == .resetting { return wire.reset() }
    if let source, source != peer { return wire.end() }
    let connection = Connection(
      number: nextConnection(), service: service, peer: peer, wire: wire, input: input,
      server: self)
    note(connection)
    guard service == .wwwSSL else { return }
    wire.hold()
    clock.after(latency.draw(.connect, at: clock.now)) { wire.release() }
  }

  /// Numbers of connections are never used twice.
  func nextConnection() -> Int {
    lastConnection += 1
    return lastConnection
  }

  func note(_ connection: any ClientConnection) {
    connections[ObjectIdentifier(connection)] = connection
  }

  func forget(_ connection: any ClientConnection) {
    connections[ObjectIdentifier(connection)] = nil
  }

  func clientLeft(_ exchange: Exchange) {
    guard !exchange.isLost, !exchange.isAborted else { return }
    exchange.isAborted = true
    exchange.record.outcome = "aborted"
    damage.noteAbort()
  }

  func queue(of user: String) -> UserQueue {
    if let queue = queues[user] { return queue }
    let queue = UserQueue(clock: clock)
    queues[user] = queue
    return queue
  }

  /// Every connection falls silent and nothing that was asked is done any more.
  func losePower() {
    for connection in openConnections { connection.goSilent() }
    for queue in queues.values { queue.clear() }
    sessions.endAll()
  }

  // MARK: Requests

  func receive(_ exchange: Exchange) {
    let connection = exchange.connection
    let request = exchange.request
    requests.note(
      exchange.record, of: request, connection: connection.number, service: connection.service,
      at: clock.now)
    exchange.plan = faults.plan(
      for: request, service: connection.service, isReused: connection.requests > 1)
    exchange.record.faults = exchange.plan.codes
    if let withReset = exchange.plan.closesUnread {
      exchange.record.outcome = withReset ? "reset" : "closed"
      return withReset ? connection.reset() : connection.end()
    }
    if let stale = damage.takeStale(at: clock.now) {
      exchange.record.faults.append("stale answer")
      return deliver(stale, to: exchange)
    }
    switch door(exchange) {
    case .refused(let refusal, let isPasswordFailure):
      var time = latency.draw(.readOther, at: clock.now)
      if isPasswordFailure { time += latency.draw(.refusal, at: clock.now) }
      clock.after(time) { self.deliver(.refused(refusal), to: exchange) }
    case .user(let user):
      queue(of: user.name).submit(job(exchange, user: user))
    }
  }

  /// Everything that is asked before it matters what the request wants.
  private func door(_ exchange: Exchange) -> Auth.Verdict {
    let request = exchange.request
    if request.method == "HEAD" { return .refused(.notImplemented, isPasswordFailure: false) }
    if request.method == "OPTIONS" { return .refused(.unavailable, isPasswordFailure: false) }
    if let refusal = exchange.plan.refusedAtDoor {
      return .refused(refusal, isPasswordFailure: refusal == .unauthorized)
    }
    guard world.services[exchange.connection.service]?.hasREST ?? false else {
      return .refused(.forbidden, isPasswordFailure: false)
    }
    return auth.check(request, from: exchange.connection.peer)
  }

  private func job(_ exchange: Exchange, user: User) -> UserQueue.Job {
    let plan = exchange.plan
    let peer = exchange.connection.peer
    return UserQueue.Job(
      serviceTime: { [self] in
        var time = plan.extraDelay
        if sessions.touch(user.name, from: peer, at: clock.now) {
          time += latency.draw(.login, at: clock.now)
        }
        return time + latency.draw(kind(of: exchange.request), at: clock.now)
      },
      run: { [self] in
        for fault in plan.beforehand { perform?(fault) }
        if let substitute = plan.substitute { return .reply(substitute) }
        return Executor(world: world, user: user, withholdsWrites: plan.withholdsWrites)
          .run(exchange.request)
      },
      finish: { [self] reply in
        let reply = plan.rewrite(reply)
        clock.after(.milliseconds(2 * latency.networkDelay)) { self.deliver(reply, to: exchange) }
      })
  }

  private func kind(of request: Request) -> Latency.Kind {
    let path = String(request.path)
    let isRead = request.method == "GET" || path.hasSuffix("/print") || path.contains("/monitor")
    if !isRead { return .write }
    let counted = ["/rest/queue/tree", "/rest/queue/type", "/rest/ip/firewall"]
    return counted.contains(where: path.hasPrefix) ? .read : .readOther
  }

  private func deliver(_ reply: Reply, to exchange: Exchange) {
    let record = exchange.record
    record.status = reply.status
    record.finished = clock.now
    if exchange.isAborted { return damage.noteLost(reply) }
    if exchange.isLost { return }
    Transmission(reply: reply, exchange: exchange, server: self).send()
  }

  /// The client has its answer.
  func completed(_ exchange: Exchange) {
    exchange.record.outcome = "answered"
    exchange.connection.finished(exchange)
    guard world.switches.abortDamage, damage.noteCompleted(at: clock.now) else { return }
    breakDown(for: .milliseconds(latency.uniform(AbortDamage.shortest...AbortDamage.longest)))
  }

  /// Resets every connection now and every new one for a while.
  func breakDown(for span: Nanoseconds, stale: Reply? = nil) {
    damage.begin(at: clock.now, lasting: span, stale: stale)
    for connection in openConnections { connection.reset() }
  }
}
