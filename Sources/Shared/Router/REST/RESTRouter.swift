public import HTTPClient
public import Model

/// A router over RouterOS's REST interface (RouterOS 7.1 and later).
///
/// Queues are addressed by the router's own id, which is remembered, and every answer is checked
/// for the queue's name: an id may come to mean another queue, and a router that was asked too
/// hastily hands out answers to other questions.
public final class RESTRouter: RouterPort {
  /// After a request was abandoned the router's web server may break connections and mix up
  /// answers for up to 2.4 s.
  public static let pauseAfterTimeout = Milliseconds(2500)

  public let transport = Transport.rest
  public private(set) var notBefore: MonotonicTime?
  private let client: HTTPClient
  private let failures: RESTFailures
  private let operationTimeout: Milliseconds
  private let now: () -> MonotonicTime
  /// The router's ids of queues, as far as they are known.
  private var ids: [Identifier: String] = [:]

  /// - Parameter now: the monotonic clock.
  public init(_ settings: RouterSettings, now: @escaping () -> MonotonicTime) {
    client = HTTPClient(HTTPServer(settings))
    failures = RESTFailures(settings)
    operationTimeout = settings.operationTimeout
    self.now = now
  }

  public var interrupter: @Sendable () -> Void {
    let canceller = client.canceller
    return { canceller.cancel() }
  }

  public func disconnect() { client.disconnect() }

  public func probe() throws(RouterFailure) -> RouterIdentity {
    let call = begin("ask for the identity")
    let reply = try read(IdentityReply.self, HTTPRequest(.get, "/rest/system/identity"), call)
    return RouterIdentity(name: reply.name?.text ?? "", resource: try readResource(call))
  }

  public func readResource() throws(RouterFailure) -> RouterResource {
    try readResource(begin("ask for the uptime"))
  }

  private func readResource(_ call: RouterCall) throws(RouterFailure) -> RouterResource {
    let path = "/rest/system/resource?.proplist=board-name,uptime,version,write-sect-since-reboot"
    let reply = try read(ResourceReply.self, HTTPRequest(.get, path), call)
    return RouterResource(
      version: reply.version?.text ?? "", board: reply.board?.text ?? "",
      uptime: reply.uptime.flatMap { RouterOSText.duration($0.text) },
      sectorsWritten: reply.sectorsWritten.flatMap { RouterOSText.counter($0.text) })
  }

  public func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
    guard !names.isEmpty else { return [] }
    let call = begin("read the queues")
    let request = HTTPRequest(.post, "/rest/queue/tree/print", body: QueueQuery.body(names))
    let rows = try read([QueueTreeRow].self, request, call)
    var result: [QueueRow?] = []
    for name in names {
      guard let row = rows.first(where: { $0.name?.text == name.text }) else {
        ids[name] = nil
        result.append(nil)
        continue
      }
      guard let queueRow = row.queueRow else {
        let limit = row.maxLimit.map { "'\($0.text)'" } ?? "none"
        throw call.failure(.protocolError, "max-limit of \(name) is no rate: \(limit)")
      }
      remember(row, name)
      result.append(queueRow)
    }
    return result
  }

  public func queueNames() throws(RouterFailure) -> [String] {
    let request = HTTPRequest(.get, "/rest/queue/tree?.proplist=name")
    return try read([QueueTreeRow].self, request, begin("list the queues")).compactMap {
      $0.name?.text
    }
  }

  public func leafKind(ofType queueType: String) throws(RouterFailure) -> String? {
    let path = "/rest/queue/type?name=\(queueType.percentEncoded)&.proplist=kind,name"
    let call = begin("ask for the kind of queue type '\(queueType)'")
    let rows = try read([QueueTypeRow].self, HTTPRequest(.get, path), call)
    return rows.first { $0.name?.text == queueType }?.kind?.text
  }
}

extension RESTRouter {
  public func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {
    let call = begin("set \(queue) to \(limit)", isWrite: true)
    guard limit >= .zero else {
      throw call.failure(.rejected, "a rate of \(limit.rawValue) bit/s cannot be")
    }
    do {
      try attemptLimit(limit, of: queue, call)
    } catch let failure
      where failure.failureClass == .missing || failure.failureClass == .verifyMismatch
    {
      // The queue was made anew, or its id was: once more with a fresh id.
      ids[queue] = nil
      try attemptLimit(limit, of: queue, call)
    }
  }

