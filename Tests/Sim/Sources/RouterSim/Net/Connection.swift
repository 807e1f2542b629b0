/// An open connection of a client, whatever is spoken over it.
protocol ClientConnection: AnyObject {
  var number: Int { get }
  var service: ServiceName { get }
  /// No request is under way.
  var isIdle: Bool { get }
  /// Ends it with a FIN.
  func end()
  /// Ends it with a RST.
  func reset()
  /// Stays open and silent for ever, as the connections of a router that lost its power.
  func goSilent()
}

/// A REST connection: one request at a time, the next ones wait in the order in which they came.
final class Connection: ClientConnection {
  let number: Int
  let service: ServiceName
  let peer: String
  private let wire: Wire
  private let input: HTTPInput
  private unowned let server: RestServer
  private var waiting: [Request] = []
  private(set) var current: Exchange?
  /// Requests that were read so far.
  private(set) var requests = 0
  private(set) var isOpen = true
  private var idleTimer: Clock.Timer?

  init(
    number: Int, service: ServiceName, peer: String, wire: Wire, input: HTTPInput,
    server: RestServer
  ) {
    self.number = number
    self.service = service
    self.peer = peer
    self.wire = wire
    self.input = input
    self.server = server
    input.receive = { [weak self] request in self?.receive(request) }
    input.closed = { [weak self] in self?.clientLeft() }
    waitIdle()
  }

  var isIdle: Bool { current == nil && waiting.isEmpty }

  private func receive(_ request: Request) {
    waiting.append(request)
    takeNext()
  }

  private func takeNext() {
    guard isOpen, current == nil, !waiting.isEmpty else { return }
    idleTimer?.cancel()
    let request = waiting.removeFirst()
    requests += 1
    let exchange = Exchange(request: request, connection: self)
    current = exchange
    server.receive(exchange)
  }

  /// The answer is on the wire; the next request may be read.
  func finished(_ exchange: Exchange) {
    guard current === exchange else { return }
    current = nil
    waitIdle()
    takeNext()
  }

  private func waitIdle() {
    idleTimer?.cancel()
    guard let seconds = server.world.switches.idleCloseSeconds else { return }
    idleTimer = server.clock.after(.seconds(seconds)) { [weak self] in
      guard let self, isIdle else { return }
      end()
    }
  }

  func write(_ bytes: [UInt8], then: (() -> Void)? = nil) {
    if isOpen { input.write(bytes, then: then) }
  }

  func end() {
    leave()
    wire.end()
  }

  func reset() {
    leave()
    wire.reset()
  }

  func goSilent() {
    current?.isLost = true
    waiting = []
    idleTimer?.cancel()
    wire.mute()
  }

  private func leave() {
    isOpen = false
    current?.isLost = true
    current = nil
    waiting = []
    idleTimer?.cancel()
    server.forget(self)
  }

  private func clientLeft() {
    guard isOpen else { return }
    isOpen = false
    waiting = []
    idleTimer?.cancel()
    if let current { server.clientLeft(current) }
    current = nil
    server.forget(self)
  }
}

/// A request and what becomes of it.
final class Exchange {
  let request: Request
  let connection: Connection
  var record: RequestRecord
  /// The client left before its answer.
  var isAborted = false
  /// We ended the connection ourselves; there is nobody to answer.
  var isLost = false
  var plan = FaultPlan()

  init(request: Request, connection: Connection) {
    self.request = request
    self.connection = connection
    record = RequestRecord()
  }
}