  private func attemptLimit(
    _ limit: BitsPerSecond, of queue: Identifier, _ call: RouterCall
  ) throws(RouterFailure) {
    let known = ids[queue]
    let id = if let known { known } else { try lookUp(queue, call) }
    let body = Array(#"{"max-limit":"\#(limit.rawValue)"}"#.utf8)
    let row = try read(
      QueueTreeRow.self, HTTPRequest(.patch, "/rest/queue/tree/\(id)", body: body), call)
    guard row.name?.text == queue.text else {
      ids[queue] = nil
      client.disconnect()
      let name = row.name.map { "'\($0.text)'" } ?? "no queue"
      throw call.failure(
        .verifyMismatch, "the answer is about \(name), not about \(queue)", outcome: .unknown)
    }
    guard let confirmed = row.limit else {
      let text = row.maxLimit.map { "'\($0.text)'" } ?? "none"
      throw call.failure(
        .protocolError, "max-limit in the answer is no rate: \(text)", outcome: .unknown)
    }
    guard confirmed == limit else {
      ids[queue] = nil
      throw call.failure(
        .verifyMismatch, "the router answers that max-limit is \(confirmed)", outcome: .unknown)
    }
  }

  private func lookUp(_ queue: Identifier, _ call: RouterCall) throws(RouterFailure) -> String {
    let path = "/rest/queue/tree?name=\(queue.text.percentEncoded)&.proplist=.id,name"
    let rows = try read([QueueTreeRow].self, HTTPRequest(.get, path), call)
    for row in rows where row.name?.text == queue.text { remember(row, queue) }
    guard let id = ids[queue] else {
      throw call.failure(.missing, "the router has no queue '\(queue)'")
    }
    return id
  }

  private func remember(_ row: QueueTreeRow, _ name: Identifier) {
    guard let id = row.id?.text, QueueQuery.isID(id) else { return }
    ids[name] = id
  }
}

extension RESTRouter {
  func begin(_ operation: String, isWrite: Bool = false) -> RouterCall {
    RouterCall(
      transport: .rest, operation: operation, isWrite: isWrite, deadline: now() + operationTimeout)
  }

  /// Sends one request of an operation and reads its answer.
  func read<Value: Decodable>(
    _ type: Value.Type, _ request: HTTPRequest, _ call: RouterCall
  ) throws(RouterFailure) -> Value {
    let isWrite = call.isWrite && request.method != .get
    if let notBefore {
      let pause = notBefore - now()
      guard pause <= .zero else {
        throw call.failure(
          .busy, "the router is left alone for \(fixed(pause.seconds, digits: 1)) s more")
      }
      self.notBefore = nil
    }
    let response: HTTPResponse
    do {
      response = try client.perform(request, timeout: call.deadline - now())
    } catch {
      client.disconnect()
      if error.kind == .timeout { notBefore = now() + Self.pauseAfterTimeout }
      throw failures.failure(error, operation: call.operation, isWrite: isWrite)
    }
    guard (200...299).contains(response.status) else {
      let failure = failures.failure(response, operation: call.operation, isWrite: isWrite)
      if failure.failureClass == .busy || failure.failureClass == .protocolError {
        client.disconnect()
      }
      throw failure
    }
    guard let value = RESTReply.decode(type, response.body) else {
      client.disconnect()
      throw call.failure(
        .protocolError, "the answer is not what RouterOS says (\(response.body.count) bytes)",
        outcome: isWrite ? .unknown : .notDone)
    }
    return value
  }
}

extension HTTPServer {
  /// How a router's REST service is reached and trusted. A pin without a file of authorities
  /// stands for itself: whoever signed the certificate does not matter then.
  public init(_ settings: RouterSettings) {
    let trust: Trust =
      switch (settings.pinnedKey, settings.caFile, settings.verifyTLS) {
      case (let pin?, let file?, true): .authorityAndPin(file: file, pin: pin)
      case (let pin?, _, _): .pin(pin)
      case (nil, let file, true): .authority(file: file)
      case (nil, _, false): .anything
      }
    self.init(
      host: settings.host, port: settings.port, usesTLS: settings.usesTLS, trust: trust,
      user: settings.user, password: settings.password)
  }
}
